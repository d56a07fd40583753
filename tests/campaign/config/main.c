#include "campaign/config/tests.h"
#include "suite.h"

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    add_good_suite();
    add_parameters_suite();
    add_network_suite();
    add_data_suite();
    add_canonical_suite();
    add_early_terminate_suite();
    add_replicates_suite();
    add_plan_suite();
    add_bad_suite();
    add_bad_yaml_suite();
    add_examples_suite();
    return suites_run();
}

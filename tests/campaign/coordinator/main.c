#include "suite.h"
#include "suites.h"

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    campaign_suite();
    recovery_suite();
    trials_suite();
    stop_suite();
    rungs_suite();
    replicates_suite();
    storm_suite();
    return suites_run();
}

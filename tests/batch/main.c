#include "batch/suites.h"

#include "suite.h"

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    suite_walltime();
    suite_quote();
    suite_job_script();
    suite_scheduler();
    return suites_run();
}

#include "cli/suites.h"

#include "suite.h"

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    suite_options();
    suite_bench_engine();
    suite_status_view();
    suite_watch_figures();
    return suites_run();
}

#include "rank/suites.h"
#include "suite.h"

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    suite_process_watch();
    suite_checkpoints();
    suite_host();
    suite_advice();
    suite_bench_engine();
    suite_relays();
    return suites_run();
}

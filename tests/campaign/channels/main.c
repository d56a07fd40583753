#include "suite.h"
#include "suites.h"

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    frames_suite();
    memory_suite();
    socket_suite();
    single_rank_suite();
    return suites_run();
}

#include "suite.h"
#include "suites.h"

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    bundle_suite();
    relay_suite();
    relayed_suite();
    return suites_run();
}

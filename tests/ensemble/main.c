#include "ensemble/suites.h"
#include "suite.h"

/* Under the address sanitizer, too: a request for too much memory gives NULL. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "allocator_may_return_null=1";
}

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    suite_average();
    suite_optimism();
    suite_selection();
    return suites_run();
}

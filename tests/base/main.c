#include "base/suites.h"
#include "suite.h"

/* Under the address sanitizer, too: a request for too much memory gives NULL. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "allocator_may_return_null=1";
}

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    suite_status();
    suite_source();
    suite_memory();
    suite_arena();
    suite_bytes();
    suite_text();
    suite_texts();
    suite_hash();
    suite_philox();
    suite_random();
    suite_file();
    suite_order();
    suite_small();
    return suites_run();
}

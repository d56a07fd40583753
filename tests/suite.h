/* The frame of every CUnit program here: suites of named tests, results on the terminal, exit code 1 on any
 * failure. */
#ifndef WINNOW_TESTS_SUITE_H
#define WINNOW_TESTS_SUITE_H

#include <CUnit/Basic.h>
#include <stddef.h>
#include <stdlib.h>

typedef struct TestCase {
    const char *proves; /* what the test's success shows, as a sentence */
    CU_TestFunc run;
} TestCase;

/* Register `count` tests as a suite. Ends the process with code 1 where CUnit refuses. */
static inline void suite_add(const char *name, const TestCase *tests, size_t count) {
    CU_pSuite suite = CU_add_suite(name, NULL, NULL);
    if (suite == NULL) exit(1);
    for (size_t i = 0; i < count; i++) {
        if (CU_add_test(suite, tests[i].proves, tests[i].run) == NULL) exit(1);
    }
}
#define SUITE(name, tests) suite_add(name, tests, sizeof(tests) / sizeof((tests)[0]))

/* Run all registered suites; the value is main's exit code. Needs CU_initialize_registry() before the first
 * SUITE. */
static inline int suites_run(void) {
    CU_basic_set_mode(CU_BRM_VERBOSE);
    if (CU_basic_run_tests() != CUE_SUCCESS) return 1;
    int failed = CU_get_number_of_tests_failed() > 0 || CU_get_number_of_suites_failed() > 0 ||
                 CU_get_number_of_tests_run() == 0;
    CU_cleanup_registry();
    return failed;
}

#endif

/* The words that describe the arithmetic. */
#include <string.h>

#include "engine/blas.h"
#include "suite.h"
#include "suites.h"

static void words(void) {
    CU_ASSERT_EQUAL(blas_prepare(1), 1);
    CU_ASSERT_EQUAL(strncmp(blas_version(), "OpenBLAS ", 9), 0);
    CU_ASSERT_PTR_NULL(strchr(blas_version() + 9, ' '));
    CU_ASSERT(strlen(blas_kernel()) > 0);
    char expected[160];
    (void)snprintf(expected, sizeof expected, "/OpenBLAS-%s-%s/glibc-", blas_version() + 9, blas_kernel());
    const char *id = arithmetic_id();
    CU_ASSERT_PTR_NOT_NULL(strstr(id, expected));
    CU_ASSERT_PTR_NULL(strchr(id, ' '));
    CU_ASSERT_PTR_NOT_NULL(strstr(id, "/1t/"));
}

void suite_blas(void) {
    static const TestCase tests[] = {
        {"the arithmetic id is one word with library, kernel, libm and one thread", words},
    };
    SUITE("blas", tests);
}

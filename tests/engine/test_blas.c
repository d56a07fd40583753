/* Matrix products against three loops, and the words that describe the arithmetic. */
#include <string.h>

#include "engine/blas.h"
#include "nets.h"
#include "suite.h"
#include "suites.h"

#define M 5
#define N 7
#define K 9

/* Entry [row, column] of a matrix stored by columns where transposed. */
static float entry(const float *x, int transposed, size_t rows, size_t columns, size_t row, size_t column) {
    return transposed ? x[column * rows + row] : x[row * columns + column];
}

static void products(void) {
    float a[M * K];
    float b[K * N];
    for (size_t i = 0; i < sizeof a / sizeof a[0]; i++) {
        a[i] = (float)net_value(i);
    }
    for (size_t i = 0; i < sizeof b / sizeof b[0]; i++) {
        b[i] = (float)net_value(i + 100);
    }
    for (int flags = 0; flags < 8; flags++) {
        int ta = flags & 1;
        int tb = flags >> 1 & 1;
        float beta = (float)(flags >> 2);
        float c[M * N];
        for (size_t i = 0; i < sizeof c / sizeof c[0]; i++) {
            c[i] = 3;
        }
        blas_gemm(ta, tb, M, N, K, a, b, beta, c);
        for (size_t i = 0; i < M; i++) {
            for (size_t j = 0; j < N; j++) {
                float sum = 3 * beta;
                for (size_t k = 0; k < K; k++) {
                    sum += entry(a, ta, M, K, i, k) * entry(b, tb, K, N, k, j);
                }
                CU_ASSERT_DOUBLE_EQUAL(c[i * N + j], sum, 1e-5);
            }
        }
    }
}

static void words(void) {
    blas_prepare();
    CU_ASSERT_EQUAL(strncmp(blas_version(), "OpenBLAS ", 9), 0);
    CU_ASSERT_PTR_NULL(strchr(blas_version() + 9, ' '));
    CU_ASSERT(strlen(blas_kernel()) > 0);
    char expected[160];
    (void)snprintf(expected, sizeof expected, "/OpenBLAS-%s-%s/glibc-", blas_version() + 9, blas_kernel());
    const char *id = arithmetic_id();
    CU_ASSERT_PTR_NOT_NULL(strstr(id, expected));
    CU_ASSERT_PTR_NULL(strchr(id, ' '));
    CU_ASSERT_STRING_EQUAL(id + strlen(id) - 3, "/1t");
}

void suite_blas(void) {
    static const TestCase tests[] = {
        {"products are right for every transposition, added or not", products},
        {"the arithmetic id is one word with library, kernel, libm and one thread", words},
    };
    SUITE("blas", tests);
}

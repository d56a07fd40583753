#include "engine/blas.h"

#include <cblas.h>

#ifdef ENGINE_DOUBLE
#define GEMM cblas_dgemm
#else
#define GEMM cblas_sgemm
#endif

void blas_gemm(const Product *p, const real *x, const real *w, real beta, real *y) {
    bool x_transposed = p->x_depth != 1, w_transposed = p->w_column != 1;
    GEMM(CblasRowMajor, x_transposed ? CblasTrans : CblasNoTrans, w_transposed ? CblasTrans : CblasNoTrans,
         (blasint)p->rows, (blasint)p->columns, (blasint)p->depth, 1, x,
         (blasint)(x_transposed ? p->x_depth : p->x_row), w,
         (blasint)(w_transposed ? p->w_column : p->w_depth), beta, y, (blasint)p->y_row);
}

#ifndef ENGINE_DOUBLE

#include <gnu/libc-version.h>
#include <stdio.h>
#include <string.h>

#include "engine/float_mode.h"

int blas_prepare(int threads) {
    openblas_set_num_threads(threads);
    const float a = 1;
    float b = 0;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 1, 1, 1, 1, &a, 1, &a, 1, 0, &b, 1);
    const double c = 1;
    double d = 0;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 1, 1, 1, 1, &c, 1, &c, 1, 0, &d, 1);
    return openblas_get_num_threads();
}

/* The library's own description begins "OpenBLAS 0.3.21 ". */
const char *blas_version(void) {
    static char version[48];
    const char *config = openblas_get_config();
    size_t length = strcspn(config, " ");
    if (config[length] == ' ') length += 1 + strcspn(config + length + 1, " ");
    snprintf(version, sizeof version, "%.*s", (int)length, config);
    return version;
}

const char *blas_kernel(void) {
    return openblas_get_corename();
}

/* The micro-architecture levels of the x86-64 ABI, told by what each adds for arithmetic. */
static const char *instruction_set(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
        return "x86-64-v4";
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "x86-64-v3";
    if (__builtin_cpu_supports("sse4.2")) return "x86-64-v2";
    return "x86-64";
#elif defined(__aarch64__)
    return "aarch64";
#else
    return "generic";
#endif
}

const char *arithmetic_id(void) {
    static char id[160];
    char blas[48];
    snprintf(blas, sizeof blas, "%s", blas_version());
    char *gap = strchr(blas, ' ');
    if (gap != NULL) *gap = '-';
    snprintf(id, sizeof id, "%s/%s/%s-%s/glibc-%s/%dt/%s", instruction_set(), product_kernels(), blas,
             blas_kernel(), gnu_get_libc_version(), openblas_get_num_threads(), float_mode_name());
    return id;
}

#endif

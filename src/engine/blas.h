/* The door to OpenBLAS: the matrix products of the engine, row-major. */
#ifndef WINNOW_ENGINE_BLAS_H
#define WINNOW_ENGINE_BLAS_H

#include <stddef.h>

#include "engine/real.h"

#define blas_gemm ENGINE_NAME(blas_gemm)

/* C [m, n] <- A [m, k] B [k, n] + beta C, where A^T or B^T is stored when its flag is set (A as [k, m], B as
 * [n, k]). */
void blas_gemm(int transpose_a, int transpose_b, size_t m, size_t n, size_t k, const real *a, const real *b,
               real beta, real *c);

/* One thread for all products of this process, and the library's buffers allocated now (before a fork). */
void blas_prepare(void);

/* "OpenBLAS 0.3.21" and the kernel set in use, "SkylakeX"; static text. */
const char *blas_version(void);
const char *blas_kernel(void);

/* Instruction set, kernel set, libm and threads a trial, as one word: trials with equal words give equal
 * bits. */
const char *arithmetic_id(void);

#endif

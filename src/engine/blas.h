/* The door to OpenBLAS. */
#ifndef WINNOW_ENGINE_BLAS_H
#define WINNOW_ENGINE_BLAS_H

#include <stddef.h>

#include "engine/product.h"

#define blas_gemm ENGINE_NAME(blas_gemm)

/* Y <- X W + beta Y for a product of one item whose matrices are plain: rows or columns of X and W lie side
 * by side. */
void blas_gemm(const Product *product, const real *x, const real *w, real beta, real *y);

#define BLAS_THREADS_MAX 1024

/* So many threads for each of OpenBLAS's products of this process (1 .. BLAS_THREADS_MAX; winnow's own tiles
 * have one), and the library's buffers allocated now (before a fork). Gives back how many it has: 1 where it
 * was built without threads. */
int blas_prepare(int threads);

/* "OpenBLAS 0.3.21" and the kernel set in use, "SkylakeX"; static text. */
const char *blas_version(void);
const char *blas_kernel(void);

/* Instruction set, kernel sets, libm, threads a trial and what becomes of denormals, as one word: trials with
 * equal words give equal bits. */
const char *arithmetic_id(void);

#endif

/* The matrix products of the engine: winnow's own register tiles, or OpenBLAS for large products. Which of
 * them computes a product is a fixed rule of its shape and of the processor's instruction set, never of a
 * clock: equal shapes on equal processors give equal bits. */
#ifndef WINNOW_ENGINE_PRODUCT_H
#define WINNOW_ENGINE_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/real.h"

#define product_run ENGINE_NAME(product_run)
#define product_kernels ENGINE_NAME(product_kernels)

/* Y [rows, columns] <- S + the sum over i < count of X_i [rows, depth] W_i [depth, columns], with S what Y
 * holds, a row given for all rows, or zero. All are addressed by distances between values, so that rows of X
 * may overlap (a convolution) and X or W may lie transposed. Every size is at least 1. */
typedef struct Product {
    size_t rows, columns, depth, count;
    size_t x_row, x_depth, x_item;    /* from one row, one place along the depth, one item of X to the next */
    size_t w_depth, w_column, w_item; /* the same for W */
    size_t y_row;                     /* Y's columns lie side by side */
    bool adds;                        /* S is what Y holds */
} Product;

/* `start` [columns] is S where the product does not add; NULL for zeros. Y overlaps nothing else. Never
 * allocates. */
void product_run(const Product *product, const real *x, const real *w, const real *start, real *y);

/* Which are tried first and the tiles' instruction set: "tiles-avx2"; "blas-avx512" where winnow was built
 * with WINNOW_BLAS_FIRST; static text. */
const char *product_kernels(void);

#endif

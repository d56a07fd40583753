#include "engine/product.h"

#include <stdio.h>

#include "engine/blas.h"
#include "engine/tiles.h"

typedef struct TileSet {
    const char *name;
    Tiles *run;
} TileSet;

static TileSet tile_set(void) {
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
        return (TileSet){"avx512", tiles_avx512};
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return (TileSet){"avx2", tiles_avx2};
#endif
    return (TileSet){"base", tiles_base};
}

#ifdef BLAS_FIRST
#define BLAS_LEAST 1
#define ORDER "blas-"
#else
#define BLAS_LEAST                                                                                           \
    256 /* from here on, its blocking for all levels of cache gains more than its copies cost */
#define ORDER "tiles-"
#endif

const char *product_kernels(void) {
    static char kernels[16];
    snprintf(kernels, sizeof kernels, ORDER "%s", tile_set().name);
    return kernels;
}

/* OpenBLAS takes plain matrices, whose rows or columns lie side by side without overlap. */
static bool suits_blas(const Product *p) {
    bool plain_x = p->x_depth == 1 ? p->x_row >= p->depth : p->x_row == 1 && p->x_depth >= p->rows;
    bool plain_w = p->w_column == 1 ? p->w_depth >= p->columns : p->w_depth == 1 && p->w_column >= p->depth;
    return p->count == 1 && plain_x && plain_w && p->rows >= BLAS_LEAST && p->columns >= BLAS_LEAST &&
           p->depth >= BLAS_LEAST;
}

void product_run(const Product *product, const real *x, const real *w, const real *start, real *y) {
    if (!suits_blas(product)) {
        tile_set().run(product, x, w, start, y);
        return;
    }
    bool starts = start != NULL && !product->adds;
    for (size_t r = 0; starts && r < product->rows; r++) {
        for (size_t c = 0; c < product->columns; c++)
            y[r * product->y_row + c] = start[c];
    }
    blas_gemm(product, x, w, starts || product->adds ? 1 : 0, y);
}

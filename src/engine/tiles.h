/* Products by tiles that stay in vector registers, compiled once for each instruction set (see
 * CMakeLists.txt), inside the engine. After Goto and van de Geijn (2008): a panel of W that fits the
 * first-level cache meets all rows of X before the next one is fetched. */
#ifndef WINNOW_ENGINE_TILES_H
#define WINNOW_ENGINE_TILES_H

#include "engine/product.h"

#define tiles_base ENGINE_NAME(tiles_base)
#define tiles_avx2 ENGINE_NAME(tiles_avx2)
#define tiles_avx512 ENGINE_NAME(tiles_avx512)

/* As product_run. */
typedef void Tiles(const Product *product, const real *x, const real *w, const real *start, real *y);

Tiles tiles_base;
#ifdef __x86_64__
Tiles tiles_avx2, tiles_avx512; /* the caller has seen that the processor knows them */
#endif

#endif

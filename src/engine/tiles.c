/* Compiled with TILES (the function's name), TILE_BYTES (of a vector) and TILE_REGISTERS, and with the
 * compiler's flags for that instruction set. */
#include "engine/tiles.h"

#include <string.h>

enum {
    WIDTH = TILE_BYTES / sizeof(real),       /* values of a vector */
    PANEL = 2 * WIDTH,                       /* columns of a tile */
    TALLEST = TILE_REGISTERS == 32 ? 12 : 6, /* rows of a tile of two vectors: what the registers hold */
    TALLEST_NARROW = 12,                     /* rows of a tile of one vector */
    DEPTH = 20480 / (2 * TILE_BYTES),        /* of a panel: it leaves room in a first-level cache of 32 KiB */
    ROWS = 128,    /* of X that meet a panel: DEPTH of them stay in the second-level cache */
    PACK_ROWS = 48 /* fewer do not earn back the copying of a panel */
};

typedef real Vector __attribute__((vector_size(TILE_BYTES)));
typedef real Loose __attribute__((vector_size(TILE_BYTES), aligned(sizeof(real)), may_alias));
typedef real Quad __attribute__((vector_size(4 * sizeof(real))));
typedef real LooseQuad __attribute__((vector_size(4 * sizeof(real)), aligned(sizeof(real)), may_alias));

/* What tiles of one panel have in common. */
typedef struct Panel {
    size_t depth, count;
    size_t x_row, x_depth, x_item;
    const real *w; /* columns side by side */
    size_t w_depth, w_item;
    size_t y_row;
    const real *start; /* a row; NULL for zeros */
    bool adds;
} Panel;

/* Four places of the depth a turn: what is left beside the multiply-adds must fit the front end, which a core
 * may have to share with another thread of its own. */
static inline __attribute__((always_inline)) void tile(const Panel *panel, size_t rows, size_t vectors,
                                                       const real *x, real *y) {
    Vector sum[TALLEST_NARROW][2];
#pragma GCC unroll 12
    for (size_t r = 0; r < rows; r++) {
#pragma GCC unroll 2
        for (size_t v = 0; v < vectors; v++) {
            sum[r][v] = (Vector){0};
            if (panel->adds) sum[r][v] = *(const Loose *)(y + r * panel->y_row + v * WIDTH);
            if (panel->start != NULL) sum[r][v] = *(const Loose *)(panel->start + v * WIDTH);
        }
    }
    for (size_t i = 0; i < panel->count; i++) {
        const real *from = x + i * panel->x_item;
        const real *w = panel->w + i * panel->w_item;
        const real *end = from + panel->depth * panel->x_depth;
#pragma GCC unroll 4
        for (; from != end; from += panel->x_depth, w += panel->w_depth) {
            Vector of_w[2];
#pragma GCC unroll 2
            for (size_t v = 0; v < vectors; v++)
                of_w[v] = *(const Loose *)(w + v * WIDTH);
#pragma GCC unroll 12
            for (size_t r = 0; r < rows; r++) {
#pragma GCC unroll 2
                for (size_t v = 0; v < vectors; v++)
                    sum[r][v] += of_w[v] * from[r * panel->x_row];
            }
        }
    }
#pragma GCC unroll 12
    for (size_t r = 0; r < rows; r++) {
#pragma GCC unroll 2
        for (size_t v = 0; v < vectors; v++)
            *(Loose *)(y + r * panel->y_row + v * WIDTH) = sum[r][v];
    }
}

typedef void Tile(const Panel *panel, const real *x, real *y);

#define TILE(rows, vectors)                                                                                  \
    static void tile_##rows##_##vectors(const Panel *panel, const real *x, real *y) {                        \
        tile(panel, rows, vectors, x, y);                                                                    \
    }
#define TILES_TO_6(vectors)                                                                                  \
    TILE(1, vectors) TILE(2, vectors) TILE(3, vectors) TILE(4, vectors) TILE(5, vectors) TILE(6, vectors)
#define TILES_TO_12(vectors)                                                                                 \
    TILE(7, vectors) TILE(8, vectors) TILE(9, vectors) TILE(10, vectors) TILE(11, vectors) TILE(12, vectors)
#define NAMES_TO_6(vectors)                                                                                  \
    NULL, tile_1_##vectors, tile_2_##vectors, tile_3_##vectors, tile_4_##vectors, tile_5_##vectors,          \
        tile_6_##vectors
#define NAMES_TO_12(vectors)                                                                                 \
    tile_7_##vectors, tile_8_##vectors, tile_9_##vectors, tile_10_##vectors, tile_11_##vectors,              \
        tile_12_##vectors

TILES_TO_6(1)
TILES_TO_12(1)
TILES_TO_6(2)
#if TILE_REGISTERS == 32
TILES_TO_12(2)
static Tile *const wide[] = {NAMES_TO_6(2), NAMES_TO_12(2)};
#else
static Tile *const wide[] = {NAMES_TO_6(2)};
#endif
static Tile *const narrow[] = {NAMES_TO_6(1), NAMES_TO_12(1)};

/* All rows of one panel, in tiles of as equal heights as can be. */
static void panel_rows(const Panel *panel, size_t rows, size_t vectors, const real *x, real *y) {
    Tile *const *tiles = vectors == 2 ? wide : narrow;
    size_t tallest = vectors == 2 ? TALLEST : TALLEST_NARROW;
    size_t groups = (rows + tallest - 1) / tallest;
    for (size_t g = 0; g < groups; g++) {
        size_t height = rows / groups + (g < rows % groups);
        tiles[height](panel, x, y);
        x += height * panel->x_row;
        y += height * panel->y_row;
    }
}

/* The same where fewer columns than whole vectors are there: by way of a tile on the side. */
static void edge_rows(const Panel *panel, size_t rows, size_t vectors, size_t columns, const real *x,
                      real *y) {
    real side[TALLEST_NARROW * PANEL] = {0};
    Panel there = *panel;
    there.y_row = PANEL;
    for (size_t first = 0; first < rows; first += TALLEST) {
        size_t height = rows - first < TALLEST ? rows - first : TALLEST;
        real *part = y + first * panel->y_row;
        for (size_t r = 0; panel->adds && r < height; r++)
            memcpy(side + r * PANEL, part + r * panel->y_row, columns * sizeof(real));
        panel_rows(&there, height, vectors, x + first * panel->x_row, side);
        for (size_t r = 0; r < height; r++)
            memcpy(part + r * panel->y_row, side + r * PANEL, columns * sizeof(real));
    }
}

/* Four columns of W, each of which lies side by side along the depth, become four places of each packed row.
 */
static void pack_four(size_t depth, const real *w, size_t w_column, real *packed) {
    size_t k = 0;
    for (; k + 4 <= depth; k += 4) {
        Quad a = *(const LooseQuad *)(w + k);
        Quad b = *(const LooseQuad *)(w + k + w_column);
        Quad c = *(const LooseQuad *)(w + k + 2 * w_column);
        Quad d = *(const LooseQuad *)(w + k + 3 * w_column);
        Quad ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
        Quad ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
        Quad cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
        Quad cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
        *(LooseQuad *)(packed + k * PANEL) = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
        *(LooseQuad *)(packed + (k + 1) * PANEL) = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
        *(LooseQuad *)(packed + (k + 2) * PANEL) = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
        *(LooseQuad *)(packed + (k + 3) * PANEL) = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
    }
    for (; k < depth; k++) {
        for (size_t c = 0; c < 4; c++)
            packed[k * PANEL + c] = w[k + c * w_column];
    }
}

/* packed [depth][PANEL] <- columns of W from `w` on, zeros after the last one. */
static void pack(const Product *product, size_t depth, size_t columns, const real *w, real *packed) {
    if (product->w_column == 1 && columns == PANEL) {
        for (size_t k = 0; k < depth; k++)
            memcpy(packed + k * PANEL, w + k * product->w_depth, PANEL * sizeof(real));
        return;
    }
    if (columns < PANEL) memset(packed, 0, depth * PANEL * sizeof(real));
    size_t c = 0;
    for (; product->w_depth == 1 && c + 4 <= columns; c += 4)
        pack_four(depth, w + c * product->w_column, product->w_column, packed + c);
    for (; c < columns; c++) {
        for (size_t k = 0; k < depth; k++)
            packed[k * PANEL + c] = w[k * product->w_depth + c * product->w_column];
    }
}

/* One block of X and W, panel by panel. */
static void block(const Product *product, Panel panel, size_t rows, bool packs, const real *x, const real *w,
                  real *y) {
    _Alignas(64) real packed[DEPTH * PANEL];
    _Alignas(64) real edge_start[PANEL] = {0};
    const real *start = panel.start;
    for (size_t c = 0; c < product->columns; c += PANEL) {
        size_t columns = product->columns - c < PANEL ? product->columns - c : PANEL;
        size_t vectors = columns > WIDTH ? 2 : 1;
        panel.w = w + c * product->w_column;
        panel.w_depth = product->w_depth;
        panel.start = start == NULL ? NULL : start + c;
        if (packs) {
            pack(product, panel.depth, columns, panel.w, packed);
            panel.w = packed;
            panel.w_depth = PANEL;
        }
        if (columns == vectors * WIDTH) {
            panel_rows(&panel, rows, vectors, x, y + c);
            continue;
        }
        if (start != NULL) {
            memcpy(edge_start, start + c, columns * sizeof(real));
            panel.start = edge_start;
        }
        edge_rows(&panel, rows, vectors, columns, x, y + c);
    }
}

/* Where panels must be packed, items are taken one by one, and depths in parts that fit; each part adds to
 * those before it. */
void TILES(const Product *product, const real *x, const real *w, const real *start, real *y) {
    bool loose = product->w_column != 1 || product->columns % WIDTH != 0;
    bool packs = loose || (product->count == 1 && product->rows >= PACK_ROWS && product->w_depth > PANEL);
    bool whole = product->count > 1 && !packs;
    size_t items = whole ? 1 : product->count;
    size_t parts = whole ? 1 : (product->depth + DEPTH - 1) / DEPTH;
    size_t depth_step = (product->depth + parts - 1) / parts;
    for (size_t row = 0; row < product->rows; row += ROWS) {
        size_t rows = product->rows - row < ROWS ? product->rows - row : ROWS;
        bool first = true;
        for (size_t i = 0; i < items; i++) {
            for (size_t k = 0; k < product->depth; k += depth_step, first = false) {
                size_t left = product->depth - k;
                Panel panel = {.depth = left < depth_step ? left : depth_step,
                               .count = whole ? product->count : 1,
                               .x_row = product->x_row,
                               .x_depth = product->x_depth,
                               .x_item = product->x_item,
                               .w_item = product->w_item,
                               .y_row = product->y_row,
                               .start = first && !product->adds ? start : NULL,
                               .adds = !first || product->adds};
                block(product, panel, rows, packs,
                      x + row * product->x_row + i * product->x_item + k * product->x_depth,
                      w + i * product->w_item + k * product->w_depth, y + row * product->y_row);
            }
        }
    }
}

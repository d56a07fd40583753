/* Matrix products of all shapes against plain loops, by every set of tiles that this processor knows and by
 * the one in use. */
#include "engine/product.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/tiles.h"
#include "nets.h"
#include "suite.h"
#include "suites.h"

#define MOST 200000

static float x_values[MOST], w_values[MOST], y_values[MOST], start_row[1024];
static double expected[MOST], bound[MOST]; /* of the rounding: Higham 2002, (3.5) */

static void fill(void) {
    for (size_t i = 0; i < MOST; i++) {
        x_values[i] = (float)net_value(i);
        w_values[i] = (float)net_value(i + 77);
    }
    for (size_t i = 0; i < 1024; i++)
        start_row[i] = (float)net_value(i + 5);
}

static void by_loops(const Product *p, const float *start) {
    for (size_t r = 0; r < p->rows; r++) {
        for (size_t c = 0; c < p->columns; c++) {
            double sum = p->adds ? (double)y_values[r * p->y_row + c] : start != NULL ? (double)start[c] : 0;
            double size = fabs(sum);
            for (size_t i = 0; i < p->count; i++) {
                for (size_t k = 0; k < p->depth; k++) {
                    double term = (double)x_values[i * p->x_item + r * p->x_row + k * p->x_depth] *
                                  (double)w_values[i * p->w_item + k * p->w_depth + c * p->w_column];
                    sum += term;
                    size += fabs(term);
                }
            }
            expected[r * p->y_row + c] = sum;
            bound[r * p->y_row + c] = 6e-8 * (double)(p->count * p->depth + 1) * size;
        }
    }
}

/* Y holds a pattern beforehand; what lies between its rows must keep it. */
static bool right(Tiles *run, const Product *p, const float *start) {
    size_t length = p->rows * p->y_row + 64;
    for (size_t i = 0; i < length; i++) {
        expected[i] = y_values[i] = (float)net_value(i + 9);
        bound[i] = 0;
    }
    by_loops(p, start);
    run(p, x_values, w_values, start, y_values);
    for (size_t i = 0; i < length; i++) {
        if (!(fabs((double)y_values[i] - expected[i]) <= bound[i])) return false;
    }
    return true;
}

static const struct {
    const char *name;
    Tiles *run;
} sets[] = {
    {"in use", product_run},
    {"base", tiles_base},
#ifdef __x86_64__
    {"avx2", tiles_avx2},
    {"avx512", tiles_avx512},
#endif
};

static bool known_here(size_t set) {
#ifdef __x86_64__
    if (sets[set].run == tiles_avx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (sets[set].run == tiles_avx512)
        return __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq");
#endif
    (void)set;
    return true;
}

/* All ways of starting, by all sets. */
static void all_right(Product p) {
    for (size_t set = 0; set < sizeof sets / sizeof sets[0]; set++) {
        if (!known_here(set)) continue;
        for (int way = 0; way < 3; way++) {
            p.adds = way == 2;
            bool ok = right(sets[set].run, &p, way == 1 ? start_row : NULL);
            if (!ok)
                printf("\n    %s, way %d: %zu x %zu x %zu, %zu items ", sets[set].name, way, p.rows, p.depth,
                       p.columns, p.count);
            CU_ASSERT(ok);
        }
    }
}

static Product plain(size_t rows, size_t columns, size_t depth, bool x_transposed, bool w_transposed) {
    return (Product){.rows = rows,
                     .columns = columns,
                     .depth = depth,
                     .count = 1,
                     .x_row = x_transposed ? 1 : depth,
                     .x_depth = x_transposed ? rows : 1,
                     .w_depth = w_transposed ? 1 : columns,
                     .w_column = w_transposed ? depth : 1,
                     .y_row = columns};
}

static void every_height_and_width(void) {
    fill();
    for (size_t rows = 1; rows <= 26; rows++) {
        for (size_t columns = 1; columns <= 35; columns++) {
            for (unsigned ways = 0; ways < 4; ways++)
                all_right(plain(rows, columns, 5, ways & 1U, ways >> 1U));
        }
    }
}

static void long_and_deep(void) {
    fill();
    static const size_t shapes[][3] = {{130, 17, 3},  {49, 40, 2},    {128, 16, 1},  {64, 256, 300},
                                       {1, 1, 700},   {300, 10, 257}, {7, 100, 513}, {257, 33, 64},
                                       {60, 48, 256}, {256, 256, 256}};
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        for (unsigned ways = 0; ways < 4; ways++)
            all_right(plain(shapes[s][0], shapes[s][1], shapes[s][2], ways & 1U, ways >> 1U));
    }
}

/* As a convolution has it: rows of X overlap, items lie apart, Y has gaps. */
static void items_and_overlap(void) {
    fill();
    static const size_t channels[] = {1, 3, 8, 16, 20, 64};
    for (size_t in = 0; in < 6; in++) {
        for (size_t out = 0; out < 6; out++) {
            for (size_t stride = 1; stride <= 2; stride++) {
                size_t depth = 3 * channels[in];
                Product p = {.rows = 14,
                             .columns = channels[out],
                             .depth = depth,
                             .count = 3,
                             .x_row = stride * channels[in],
                             .x_depth = 1,
                             .x_item = 31 * channels[in],
                             .w_depth = channels[out],
                             .w_column = 1,
                             .w_item = depth * channels[out],
                             .y_row = channels[out] + 3};
                all_right(p);
            }
        }
    }
}

/* A window that slides over one row: as large as OpenBLAS is asked for, but no matrix that it takes. */
static void large_and_overlapping(void) {
    fill();
    Product across = plain(256, 256, 256, false, false), along = plain(256, 256, 256, true, false),
            of_w = plain(256, 256, 256, false, true);
    across.x_row = along.x_depth = of_w.w_column = 64;
    CU_ASSERT(right(product_run, &across, start_row));
    CU_ASSERT(right(product_run, &along, start_row));
    CU_ASSERT(right(product_run, &of_w, start_row));
}

/* A NaN or an infinity reaches what it belongs to and nothing else. */
static void not_finite(void) {
    fill();
    Product p = plain(13, 21, 9, false, false);
    for (size_t set = 0; set < sizeof sets / sizeof sets[0]; set++) {
        if (!known_here(set)) continue;
        x_values[3 * 9 + 4] = NAN;
        w_values[2 * 21 + 20] = INFINITY;
        sets[set].run(&p, x_values, w_values, NULL, y_values);
        for (size_t r = 0; r < 13; r++) {
            for (size_t c = 0; c < 21; c++)
                CU_ASSERT_EQUAL(isfinite(y_values[r * 21 + c]) != 0, r != 3 && c != 20);
        }
        fill();
    }
}

static void repeatable(void) {
    fill();
    Product p = plain(64, 100, 300, false, false);
    product_run(&p, x_values, w_values, start_row, y_values);
    static float first[6400];
    memcpy(first, y_values, sizeof first);
    memset(y_values, 0, sizeof first);
    product_run(&p, x_values, w_values, start_row, y_values);
    CU_ASSERT_EQUAL(memcmp(first, y_values, sizeof first), 0);
}

void suite_product(void) {
    static const TestCase tests[] = {
        {"every height and width of a tile, transposed or not", every_height_and_width},
        {"more rows, columns and depth than a panel holds; large ones by OpenBLAS", long_and_deep},
        {"several items, overlapping rows and gaps in Y, as a convolution has them", items_and_overlap},
        {"large products of overlapping rows or columns", large_and_overlapping},
        {"NaN and infinity reach their row and column and no other", not_finite},
        {"the same product twice gives the same bits", repeatable},
    };
    SUITE("product", tests);
}

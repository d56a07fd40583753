#include "report/statistics/importance.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/order.h"
#include "report/statistics/draws.h"

#define CELLS 50 /* no more than IMPORTANCE_CHOICES_MAX */
#define PERMUTATIONS 200
#define CHANCE 0.95

size_t importance_best(size_t n) {
    size_t tenth = (n + 9) / 10, third = n / 3, least = third < 8 ? third : 8;
    return tenth > least ? tenth : least;
}

/* --- densities over the cells of a parameter's range, or over its choices --- */

typedef struct Cells {
    size_t count;
    double weight[IMPORTANCE_CHOICES_MAX]; /* trials in each */
} Cells;

static size_t cell_of(double value, size_t choices) {
    if (choices > 0) return value < (double)choices ? (size_t)value : choices - 1;
    double cell = value * CELLS;
    return cell < 0 ? 0 : cell >= CELLS ? CELLS - 1 : (size_t)cell;
}

/* The middle of the cell that the k-th smallest value (from 0) lies in. */
static double cell_quantile(const Cells *cells, double k) {
    size_t i = 0;
    for (double below = cells->weight[0]; below <= k && i + 1 < cells->count; below += cells->weight[i])
        i++;
    return ((double)i + 0.5) / CELLS;
}

/* Scott 1992: 1.059 A n^(-1/5) with A the smaller of deviation and interquartile range / 1.34. */
static double kernel_width(const Cells *cells, double n) {
    double mean = 0, squares = 0;
    for (size_t i = 0; i < cells->count; i++)
        mean += cells->weight[i] * ((double)i + 0.5) / CELLS / n;
    for (size_t i = 0; i < cells->count; i++) {
        double distance = ((double)i + 0.5) / CELLS - mean;
        squares += cells->weight[i] * distance * distance;
    }
    double deviation = n > 1 ? sqrt(squares / (n - 1)) : 0;
    double range = (cell_quantile(cells, 0.75 * (n - 1)) - cell_quantile(cells, 0.25 * (n - 1))) / 1.34;
    double spread = range > 0 && range < deviation ? range : deviation;
    double width = 1.059 * spread * pow(n, -0.2);
    return width > 1.0 / CELLS ? width : 1.0 / CELLS;
}

/* Smooth cells by kernels of that width, reflected at both ends, and make them sum to 1. */
static void smooth(const Cells *cells, double width, double *density) {
    double kernel[2 * CELLS + 1];
    for (size_t d = 0; d <= 2 * CELLS; d++) {
        double z = (double)d / CELLS / width;
        kernel[d] = exp(-z * z / 2);
    }
    double sum = 0;
    for (size_t i = 0; i < CELLS; i++) {
        density[i] = 0;
        for (size_t j = 0; j < CELLS; j++) {
            size_t direct = i > j ? i - j : j - i;
            double reach = kernel[direct] + kernel[i + j + 1] + kernel[2 * CELLS - 1 - i - j];
            density[i] += cells->weight[j] * reach;
        }
        sum += density[i];
    }
    for (size_t i = 0; i < CELLS; i++)
        density[i] /= sum;
}

static void scale(const Cells *cells, double total, double *density) {
    for (size_t i = 0; i < cells->count; i++)
        density[i] = cells->weight[i] / total;
}

/* --- one parameter --- */

typedef struct Column {
    size_t count, choices, best;
    bool sound;    /* each of the best found something: where too few did, the order of the rest would tell */
    double *value; /* owned [count], of the trials that have it */
    uint32_t *rank; /* owned [count], places of the above, the best first */
    Cells all;
} Column;

/* g^2 times the divergence of the trials at rank[0 .. best) from all. */
static double divergence(const Column *c) {
    Cells best = {.count = c->all.count};
    for (size_t i = 0; i < c->best; i++)
        best.weight[cell_of(c->value[c->rank[i]], c->choices)]++;
    double p[IMPORTANCE_CHOICES_MAX], q[IMPORTANCE_CHOICES_MAX];
    if (c->choices > 0) {
        scale(&c->all, (double)c->count, p);
        scale(&best, (double)c->best, q);
    } else {
        double width = kernel_width(&best, (double)c->best);
        smooth(&c->all, width, p);
        smooth(&best, width, q);
    }
    double part = (double)c->best / (double)c->count, sum = 0;
    for (size_t i = 0; i < c->all.count; i++) {
        if (p[i] > 0) sum += p[i] * (q[i] / p[i] - 1) * (q[i] / p[i] - 1);
    }
    return part * part * sum;
}

static double by_chance(Column *c) {
    double found[PERMUTATIONS];
    for (uint32_t i = 0; i < PERMUTATIONS; i++) {
        RandomStream stream = report_stream(LANE_CHANCE, i);
        for (size_t k = 0; k < c->best; k++) { /* the first `best` of a shuffle */
            size_t other = k + random_below(&stream, (uint32_t)(c->count - k));
            uint32_t rank = c->rank[k];
            c->rank[k] = c->rank[other];
            c->rank[other] = rank;
        }
        found[i] = divergence(c);
    }
    order_sort(found, PERMUTATIONS);
    return found[(size_t)(CHANCE * PERMUTATIONS) - 1];
}

typedef struct Ranked {
    double worth;
    uint32_t place;
} Ranked;

static int best_first(const void *a, const void *b) {
    const Ranked *left = a, *right = b;
    if (left->worth != right->worth) return left->worth > right->worth ? -1 : 1;
    return left->place < right->place ? -1 : 1;
}

static Status fill_column(Column *c, const double *value, const double *worth, size_t count) {
    Ranked *ranked;
    TRY(memory_new(&c->value, count, sizeof(double)));
    TRY(memory_new(&c->rank, count, sizeof(uint32_t)));
    TRY(memory_new(&ranked, count, sizeof(Ranked)));
    c->all.count = c->choices > 0 ? c->choices : CELLS;
    for (size_t i = 0; i < count; i++) {
        if (isnan(value[i])) continue;
        ranked[c->count] = (Ranked){worth[i], (uint32_t)c->count};
        c->all.weight[cell_of(value[i], c->choices)]++;
        c->value[c->count++] = value[i];
    }
    qsort(ranked, c->count, sizeof(Ranked), best_first);
    for (size_t i = 0; i < c->count; i++)
        c->rank[i] = ranked[i].place;
    c->best = importance_best(c->count);
    c->sound = c->best > 0 && isfinite(ranked[c->best - 1].worth);
    free(ranked);
    return STATUS_OK;
}

static Status measure(Column *c, const double *value, const double *worth, size_t count, Importance *out) {
    TRY(fill_column(c, value, worth, count));
    out->present = c->count;
    if (c->count < IMPORTANCE_TRIALS_MIN || !c->sound) return STATUS_OK;
    double part = (double)c->count / (double)count;
    out->told = true;
    out->best = c->best;
    out->variance = part * divergence(c);
    out->chance = part * by_chance(c);
    return STATUS_OK;
}

Status importance_of(const double *value, const double *worth, size_t count, size_t choices,
                     Importance *importance) {
    *importance = (Importance){0};
    Column column = {.choices = choices};
    Status status = measure(&column, value, worth, count, importance);
    free(column.value);
    free(column.rank);
    return status;
}

#include <math.h>

#include "base/order.h"
#include "search/zoom_rules.h"

#define BINS 128
#define NARROWEST (1.0 / 40)          /* bandwidth, of the range */
#define SQRT_TAU 2.5066282746310002   /* sqrt(2 pi) */
#define QUARTILES_OF_A_DEVIATION 1.34 /* between the quartiles of a normal distribution */

/* Trials, counted into bins of equal width. */
typedef struct Counts {
    double elites[BINS], all[BINS];
} Counts;

static size_t bin_of(Span range, double value) {
    double part = (value - range.low) / (range.high - range.low);
    return part < 1 ? (size_t)(part * BINS) : BINS - 1;
}

static Counts count_into_bins(const ZoomValues *values) {
    Counts counts = {0};
    for (size_t i = 0; i < values->count; i++) {
        size_t bin = bin_of(values->range, values->value[i]);
        counts.all[bin]++;
        counts.elites[bin] += i < values->elites;
    }
    return counts;
}

/* In widths of a bin. */
static double bandwidth(const ZoomValues *values, double *sorted) {
    size_t n = values->elites;
    double mean = 0, square = 0;
    for (size_t i = 0; i < n; i++)
        mean += values->value[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        square += (values->value[i] - mean) * (values->value[i] - mean);
        sorted[i] = values->value[i];
    }
    order_sort(sorted, n);
    double deviation = n > 1 ? sqrt(square / (double)(n - 1)) : 0;
    double quartiles = sorted[3 * (n - 1) / 4] - sorted[(n - 1) / 4];
    double spread = quartiles > 0 ? fmin(deviation, quartiles / QUARTILES_OF_A_DEVIATION) : deviation;
    double part = 0.9 * spread * pow((double)n, -0.2) / (values->range.high - values->range.low);
    return BINS * fmax(part, NARROWEST);
}

static void chances(const Counts *counts, double h, double p, double chance[BINS]) {
    double kernel[BINS];
    double prior = h * SQRT_TAU / BINS;
    for (size_t d = 0; d < BINS; d++)
        kernel[d] = exp(-0.5 * ((double)d / h) * ((double)d / h));
    for (size_t x = 0; x < BINS; x++) {
        double elites = p * prior, all = prior;
        for (size_t b = 0; b < BINS; b++) {
            double weight = kernel[b > x ? b - x : x - b];
            elites += weight * counts->elites[b];
            all += weight * counts->all[b];
        }
        chance[x] = elites / all;
    }
}

Span zoom_density(const ZoomValues *values, double level, double *scratch) {
    Counts counts = count_into_bins(values);
    double chance[BINS];
    chances(&counts, bandwidth(values, scratch), (double)values->elites / (double)values->count, chance);
    size_t peak = 0;
    for (size_t x = 1; x < BINS; x++) {
        if (chance[x] > chance[peak]) peak = x;
    }
    size_t first = peak, last = peak;
    while (first > 0 && chance[first - 1] >= level * chance[peak])
        first--;
    while (last < BINS - 1 && chance[last + 1] >= level * chance[peak])
        last++;
    double width = (values->range.high - values->range.low) / BINS;
    return (Span){.low = values->range.low + width * (double)first,
                  .high =
                      last == BINS - 1 ? values->range.high : values->range.low + width * (double)(last + 1)};
}

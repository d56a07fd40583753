#include "search/zoom_rules.h"

#include <math.h>
#include <stdlib.h>

typedef struct Weighted {
    double value, weight;
} Weighted;

Span zoom_span(const ZoomValues *values) {
    Span span = {.low = values->value[0], .high = values->value[0]};
    for (size_t i = 1; i < values->elites; i++) {
        span.low = fmin(span.low, values->value[i]);
        span.high = fmax(span.high, values->value[i]);
    }
    return span;
}

/* Of equal values the heavier first, however qsort treats equals. */
static int by_value(const void *left, const void *right) {
    const Weighted *a = left, *b = right;
    if (a->value != b->value) return a->value < b->value ? -1 : 1;
    return (a->weight < b->weight) - (a->weight > b->weight);
}

/* In ascending order; `part` of all weight lies below the result. */
static double weighted_quantile(const Weighted *sorted, size_t count, double total, double part) {
    double below = sorted[0].weight / 2;
    if (part * total <= below) return sorted[0].value;
    for (size_t k = 1; k < count; k++) {
        double step = (sorted[k - 1].weight + sorted[k].weight) / 2;
        if (part * total <= below + step) {
            double along = (part * total - below) / step;
            return sorted[k - 1].value + along * (sorted[k].value - sorted[k - 1].value);
        }
        below += step;
    }
    return sorted[count - 1].value;
}

Span zoom_quantiles(const ZoomValues *values, double tail, double *scratch) {
    Weighted *sorted = (Weighted *)scratch;
    size_t count = values->elites;
    double total = 0;
    for (size_t i = 0; i < count; i++) {
        sorted[i] =
            (Weighted){.value = values->value[i], .weight = log((double)count + 1) - log((double)i + 1)};
        total += sorted[i].weight;
    }
    qsort(sorted, count, sizeof(*sorted), by_value);
    return (Span){.low = weighted_quantile(sorted, count, total, tail),
                  .high = weighted_quantile(sorted, count, total, 1 - tail)};
}

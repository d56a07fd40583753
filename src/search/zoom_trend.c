#include <math.h>
#include <stdlib.h>

#include "search/quantile.h"
#include "search/zoom_rules.h"

#define WIDER 0.5      /* part of the range where `edge` of it has few trials */
#define FEW_TRIALS 8

/* A trial near the edge. */
typedef struct Near {
    double distance;
    double rank; /* from the worst up; of those that diverged, which are all equal, in the middle of them */
} Near;

static double distance_of(const ZoomValues *values, ZoomEdge edge, double value) {
    return edge == ZOOM_LOW_EDGE ? value - values->range.low : values->range.high - value;
}

static size_t count_near(const ZoomValues *values, ZoomEdge edge, double reach, size_t first) {
    size_t near = 0;
    for (size_t i = 0; i < first; i++)
        near += distance_of(values, edge, values->value[i]) <= reach;
    return near;
}

static size_t collect(const ZoomValues *values, ZoomEdge edge, double reach, Near *near) {
    size_t count = 0, completed = 0;
    for (size_t i = 0; i < values->count; i++) {
        double distance = distance_of(values, edge, values->value[i]);
        if (!(distance <= reach)) continue;
        completed += i < values->completed;
        near[count++].distance = distance;
    }
    for (size_t k = 0; k < count; k++)
        near[k].rank = k < completed ? (double)(count - 1 - k) : (double)(count - 1 - completed) / 2;
    return count;
}

static int by_distance(const void *left, const void *right) {
    double a = ((const Near *)left)->distance, b = ((const Near *)right)->distance;
    return (a > b) - (a < b);
}

/* Spearman's coefficient between nearness and rank: Pearson's of the two orders, ties in their middle. */
static double rank_correlation(Near *near, size_t count) {
    qsort(near, count, sizeof(*near), by_distance);
    double middle = (double)(count - 1) / 2;
    double product = 0, nearness = 0, ranks = 0;
    for (size_t first = 0, next; first < count; first = next) {
        next = first + 1;
        while (next < count && near[next].distance == near[first].distance)
            next++;
        double place = middle - (double)(first + next - 1) / 2; /* of the nearest the highest */
        for (size_t k = first; k < next; k++) {
            product += place * (near[k].rank - middle);
            nearness += place * place;
            ranks += (near[k].rank - middle) * (near[k].rank - middle);
        }
    }
    return nearness > 0 && ranks > 0 ? product / sqrt(nearness * ranks) : 0;
}

bool zoom_leans(const ZoomValues *values, ZoomEdge edge, double part, double significance, double *scratch) {
    double width = values->range.high - values->range.low;
    double reach = part * width;
    if (2 * count_near(values, edge, reach, values->elites) <= values->elites) return false;
    if (part < WIDER && count_near(values, edge, reach, values->count) < FEW_TRIALS) reach = WIDER * width;
    Near *near = (Near *)scratch;
    size_t count = collect(values, edge, reach, near);
    if (count < 2) return false;
    double z = rank_correlation(near, count) * sqrt((double)count - 1);
    return normal_cdf(-z) <= significance;
}

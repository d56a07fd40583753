#include <math.h>
#include <stdlib.h>

#include "search/quantile.h"
#include "search/zoom_rules.h"

#define HALF 0.5  /* of the range */
#define ENOUGH 12 /* trials */

/* A trial near the edge. */
typedef struct Near {
    double distance;
    double rank; /* of all trials, from the worst up; of those that diverged, all equal, in their middle */
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

/* Of equal distances the better trial first, however qsort treats equals. */
static int by_distance(const void *left, const void *right) {
    const Near *a = left, *b = right;
    if (a->distance != b->distance) return a->distance < b->distance ? -1 : 1;
    return (a->rank < b->rank) - (a->rank > b->rank);
}

/* The trials within `reach`, or so many that they are enough, but none beyond `half`; nearest first. */
static size_t collect(const ZoomValues *values, ZoomEdge edge, double reach, double half, Near *near) {
    for (size_t i = 0; i < values->count; i++) {
        double rank = i < values->completed ? (double)(values->count - 1 - i)
                                            : (double)(values->count - 1 - values->completed) / 2;
        near[i] = (Near){.distance = distance_of(values, edge, values->value[i]), .rank = rank};
    }
    qsort(near, values->count, sizeof(*near), by_distance);
    size_t count = 0;
    while (count < values->count &&
           (near[count].distance <= reach || (count < ENOUGH && near[count].distance <= half)))
        count++;
    return count;
}

/* Spearman's coefficient between nearness and rank: Pearson's of the two orders, ties in their middle. */
static double rank_correlation(Near *near, size_t count) {
    double middle = (double)(count - 1) / 2, worth = 0;
    for (size_t k = 0; k < count; k++)
        worth += near[k].rank / (double)count;
    double product = 0, nearness = 0, ranks = 0;
    for (size_t first = 0, next; first < count; first = next) {
        next = first + 1;
        while (next < count && near[next].distance == near[first].distance)
            next++;
        double place = middle - (double)(first + next - 1) / 2; /* of the nearest the highest */
        for (size_t k = first; k < next; k++) {
            product += place * (near[k].rank - worth);
            nearness += place * place;
            ranks += (near[k].rank - worth) * (near[k].rank - worth);
        }
    }
    return nearness > 0 && ranks > 0 ? product / sqrt(nearness * ranks) : 0;
}

bool zoom_leans(const ZoomValues *values, ZoomEdge edge, double part, double significance, double *scratch) {
    double width = values->range.high - values->range.low;
    if (2 * count_near(values, edge, HALF * width, values->elites) <= values->elites) return false;
    Near *near = (Near *)scratch;
    size_t count = collect(values, edge, part * width, HALF * width, near);
    if (count < 2) return false;
    double z = rank_correlation(near, count) * sqrt((double)count - 1);
    return normal_cdf(-z) <= significance;
}

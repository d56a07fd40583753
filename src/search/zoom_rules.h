/* Where the best values of one numeric parameter lie: three ways to say it. Pure; internal to the room.
 *
 * All values are in the parameter's own scale, turned so that they increase with the value. */
#ifndef WINNOW_SEARCH_ZOOM_RULES_H
#define WINNOW_SEARCH_ZOOM_RULES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Span {
    double low, high;
} Span;

/* The values of one parameter, the best trial's first. */
typedef struct ZoomValues {
    const double *value; /* [count], within `range` */
    size_t count;
    size_t completed; /* the first so many, the others diverged */
    size_t elites;    /* the first so many, >= 1 */
    Span range;       /* that they were drawn from, high > low */
} ZoomValues;

/* From the lowest elite to the highest. */
Span zoom_span(const ZoomValues *values);

/* The tail-quantile of the elites and the (1 - tail)-quantile, 0 <= tail < 0.5, so that an elite far from the
 * others holds no range open. Elite i of n (from 0, the best) weighs w = ln(n + 1) - ln(i + 1), as parents do
 * in CMA-ES (Hansen, "The CMA Evolution Strategy: A Tutorial", 2016, equation 49): the last elites got there
 * by luck more often than the first. In ascending order, value k stands for the part (w_1 + .. + w_k-1 + w_k
 * / 2) / sum w; quantiles lie on the straight lines between, and the outermost values are the ends.
 * `scratch`: room for 2 * elites numbers. */
Span zoom_quantiles(const ZoomValues *values, double tail, double *scratch);

/* Around the highest value of r = l / g, as far as r >= level * its highest value on both sides, 0 <= level
 * <= 1, where l is the density of the elites and g that of all trials, as in the tree-structured Parzen
 * estimator (Bergstra, Bardenet, Bengio and Kegl, "Algorithms for Hyper-Parameter Optimization", NIPS 2011,
 * section 4; it takes g from the others alone, which gives the same order of r). With one kernel K for both,
 *
 *   r(x) = (sum over elites of K((x - v) / h) + p c) / (sum over all of K((x - v) / h) + c),
 *
 * the chance of a trial at x to be an elite as Nadaraya and Watson estimate it (1964); p is the elites' part
 * of all trials, and c = h sqrt(2 pi) / (high - low) one trial spread evenly over the range: where nobody has
 * been, r is p. K is Gaussian, h = 0.9 min(s, q / 1.34) n^(-1/5) of the n elites' deviation s and distance of
 * quartiles q (Silverman, "Density Estimation", 1986, equation 3.31), at least 1/40 of the range. r is taken
 * at the middles of 128 equal bins of the range, into which the values are counted first: the time is that of
 * reading them. `scratch`: room for 2 * elites numbers. */
Span zoom_density(const ZoomValues *values, double level, double *scratch);

/* Is an edge of the range leaned on? It is where more than half of the elites lie in its half of the range,
 * and the trials in the `part` of the range beside it, 0 <= part <= 0.5, are the better the nearer they are:
 * Spearman's rank correlation rho of these n trials (1904; those that diverged count as the worst) is so high
 * that without any influence it would be reached with a probability of `significance` at most, rho sqrt(n -
 * 1) being about standard normal then. Where fewer than twelve trials lie there, the nearest twelve are
 * looked at, as far as they lie in the half. (That the best ones lie near an edge says little: they do so
 * also where the optimum is near it, and of eight elites of a parameter without influence one lies within 5 %
 * of a given edge in a third of all cases.) `scratch`: room for 2 * count numbers. */
typedef enum ZoomEdge { ZOOM_LOW_EDGE, ZOOM_HIGH_EDGE } ZoomEdge;
bool zoom_leans(const ZoomValues *values, ZoomEdge edge, double part, double significance, double *scratch);

#endif

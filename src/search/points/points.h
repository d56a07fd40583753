/* Points that cover the unit cube evenly, one coordinate at a time. Internal to the room.
 *
 * Each function gives coordinate `dimension`, below SPACE_MAX_PARAMETERS, of point `number` of the sampler's
 * stage: in [0, 1), and by itself uniform there over all seeds. A pure function of its arguments: any point
 * can be asked for at any time. */
#ifndef WINNOW_SEARCH_POINTS_POINTS_H
#define WINNOW_SEARCH_POINTS_POINTS_H

#include "search/sampler.h"

/* Sobol's sequence (USSR Comput. Math. Math. Phys. 7, 1967) in the order of the Gray code (Antonov and Saleev
 * 1979), scrambled (scramble.h). Of any 2^m points that begin at a multiple of 2^m, exactly one lies in each
 * interval [a / 2^m, (a + 1) / 2^m) of every dimension; in the first two dimensions, one in each box of
 * volume 2^-m with sides that are such intervals. */
double sobol_unit(const Sampler *sampler, uint32_t number, size_t dimension);

/* The same before scrambling, times 2^32. */
uint32_t sobol_integer(uint32_t number, size_t dimension);

/* Halton's sequence (Numer. Math. 2, 1960): the digits of `number` in the dimension's base, mirrored at the
 * point, scrambled (scramble.h). Of any b^m points in a row exactly one lies in each interval [a / b^m, (a +
 * 1) / b^m). */
double halton_unit(const Sampler *sampler, uint32_t number, size_t dimension);

/* The prime of that index: 2, 3, 5, .. */
uint32_t halton_base(size_t dimension);

/* Latin hypercube (McKay, Beckman and Conover, Technometrics 21, 1979): of the first `trials` points exactly
 * one lies in each interval [a / trials, (a + 1) / trials) of every dimension, anywhere in it; the order of
 * the intervals is a random permutation for each dimension. The next `trials` points are another Latin
 * hypercube, and so on. */
double lhs_unit(const Sampler *sampler, uint32_t number, size_t dimension);

#endif

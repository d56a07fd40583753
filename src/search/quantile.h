/* Truncated distributions by inversion. Internal to the room. */
#ifndef WINNOW_SEARCH_QUANTILE_H
#define WINNOW_SEARCH_QUANTILE_H

/* Standard normal: P(X <= x), and its inverse for p in (0, 1) by Wichura's algorithm AS 241 (Applied
 * Statistics 37, 1988), relative error about 1e-16. */
double normal_cdf(double x);
double normal_quantile(double p);

/* The u-quantile, u in (0, 1), of a standard normal that is known to lie in [low, high]; either may be
 * infinite. */
double normal_quantile_between(double low, double high, double u);

/* Beta distribution: the regularised incomplete beta function I_x(a, b), a, b > 0, by its continued fraction
 * (DLMF 8.17.22) with Lentz's method. */
double beta_cdf(double a, double b, double x);

/* The u-quantile, u in (0, 1), of a beta that is known to lie in [low, high], 0 <= low <= high <= 1. */
double beta_quantile_between(double a, double b, double low, double high, double u);

#endif

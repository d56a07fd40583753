/* Numbers in order. None of them may be NaN. */
#ifndef WINNOW_BASE_ORDER_H
#define WINNOW_BASE_ORDER_H

#include <stddef.h>

/* Of two numbers. */
double order_middle(double a, double b);

/* Sort values [count], the lowest first. */
void order_sort(double *values, size_t count);

/* The median of values [count], count >= 1, which are sorted by it; of an even number the mean of the two in
 * the middle. */
double order_median(double *values, size_t count);

#endif

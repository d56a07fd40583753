#include "base/order.h"

#include <stdlib.h>

static int ascending(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

double order_middle(double a, double b) {
    return a == b ? a : a / 2 + b / 2; /* two infinities have no sum */
}

void order_sort(double *values, size_t count) {
    qsort(values, count, sizeof(double), ascending);
}

double order_median(double *values, size_t count) {
    order_sort(values, count);
    return order_middle(values[(count - 1) / 2], values[count / 2]);
}

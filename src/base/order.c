#include "base/order.h"

#include <stdlib.h>

static int ascending(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

void order_sort(double *values, size_t count) {
    qsort(values, count, sizeof(double), ascending);
}

double order_median(double *values, size_t count) {
    order_sort(values, count);
    double above = values[(count - 1) / 2], below = values[count / 2];
    return above == below ? above : above / 2 + below / 2; /* two infinities have no sum */
}

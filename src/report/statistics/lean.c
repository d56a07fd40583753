#include "report/statistics/lean.h"

#include <stdbool.h>

#define EDGE 0.05
#define THIRD (1.0 / 3)

static bool leans(const double *value, size_t count, double end) {
    size_t beside = 0;
    bool touches = false;
    for (size_t i = 0; i < count; i++) {
        double distance = value[i] > end ? value[i] - end : end - value[i];
        if (i < 2) touches |= distance <= EDGE;
        beside += distance <= THIRD;
    }
    return touches && 2 * beside > count;
}

Lean lean_of(const double *value, size_t count) {
    if (count < 3) return LEAN_NONE;
    if (leans(value, count, 0)) return LEAN_LOW;
    return leans(value, count, 1) ? LEAN_HIGH : LEAN_NONE;
}

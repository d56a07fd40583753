/* The trials that have come to a rung, in their order: best first, ties by the lower id. Pure. */
#ifndef WINNOW_SEARCH_RUNG_H
#define WINNOW_SEARCH_RUNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct RungEntry {
    double worth; /* larger is better; -INFINITY: diverged or failed */
    uint64_t trial;
    bool decided; /* goes on, or was stopped */
} RungEntry;

typedef struct Rung {
    size_t count, capacity;
    RungEntry *entries; /* owned [count] */
} Rung;

/* Each trial once; a NaN counts as -INFINITY. *place is where it stands. */
Status rung_enter(Rung *rung, double worth, uint64_t trial, size_t *place) MUST_CHECK;
/* The first undecided one of the best `keep`; NULL for none. Borrowed until the next entry. */
RungEntry *rung_undecided(const Rung *rung, size_t keep);
/* Of an even number the mean of the two in the middle; NaN of none. */
double rung_median(const Rung *rung);
void rung_release(Rung *rung);

#endif

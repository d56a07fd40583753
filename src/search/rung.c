#include "search/rung.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/order.h"

static bool stands_before(const RungEntry *a, const RungEntry *b) {
    return a->worth > b->worth || (a->worth == b->worth && a->trial < b->trial);
}

Status rung_enter(Rung *rung, double worth, uint64_t trial, size_t *place) {
    TRY(memory_grow(&rung->entries, &rung->capacity, rung->count + 1, sizeof(RungEntry)));
    RungEntry entry = {.worth = isnan(worth) ? -INFINITY : worth, .trial = trial};
    size_t low = 0, high = rung->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (stands_before(&entry, &rung->entries[middle])) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    RungEntry *at = rung->entries + low;
    memmove(at + 1, at, (rung->count - low) * sizeof(*at));
    *at = entry;
    rung->count++;
    *place = low;
    return STATUS_OK;
}

RungEntry *rung_undecided(const Rung *rung, size_t keep) {
    for (size_t i = 0; i < rung->count && i < keep; i++) {
        if (!rung->entries[i].decided) return &rung->entries[i];
    }
    return NULL;
}

double rung_median(const Rung *rung) {
    if (rung->count == 0) return NAN;
    return order_middle(rung->entries[(rung->count - 1) / 2].worth, rung->entries[rung->count / 2].worth);
}

void rung_release(Rung *rung) {
    free(rung->entries);
    *rung = (Rung){0};
}

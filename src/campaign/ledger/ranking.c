#include "campaign/ranking.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define KEPT 256 /* entries that stay in order at least, once somebody has asked */

RankedTrial ranked_trial(MetricKind metric, uint64_t trial, const TrainOutcome *outcome) {
    double worth = metric_worth(metric, metric_of(metric, outcome->val_accuracy, outcome->val_loss));
    return (RankedTrial){.worth = isnan(worth) ? -INFINITY : worth, .trial = trial};
}

bool ranked_before(RankedTrial a, RankedTrial b) {
    if (a.worth > b.worth) return true;
    return a.worth == b.worth && a.trial < b.trial;
}

/* Its place among those in order. */
static size_t place_of(const Ranking *ranking, RankedTrial entry) {
    size_t low = 0, high = ranking->sorted;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranked_before(entry, ranking->entries[middle]))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

Status ranking_insert(Ranking *ranking, RankedTrial entry) {
    TRY(memory_grow(&ranking->entries, &ranking->capacity, ranking->count + 1, sizeof(RankedTrial)));
    RankedTrial *entries = ranking->entries;
    size_t place = place_of(ranking, entry), kept = ranking->asked > KEPT ? ranking->asked : KEPT;
    bool all_in_order = ranking->sorted > 0 && ranking->sorted == ranking->count;
    if (all_in_order) ranking->sorted++;
    if (place < ranking->sorted) {
        /* The last one leaves the order, unless that is of all. */
        entries[ranking->count] = entries[ranking->sorted - 1];
        memmove(entries + place + 1, entries + place, (ranking->sorted - place - 1) * sizeof(RankedTrial));
        entries[place] = entry;
    } else {
        entries[ranking->count] = entry;
    }
    ranking->count++;
    if (ranking->sorted > kept) ranking->sorted = kept;
    return STATUS_OK;
}

static int compare(const void *a, const void *b) {
    const RankedTrial *x = a, *y = b;
    return ranked_before(*x, *y) ? -1 : ranked_before(*y, *x);
}

const RankedTrial *ranking_best(Ranking *ranking, size_t *places) {
    if (*places > ranking->asked) ranking->asked = *places;
    if (*places > ranking->count) *places = ranking->count;
    if (*places > ranking->sorted) {
        qsort(ranking->entries, ranking->count, sizeof(RankedTrial), compare);
        ranking->sorted = ranking->count;
    }
    return ranking->entries;
}

void ranking_release(Ranking *ranking) {
    free(ranking->entries);
    *ranking = (Ranking){0};
}

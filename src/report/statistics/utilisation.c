#include "report/statistics/utilisation.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

void utilisation_release(Utilisation *u) {
    free(u->spans);
    *u = (Utilisation){0};
}

/* The span that a moment belongs to: the last one that began before it. */
static RunSpan *span_of(const Utilisation *u, double moment) {
    size_t low = 0, high = u->span_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (u->spans[middle].start <= moment)
            low = middle;
        else
            high = middle;
    }
    return &u->spans[low];
}

static void reach(const Utilisation *u, double moment) {
    if (!isfinite(moment)) return;
    RunSpan *span = span_of(u, moment);
    if (moment > span->end) span->end = moment;
}

static int by_start(const void *a, const void *b) {
    const RunSpan *left = a, *right = b;
    return (left->start > right->start) - (left->start < right->start);
}

static void find_spans(const Ledger *ledger, Utilisation *u) {
    for (size_t i = 0; i < ledger->start_count; i++) {
        const StartRecord *start = &ledger->starts[i];
        u->spans[u->span_count++] = (RunSpan){start->time, start->time, 0, start->ranks};
    }
    qsort(u->spans, u->span_count, sizeof(RunSpan), by_start);
    for (size_t i = 0; i < ledger->lease_count; i++) {
        if (ledger->leases[i].lease == 0) continue;
        reach(u, ledger->leases[i].start);
        reach(u, ledger->leases[i].end);
    }
    for (size_t i = 0; i < u->span_count; i++) {
        RunSpan *span = &u->spans[i];
        if (i + 1 < u->span_count && span->end > u->spans[i + 1].start) span->end = u->spans[i + 1].start;
        span->before = u->run_seconds;
        u->run_seconds += span->end - span->start;
        u->rank_seconds += (span->end - span->start) * span->ranks;
        if (span->ranks > u->ranks) u->ranks = span->ranks;
    }
}

bool utilisation_place(const Utilisation *u, const LeaseRecord *lease, double *start, double *end) {
    if (lease->lease == 0 || u->span_count == 0 || !isfinite(lease->start)) return false;
    const RunSpan *span = span_of(u, lease->start);
    double from = lease->start > span->start ? lease->start : span->start;
    double to = isfinite(lease->end) && lease->end < span->end ? lease->end : span->end;
    *start = span->before + from - span->start;
    *end = span->before + to - span->start;
    return to > from;
}

Status utilisation_of(const Ledger *ledger, Utilisation *u) {
    *u = (Utilisation){0};
    if (ledger->start_count == 0) return STATUS_OK;
    TRY(memory_new(&u->spans, ledger->start_count, sizeof(RunSpan)));
    find_spans(ledger, u);
    for (size_t i = 0; i < ledger->lease_count; i++) {
        double start, end;
        if (!utilisation_place(u, &ledger->leases[i], &start, &end)) continue;
        u->busy_seconds += end - start;
        if (ledger->leases[i].rank >= u->ranks) u->ranks = ledger->leases[i].rank + 1;
    }
    return STATUS_OK;
}

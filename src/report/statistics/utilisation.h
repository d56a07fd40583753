/* How busy the ranks were, from the leases. Pure.
 *
 * A campaign may be started several times, with days in between: what counts is time in which it ran. It is
 * laid end to end, start after start, as run time. A start runs until its ranks' last sign of work. */
#ifndef WINNOW_REPORT_STATISTICS_UTILISATION_H
#define WINNOW_REPORT_STATISTICS_UTILISATION_H

#include "campaign/ledger.h"

typedef struct RunSpan {
    double start, end; /* Unix seconds */
    double before;     /* run time before it, in seconds */
    uint32_t ranks;
} RunSpan;

typedef struct Utilisation {
    size_t span_count;
    RunSpan *spans;      /* owned [span_count], one a start */
    double run_seconds;  /* of all spans */
    double rank_seconds; /* of all spans times their ranks */
    double busy_seconds; /* of all leases within them */
    uint32_t ranks;      /* the highest rank that had a lease, plus 1; the most of a start at least */
} Utilisation;

Status utilisation_of(const Ledger *ledger, Utilisation *utilisation) MUST_CHECK;
void utilisation_release(Utilisation *utilisation);

/* A lease on the axis of run time. An open one ends with its start's span. False where it has no length. */
bool utilisation_place(const Utilisation *utilisation, const LeaseRecord *lease, double *start, double *end);

#endif

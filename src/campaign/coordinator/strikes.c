/* Trials whose process died. It is the trial's fault only where rank and coordinator outlive it for a while:
 * a node that goes down takes children first. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "campaign/coordinator/state.h"

Status strike_hold(Coordinator *c, const Lease *lease, TrialRecord *row) {
    TRY(memory_grow(&c->held, &c->held_capacity, c->held_count + 1, sizeof(HeldCrash)));
    c->held[c->held_count++] = (HeldCrash){.lease = *lease, .row = *row, .since = c->attention};
    memset(row, 0, sizeof(*row));
    return STATUS_OK;
}

static HeldCrash held_take(Coordinator *c, size_t i) {
    HeldCrash held = c->held[i];
    memmove(c->held + i, c->held + i + 1, (c->held_count - i - 1) * sizeof(HeldCrash));
    c->held_count--;
    return held;
}

/* It is a strike: once more, or never again. */
static Status strike(Coordinator *c, Actions *actions, HeldCrash *held, Moment now) {
    const Lease *lease = &held->lease;
    unsigned long long trial = lease->trial;
    TRY(lease_end(c, actions, lease, LEASE_CRASHED, now));
    if (c->ledger->trials[lease->trial].strikes < STRIKES) {
        c->trials[lease->trial].struck = true; /* it may be the rank's fault, too */
        c->trials[lease->trial].struck_on = lease->worker;
        TRY(trial_free(c, lease->trial));
        return coordinator_news(actions, "trial %llu: %s; it is tried once more", trial, held->row.reason);
    }
    char reason[REASON_SIZE];
    snprintf(reason, sizeof(reason), "%.*s, twice", (int)sizeof(reason) - 10, held->row.reason);
    memcpy(held->row.reason, reason, sizeof(reason));
    TRY(coordinator_news(actions, "trial %llu failed: %s", trial, reason));
    return row_commit(c, actions, lease, &held->row, NULL);
}

Status strikes_look(Coordinator *c, Actions *actions, Moment now) {
    for (size_t i = 0; i < c->held_count;) {
        const HeldCrash *h = &c->held[i];
        const WorkerState *w = &c->workers[h->lease.worker];
        double outlived = h->lease.worker == 0 ? c->attention : w->last_heard;
        if (outlived - h->since < STRIKE_SECONDS) {
            i++;
            continue;
        }
        HeldCrash held = held_take(c, i);
        Status status = strike(c, actions, &held, now);
        row_release(&held.row);
        TRY(status);
    }
    return STATUS_OK;
}

Status strikes_give_up(Coordinator *c, Actions *actions, uint32_t worker, LeaseOutcome outcome, Moment now) {
    for (size_t i = 0; i < c->held_count;) {
        if (worker != UINT32_MAX && c->held[i].lease.worker != worker) {
            i++;
            continue;
        }
        HeldCrash held = held_take(c, i);
        row_release(&held.row);
        TRY(lease_end(c, actions, &held.lease, outcome, now));
        TRY(trial_free(c, held.lease.trial));
    }
    return STATUS_OK;
}

/* Which ranks are there, and what becomes of what they had in hand. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "campaign/coordinator/state.h"

#define LOOKS 20        /* at all workers, in the time after which one is silent */
#define ALIVE_EVERY 1.0 /* seconds between two signs of life to a worker at least */

bool worker_there(const WorkerState *w) {
    return w->standing == STANDING_PRESENT || w->standing == STANDING_AWAITED;
}

bool worker_lost(const WorkerState *w) {
    return w->standing == STANDING_SILENT || w->standing == STANDING_DEAD;
}

void worker_set_standing(Coordinator *c, uint32_t worker, Standing standing) {
    c->standing[c->workers[worker].standing]--;
    c->standing[standing]++;
    c->workers[worker].standing = standing;
}

bool any_there(const Coordinator *c) {
    return c->standing[STANDING_PRESENT] + c->standing[STANDING_AWAITED] > 0;
}

bool ranks_lost(const Coordinator *c) {
    return c->standing[STANDING_SILENT] + c->standing[STANDING_DEAD] > 0;
}

const char *rank_name(const Coordinator *c, uint32_t worker, char *out) {
    const char *host = c->workers[worker].host;
    snprintf(out, RANK_NAME_SIZE, "rank %u%s%s", worker, host[0] != '\0' ? " on " : "", host);
    return out;
}

Status worker_losses(const Coordinator *c, Actions *actions) {
    Text text = {0};
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->worker_count; i++) {
        const WorkerState *w = &c->workers[i];
        if (!worker_lost(w) && !w->failed) continue;
        char name[RANK_NAME_SIZE];
        text_add(&text, "%s%s (%s)", count++ > 0 ? ", " : "", rank_name(c, i, name),
                 w->failed                      ? "left with an error"
                 : w->standing == STANDING_DEAD ? "died"
                                                : "silent");
    }
    Status status = STATUS_OK;
    if (count > 0)
        status = coordinator_news(actions, "%s lost on the way: %s",
                                  text_count(count, "rank was", "ranks were"), text_of(&text));
    text_release(&text);
    return status;
}

Status worker_give_up(Coordinator *c, Actions *actions, uint32_t worker, LeaseOutcome outcome, Moment now) {
    WorkerState *w = &c->workers[worker];
    if (w->lease.number != 0) {
        TRY(lease_end(c, actions, &w->lease, outcome, now));
        TRY(trial_free(c, w->lease.trial));
        w->former = w->lease;
        worker_set_lease(c, worker, NULL);
    }
    worker_set_idle(c, worker, false);
    TRY(strikes_give_up(c, actions, worker, outcome, now));
    return network_give_up(c, actions, worker, outcome, now);
}

/* Offers that wait are still to be answered should it come back; what is on its way will not arrive. */
static void forget_transfers(Coordinator *c, uint32_t worker) {
    bool may_return = c->workers[worker].standing == STANDING_SILENT;
    for (BlobKind what = BLOB_NETWORK; what < BLOB_KIND_COUNT; what++) {
        OfferState state = c->workers[worker].offers[what].state;
        if (state == OFFER_ON_ITS_WAY || !may_return) offer_forget(c, worker, what);
    }
}

/* Where its trial goes, as the end of a sentence; "" without one. */
static void whereto(const Coordinator *c, const Lease *lease, char *out, size_t size) {
    out[0] = '\0';
    if (lease->number == 0 || c->stopping) return;
    const CheckpointRecord *checkpoint = trial_checkpoint(c, lease->trial);
    int used =
        snprintf(out, size, ": trial %llu goes to another rank from ", (unsigned long long)lease->trial);
    if (checkpoint != NULL)
        snprintf(out + used, size - (size_t)used, "epoch %u", checkpoint->epoch);
    else
        snprintf(out + used, size - (size_t)used, "the beginning");
}

/* Nobody is left to work. */
static Status all_gone(Coordinator *c, Actions *actions) {
    if (any_there(c) || c->phase == PHASE_OVER || c->stopping) return STATUS_OK;
    c->final_status = STATUS_RESUMABLE;
    text_copy(c->final_text, sizeof(c->final_text), "all ranks are lost; the same command continues");
    return coordinator_finish(c, actions);
}

/* `what` happened to it: the predicate of a sentence. */
static Status lose(Coordinator *c, Actions *actions, uint32_t worker, Standing standing, const char *what,
                   Moment now) {
    WorkerState *w = &c->workers[worker];
    char name[RANK_NAME_SIZE], trial[96];
    whereto(c, &w->lease, trial, sizeof(trial));
    TRY(coordinator_news(actions, "%s %s%s", rank_name(c, worker, name), what, trial));
    worker_set_standing(c, worker, standing);
    TRY(worker_give_up(c, actions, worker, LEASE_LOST, now));
    forget_transfers(c, worker);
    c->look_again = true; /* a trial may have waited for this rank */
    return all_gone(c, actions);
}

Status worker_died(Coordinator *c, Actions *actions, uint32_t worker, Moment now) {
    WorkerState *w = &c->workers[worker];
    if (worker_there(w)) return lose(c, actions, worker, STANDING_DEAD, "died", now);
    if (w->standing == STANDING_SILENT) { /* given up already */
        worker_set_standing(c, worker, STANDING_DEAD);
        forget_transfers(c, worker);
    }
    return STATUS_OK;
}

Status worker_farewell(Coordinator *c, Actions *actions, uint32_t worker, const char *reason, Moment now) {
    WorkerState *w = &c->workers[worker];
    if (!worker_there(w)) return STATUS_OK;
    if (reason[0] != '\0') {
        char what[ERROR_TEXT_SIZE];
        snprintf(what, sizeof(what), "leaves: %.3900s", reason);
        w->failed = true;
        return lose(c, actions, worker, STANDING_LEFT, what, now);
    }
    worker_set_standing(c, worker, STANDING_LEFT);
    TRY(worker_give_up(c, actions, worker, LEASE_STOPPED, now));
    forget_transfers(c, worker);
    return all_gone(c, actions);
}

Status worker_heard(Coordinator *c, Actions *actions, uint32_t worker, uint64_t lease) {
    WorkerState *w = &c->workers[worker];
    w->last_heard = c->attention;
    bool back = w->standing == STANDING_SILENT;
    if (back) {
        char name[RANK_NAME_SIZE];
        worker_set_standing(c, worker, STANDING_PRESENT);
        TRY(coordinator_news(actions, "%s is back", rank_name(c, worker, name)));
    }
    TRY(lease_adopt(c, actions, worker, lease));
    if (back && w->lease.number == 0)
        worker_set_idle(c, worker, true); /* a new lease takes the place of what it does */
    return w->stopped || !c->stopping ? STATUS_OK : stop_tell(c, actions, worker);
}

/* It greets anew: its relay is gone. What it does not know of any more waits again; what it offered is
 * offered again or gone. */
Status worker_reached_anew(Coordinator *c, Actions *actions, uint32_t worker, uint64_t lease, Moment now) {
    WorkerState *w = &c->workers[worker];
    for (BlobKind what = BLOB_NETWORK; what < BLOB_KIND_COUNT; what++)
        offer_forget(c, worker, what);
    if (w->lease.number != lease) TRY(worker_give_up(c, actions, worker, LEASE_LOST, now));
    TRY(network_give_up(c, actions, worker, LEASE_LOST, now));
    bool told = w->stopped;
    w->stopped = false;
    return told ? stop_tell(c, actions, worker) : STATUS_OK;
}

Status worker_alive(Coordinator *c, Actions *actions, uint32_t worker) {
    WorkerState *w = &c->workers[worker];
    if (worker == 0 || w->relayed || w->standing != STANDING_PRESENT) return STATUS_OK;
    if (c->attention - w->last_alive < ALIVE_EVERY) return STATUS_OK;
    w->last_alive = c->attention;
    return coordinator_send(c, actions, worker, &(Message){.kind = MESSAGE_ALIVE});
}

Status workers_look(Coordinator *c, Actions *actions, Moment now) {
    if (c->attention < c->next_look) return STATUS_OK;
    double limit = c->config->limits.silence_seconds;
    c->next_look = c->attention + limit / LOOKS;
    for (uint32_t i = 1; i < c->worker_count && c->phase != PHASE_OVER; i++) {
        const WorkerState *w = &c->workers[i];
        if (!worker_there(w) || c->attention - w->last_heard < limit) continue;
        char what[64];
        snprintf(what, sizeof(what), "is lost (silent for %.0f s)", c->attention - w->last_heard);
        TRY(lose(c, actions, i, STANDING_SILENT, what, now));
    }
    return STATUS_OK;
}

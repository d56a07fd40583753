#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "campaign/coordinator/state.h"

/* The row of a trial: the end of its lease, its network where one is kept, the row last. */
static Status result_commit(Coordinator *c, Actions *actions, uint32_t worker, uint64_t lease,
                            TrialRecord *row, Moment now) {
    WorkerState *w = &c->workers[worker];
    uint64_t trial = row->trial;
    double started = row->started;
    uint32_t epochs = row->outcome.epochs;
    LeaseOutcome outcome = row->outcome.status == TRIAL_FAILED ? LEASE_CRASHED : LEASE_FINISHED;
    text_copy(row->host, sizeof(row->host), w->host);
    text_copy(row->arithmetic, sizeof(row->arithmetic), w->arithmetic);
    row->rank = worker;
    coordinator_count_row(c, row);
    Record record = {.kind = RECORD_TRIAL};
    record.as.trial = *row;
    memset(row, 0, sizeof(*row));
    Status status = lease_write(c, actions, worker, lease, trial, started, now.unix_time, epochs, outcome);
    if (status != STATUS_OK) {
        record_release(&record);
        return status;
    }
    TRY(coordinator_append(c, actions, record));
    c->dirty = true;
    TRY(memory_grow(&c->unrecorded, &c->unrecorded_capacity, c->unrecorded_count + 1, sizeof(Unrecorded)));
    c->unrecorded[c->unrecorded_count++] = (Unrecorded){worker, trial};
    return STATUS_OK;
}

/* The pool may now be over-full: the blob that fell out of it can go. */
static Status drop_superseded(Coordinator *c, Actions *actions) {
    uint64_t *ids;
    size_t count;
    uint32_t pool = coordinator_pool(c->config);
    TRY(ledger_best(c->ledger, c->config->metric, (size_t)pool + 1, &ids, &count));
    Status status = STATUS_OK;
    if (count > pool) {
        const LedgerTrial *last = &c->ledger->trials[ids[count - 1]];
        Action *action;
        if (last->kept) {
            status = actions_add(actions, ACTION_REMOVE, &action);
            if (status == STATUS_OK) text_copy(action->name, sizeof(action->name), last->member.blob);
        }
    }
    free(ids);
    return status;
}

static bool in_pool(const Coordinator *c, const TrialRecord *row) {
    return ledger_in_pool(c->ledger, c->config->metric, coordinator_pool(c->config), row->trial,
                          &row->outcome);
}

static Status verdict(Actions *actions, uint32_t worker, uint64_t lease, uint64_t trial, bool keep) {
    Message message = {.kind = MESSAGE_VERDICT};
    message.as.verdict = (VerdictMessage){.lease = lease, .trial = trial, .keep = keep};
    return coordinator_send(actions, worker, message);
}

static bool result_sound(const Coordinator *c, const WorkerState *w, const ResultMessage *result) {
    return w->lease != 0 && result->lease == w->lease && result->record.trial == w->trial &&
           !coordinator_finished(c, w->trial) && !w->awaits_network;
}

Status coordinator_on_result(Coordinator *c, Actions *actions, uint32_t worker, ResultMessage *result,
                             Moment now) {
    WorkerState *w = &c->workers[worker];
    if (!result_sound(c, w, result)) /* of a lease that was given to another since: changes nothing */
        return verdict(actions, worker, result->lease, result->record.trial, false);
    uint64_t lease = w->lease, trial = w->trial;
    TrialRecord *row = &result->record;
    row->stage = (uint32_t)plan_stage(&c->plan, trial);
    row->number = plan_number(&c->plan, trial);
    row->started = w->started;
    lease_clear(c, w);
    if (result->crashed && ++c->strikes[trial] < STRIKES) {
        TRY(lease_write(c, actions, worker, lease, trial, w->started, now.unix_time, w->epochs_done,
                        LEASE_CRASHED));
        TRY(coordinator_news(actions, "trial %llu: %s; it is tried once more", (unsigned long long)trial,
                             row->reason));
        TRY(verdict(actions, worker, lease, trial, false));
    } else if (row->outcome.status == TRIAL_COMPLETED && result->has_network && in_pool(c, row)) {
        w->awaits_network = true;
        w->pending_lease = lease;
        w->pending = *row;
        memset(row, 0, sizeof(*row));
        c->leased[trial] = 1; /* counts as running until its row is committed */
        TRY(verdict(actions, worker, lease, trial, true));
    } else {
        if (row->outcome.status == TRIAL_FAILED)
            TRY(coordinator_news(actions, "trial %llu failed: %s", (unsigned long long)trial, row->reason));
        TRY(verdict(actions, worker, lease, trial, false));
        TRY(result_commit(c, actions, worker, lease, row, now));
    }
    TRY(lease_next(c, actions, worker, now));
    return coordinator_advance(c, actions, now);
}

/* Store the network that a row waits for. */
static Status keep_network(Coordinator *c, Actions *actions, const TrialRecord *row,
                           NetworkMessage *network) {
    Record record = {.kind = RECORD_MEMBER};
    record.as.member = member_record_of(row->trial, row->outcome.best_epoch, network->blob, network->length);
    Action *action;
    TRY(actions_add(actions, ACTION_STORE, &action));
    text_copy(action->name, sizeof(action->name), record.as.member.blob);
    action->bytes = network->blob;
    action->length = network->length;
    network->blob = NULL;
    network->length = 0;
    return coordinator_append(c, actions, record);
}

Status coordinator_on_network(Coordinator *c, Actions *actions, uint32_t worker, NetworkMessage *network,
                              Moment now) {
    WorkerState *w = &c->workers[worker];
    if (!w->awaits_network || network->lease != w->pending_lease || network->trial != w->pending.trial)
        return STATUS_OK;
    bool keep = in_pool(c, &w->pending); /* better ones may have come while it was on its way */
    if (keep) TRY(keep_network(c, actions, &w->pending, network));
    w->awaits_network = false;
    c->leased[network->trial] = 0;
    TRY(result_commit(c, actions, worker, w->pending_lease, &w->pending, now));
    if (keep) TRY(drop_superseded(c, actions));
    TRY(lease_next(c, actions, worker, now));
    return coordinator_advance(c, actions, now);
}

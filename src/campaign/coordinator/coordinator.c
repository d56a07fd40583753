#include "campaign/coordinator.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "campaign/coordinator/state.h"
#include "campaign/preflight_warnings.h"

static Status on_lost(Coordinator *c, Actions *actions, uint32_t worker, LeaseOutcome outcome, Moment now) {
    WorkerState *w = &c->workers[worker];
    if (!w->present) return STATUS_OK;
    TRY(lease_give_up(c, actions, worker, outcome, now));
    w->present = false;
    for (uint32_t i = 0; i < c->worker_count; i++) {
        if (c->workers[i].present) return coordinator_advance(c, actions, now);
    }
    if (c->phase == PHASE_OVER || c->stopping) return STATUS_OK;
    c->final_status = STATUS_RESUMABLE;
    text_copy(c->final_text, sizeof(c->final_text), "all ranks are lost; the same command continues");
    return coordinator_finish(c, actions);
}

static Status on_message(Coordinator *c, Actions *actions, uint32_t worker, Message *message, Moment now) {
    if (worker >= c->worker_count || c->workers[worker].stopped) return STATUS_OK;
    WorkerState *w = &c->workers[worker];
    switch (message->kind) {
    case MESSAGE_HELLO:
        w->present = true;
        text_copy(w->host, sizeof(w->host), message->as.hello.host);
        text_copy(w->arithmetic, sizeof(w->arithmetic), message->as.hello.arithmetic);
        if (strcmp(w->arithmetic, c->ledger->starts[c->ledger->start_count - 1].arithmetic) != 0)
            TRY(coordinator_news(
                actions,
                "rank %u on %s computes as %s, rank 0 as %s: their trials may differ in the last bits",
                worker, w->host, w->arithmetic, c->ledger->starts[c->ledger->start_count - 1].arithmetic));
        return lease_next(c, actions, worker, now);
    case MESSAGE_PROGRESS:
        if (w->lease == message->as.progress.lease && message->as.progress.has_row)
            w->epochs_done = message->as.progress.row.epoch;
        return STATUS_OK;
    case MESSAGE_RESULT: return coordinator_on_result(c, actions, worker, &message->as.result, now);
    case MESSAGE_NETWORK: return coordinator_on_network(c, actions, worker, &message->as.network, now);
    case MESSAGE_FAREWELL:
        if (message->as.farewell.reason[0] != '\0')
            TRY(coordinator_news(actions, "rank %u on %s leaves: %s", worker, w->host,
                                 message->as.farewell.reason));
        return on_lost(c, actions, worker,
                       message->as.farewell.reason[0] != '\0' ? LEASE_LOST : LEASE_STOPPED, now);
    default: return STATUS_OK; /* not for a coordinator */
    }
}

/* --- service jobs --- */

static const char *job_words(JobKind job) {
    switch (job) {
    case JOB_PREFLIGHT: return "the preflight";
    case JOB_PUBLISH: return "writing the results file";
    case JOB_ENSEMBLE: return "choosing the ensemble";
    default: return "a job";
    }
}

/* The results file stands: check once, then train. */
static Status opened(Coordinator *c, Actions *actions, Moment now) {
    const Ledger *l = c->ledger;
    bool checked = l->has_preflight && l->preflight.config_hash == c->config->hash &&
                   strcmp(l->preflight.arithmetic, l->starts[l->start_count - 1].arithmetic) == 0;
    c->phase = checked ? PHASE_TRAINING : PHASE_PREFLIGHT;
    return coordinator_advance(c, actions, now);
}

static Status on_job_ended(Coordinator *c, Actions *actions, const Event *event, Moment now) {
    JobKind job = c->job;
    c->job_running = false;
    bool cancelled = c->stopping && job != JOB_PUBLISH;
    if (event->status != STATUS_OK && !cancelled) {
        if (c->phase == PHASE_OVER) return STATUS_OK;
        if (event->crashed && !c->job_crashed) {
            c->job_crashed = true;
            TRY(coordinator_news(actions, "%s: %s; it is tried once more", job_words(job), event->text));
            return coordinator_job(c, actions, job);
        }
        c->final_status = event->status == STATUS_RESUMABLE ? STATUS_ENVIRONMENT : event->status;
        snprintf(c->final_text, sizeof(c->final_text), "%s failed: %s", job_words(job), event->text);
        c->complete = false;
        Record failure = {.kind = RECORD_FAILURE, .as.failure = {.time = now.unix_time}};
        text_copy(failure.as.failure.reason, REASON_SIZE, c->final_text);
        TRY(coordinator_append(c, actions, failure));
        return coordinator_finish(c, actions);
    }
    c->job_crashed = false;
    if (job == JOB_PUBLISH) {
        c->published = true;
        c->next_publish = now.steady + PUBLISH_PACE * event->seconds;
    }
    if (c->phase == PHASE_OPENING) return opened(c, actions, now);
    if (c->phase == PHASE_PREFLIGHT && job == JOB_PREFLIGHT) {
        c->phase = PHASE_TRAINING;
        return coordinator_advance(c, actions, now);
    }
    if (c->phase == PHASE_ENSEMBLE && job == JOB_ENSEMBLE) return coordinator_end(c, actions, now);
    if (c->phase == PHASE_CLOSING && job == JOB_PUBLISH && !c->dirty) return coordinator_finish(c, actions);
    return STATUS_OK;
}

/* What a service job found. */
static Status on_job_result(Coordinator *c, Actions *actions, Record *record) {
    if (record->kind != RECORD_PREFLIGHT && record->kind != RECORD_ENSEMBLE) return STATUS_OK;
    Record taken = *record;
    memset(record, 0, sizeof(*record));
    record->kind = RECORD_END; /* owns nothing */
    if (taken.kind == RECORD_PREFLIGHT) {
        const PreflightRecord *p = &taken.as.preflight;
        TRY(coordinator_news(
            actions,
            "preflight: gradients right to %.1e; first loss %.3f (ln of the classes is %.3f); %.0f %% of 20 "
            "examples learned; %.0f examples/s",
            p->gradient_error, p->initial_loss, p->expected_loss, 100 * p->subset_accuracy,
            p->samples_per_second));
        const char *warnings[PREFLIGHT_WARNINGS_MAX];
        size_t count = preflight_warnings(p, warnings);
        for (size_t i = 0; i < count; i++)
            TRY(coordinator_news(actions, "warning: %s", warnings[i]));
    }
    c->dirty = true;
    return coordinator_append(c, actions, taken);
}

/* Start the service job that is due, one at a time. */
static Status serve(Coordinator *c, Actions *actions, Moment now) {
    if (c->job_running || c->phase == PHASE_OVER) return STATUS_OK;
    if (c->phase == PHASE_OPENING) {
        if (!c->published) {
            c->dirty = false;
            return coordinator_job(c, actions, JOB_PUBLISH);
        }
        TRY(opened(c, actions, now));
    }
    if (c->phase == PHASE_PREFLIGHT) return coordinator_job(c, actions, JOB_PREFLIGHT);
    if (c->phase == PHASE_ENSEMBLE) return coordinator_job(c, actions, JOB_ENSEMBLE);
    if (c->phase == PHASE_CLOSING && !c->dirty && !c->publish_now) return coordinator_finish(c, actions);
    if (c->publish_now || (c->dirty && now.steady >= c->next_publish)) {
        c->dirty = false;
        c->publish_now = false;
        return coordinator_job(c, actions, JOB_PUBLISH);
    }
    return STATUS_OK;
}

/* An orderly stop: running trials are given up (they have no row and are trained again), the file is
 * published. */
static Status on_stop(Coordinator *c, Actions *actions, Moment now) {
    if (c->stopping || c->phase == PHASE_OVER || c->phase == PHASE_CLOSING) return STATUS_OK;
    c->stopping = true;
    c->final_status = STATUS_RESUMABLE;
    snprintf(c->final_text, sizeof(c->final_text),
             "stopped after %llu of %llu trials; the same command continues",
             (unsigned long long)c->ledger->finished_count, (unsigned long long)plan_trials(&c->plan));
    for (uint32_t i = 0; i < c->worker_count; i++) {
        WorkerState *w = &c->workers[i];
        if (!w->present) continue;
        TRY(lease_give_up(c, actions, i, LEASE_STOPPED, now));
        if (!w->stopped) TRY(coordinator_send(actions, i, (Message){.kind = MESSAGE_STOP}));
        w->stopped = true;
    }
    if (c->job_running && c->job != JOB_PUBLISH) { /* done again by the next run */
        Action *action;
        TRY(actions_add(actions, ACTION_CANCEL_JOB, &action));
    }
    bool publish = c->phase != PHASE_OPENING && c->published;
    c->phase = PHASE_CLOSING;
    c->publish_now = publish;
    c->dirty = publish;
    return STATUS_OK;
}

static Status on_synced(Coordinator *c, Actions *actions) {
    for (size_t i = 0; i < c->unrecorded_count; i++) {
        const Unrecorded *u = &c->unrecorded[i];
        if (!c->workers[u->worker].present || c->workers[u->worker].stopped) continue;
        Message message = {.kind = MESSAGE_RECORDED};
        message.as.recorded.trial = u->trial;
        TRY(coordinator_send(actions, u->worker, message));
    }
    c->unrecorded_count = 0;
    return STATUS_OK;
}

Status coordinator_step(Coordinator *c, Event *event, Moment now, Actions *actions) {
    switch (event->kind) {
    case EVENT_MESSAGE: TRY(on_message(c, actions, event->worker, event->message, now)); break;
    case EVENT_WORKER_LOST: TRY(on_lost(c, actions, event->worker, LEASE_LOST, now)); break;
    case EVENT_SYNCED: TRY(on_synced(c, actions)); break;
    case EVENT_JOB_RESULT: TRY(on_job_result(c, actions, event->record)); break;
    case EVENT_JOB_ENDED: TRY(on_job_ended(c, actions, event, now)); break;
    case EVENT_STOP: TRY(on_stop(c, actions, now)); break;
    case EVENT_STORED: break;
    case EVENT_TICK: break;
    }
    return serve(c, actions, now);
}

/* --- life --- */

/* Counters from what the ledger already holds. */
static void take_stock(Coordinator *c) {
    for (size_t s = 0; s < c->plan.stage_count; s++)
        c->stage_left[s] = c->plan.first[s + 1] - c->plan.first[s];
    for (size_t id = 0; id < c->ledger->trial_count && id < plan_trials(&c->plan); id++) {
        if (c->ledger->trials[id].finished) coordinator_count_row(c, &c->ledger->trials[id].record);
    }
    c->next = c->plan.first[coordinator_stage(c)];
}

Status coordinator_create(Coordinator **out, const Config *config, Ledger *ledger,
                          const CoordinatorPlace *place, Moment now) {
    uint32_t workers = place->workers;
    bool published = place->published;
    Coordinator *c;
    Status status = memory_new(&c, 1, sizeof(*c));
    if (status != STATUS_OK) {
        ledger_destroy(&ledger);
        return status;
    }
    c->config = config;
    c->ledger = ledger;
    c->plan = plan_of(config);
    c->worker_count = workers;
    c->published = published;
    c->next_publish = now.steady;
    status = memory_new(&c->workers, workers, sizeof(WorkerState));
    if (status == STATUS_OK) status = memory_new(&c->leased, plan_trials(&c->plan), 1);
    if (status == STATUS_OK) status = memory_new(&c->strikes, plan_trials(&c->plan), 1);
    if (status == STATUS_OK) status = memory_new(&c->stage_left, c->plan.stage_count, sizeof(uint64_t));
    if (status == STATUS_OK) {
        take_stock(c);
        *out = c;
    } else {
        coordinator_destroy(&c);
    }
    return status;
}

void coordinator_destroy(Coordinator **coordinator) {
    Coordinator *c = *coordinator;
    if (c == NULL) return;
    for (uint32_t i = 0; c->workers != NULL && i < c->worker_count; i++) {
        if (!c->workers[i].awaits_network) continue;
        Record record = {.kind = RECORD_TRIAL};
        record.as.trial = c->workers[i].pending;
        record_release(&record);
    }
    free(c->workers);
    free(c->leased);
    free(c->strikes);
    free(c->stage_left);
    free(c->unrecorded);
    ledger_destroy(&c->ledger);
    free(c);
    *coordinator = NULL;
}

CampaignView coordinator_view(const Coordinator *c) {
    static const char *const doing[] = {"opening", "preflight", "training", "ensemble", "publishing", "over"};
    size_t stage = coordinator_stage(c);
    CampaignView view = {.stage = c->config->stages[stage].name,
                         .stage_number = stage + 1,
                         .stage_count = c->plan.stage_count,
                         .finished = c->ledger->finished_count,
                         .trials = plan_trials(&c->plan),
                         .diverged = c->diverged,
                         .failed = c->failed,
                         .epochs_done = c->epochs_done,
                         .epochs_all = (double)plan_epochs(&c->plan),
                         .has_best = c->has_best,
                         .best_trial = c->best_trial,
                         .best_metric = c->best_metric,
                         .doing = doing[c->phase]};
    for (uint32_t i = 0; i < c->worker_count; i++) {
        const WorkerState *w = &c->workers[i];
        view.workers += w->present;
        view.working += w->lease != 0;
        if (w->lease != 0) view.epochs_done += w->epochs_done;
    }
    return view;
}

WorkerView coordinator_worker(const Coordinator *c, uint32_t worker) {
    const WorkerState *w = &c->workers[worker];
    return (WorkerView){.present = w->present,
                        .host = w->host,
                        .training = w->lease != 0,
                        .trial = w->trial,
                        .epoch = w->epochs_done,
                        .since = w->started};
}

const Ledger *coordinator_ledger(const Coordinator *c) {
    return c->ledger;
}

/* The orderly stop: no new trials, running ones are saved, what ends meanwhile still counts, the file is
 * published. */
#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "base/text.h"
#include "campaign/coordinator/state.h"

#define TOLD 8 /* saved trials that the news names */

Status stop_note(Coordinator *c, uint64_t trial) {
    TRY(memory_grow(&c->stopped, &c->stopped_capacity, c->stopped_count + 1, sizeof(uint64_t)));
    c->stopped[c->stopped_count++] = trial;
    return STATUS_OK;
}

Status stop_tell(Coordinator *c, Actions *actions, uint32_t worker) {
    WorkerState *w = &c->workers[worker];
    if (!worker_there(w) || w->stopped) return STATUS_OK;
    w->stopped = true;
    Message stop = {.kind = MESSAGE_STOP};
    stop.as.stop = (StopMessage){.save = c->stopping, .ranks_lost = ranks_lost(c)};
    return coordinator_send(c, actions, worker, &stop);
}

Status stop_begin(Coordinator *c, Actions *actions, const char *by, Moment now) {
    if (c->stopping || c->phase == PHASE_OVER || c->phase == PHASE_CLOSING) return STATUS_OK;
    c->stopping = true;
    c->stopped_by = by;
    c->publish_at_stop = c->phase != PHASE_OPENING && c->published;
    c->phase = PHASE_STOPPING;
    c->grace_until = fmin(now.steady + GRACE, c->deadline - time_to_close(c));
    if (c->job_running && c->job != JOB_PUBLISH) { /* done again by the next run */
        Action *action;
        TRY(actions_add(actions, ACTION_CANCEL_JOB, &action));
    }
    TRY(strikes_give_up(c, actions, UINT32_MAX, LEASE_STOPPED, now));
    for (uint32_t i = 0; i < c->worker_count; i++)
        TRY(stop_tell(c, actions, i));
    return STATUS_OK;
}

static Status tell_saved(Coordinator *c, Actions *actions) {
    Text text = {0};
    unsigned saved = 0, unsaved = 0;
    unsigned long long lost = 0;
    for (size_t i = 0; i < c->stopped_count; i++) {
        uint64_t trial = c->stopped[i];
        const CheckpointRecord *checkpoint = trial_checkpoint(c, trial);
        uint32_t reached = c->trials[trial].reached, kept = checkpoint != NULL ? checkpoint->epoch : 0;
        if (reached > kept) lost += reached - kept;
        unsaved += checkpoint == NULL;
        saved += checkpoint != NULL;
        if (checkpoint != NULL && saved <= TOLD)
            text_add(&text, "%strial %llu after epoch %u", saved > 1 ? ", " : "", (unsigned long long)trial,
                     kept);
    }
    Status status = STATUS_OK;
    if (saved > 0)
        status = coordinator_news(actions, "%s saved: %s%s",
                                  text_count(saved, "running trial is", "running trials are"), text_of(&text),
                                  saved > TOLD ? ", .." : "");
    text_release(&text);
    if (status == STATUS_OK && unsaved > 0)
        status = coordinator_news(actions, "%s not saved",
                                  text_count(unsaved, "running trial is", "running trials are"));
    if (status == STATUS_OK && saved + unsaved > 0)
        status = coordinator_news(actions, "%s lost by the stop", text_count(lost, "epoch is", "epochs are"));
    return status;
}

/* What has not come by now is left to the next run. */
static Status stop_close(Coordinator *c, Actions *actions, Moment now) {
    for (uint32_t i = 0; i < c->worker_count; i++)
        TRY(worker_give_up(c, actions, i, LEASE_STOPPED, now));
    TRY(tell_saved(c, actions));
    c->final_status = STATUS_RESUMABLE;
    snprintf(c->final_text, sizeof(c->final_text),
             "stopped%s after %llu of %llu trials; the same command continues", c->stopped_by,
             (unsigned long long)c->ledger->finished_count, (unsigned long long)plan_trials(&c->plan));
    c->phase = PHASE_CLOSING;
    c->close_until = now.steady + fmax(CLOSE, 3 * c->publish_seconds);
    c->publish_now = c->publish_at_stop;
    c->dirty = c->publish_at_stop;
    return STATUS_OK;
}

/* The file before it stands, and the journal has the rest. */
static Status leave_unpublished(Coordinator *c, Actions *actions) {
    TRY(coordinator_news(actions, "the results file could not be written in time; the next run writes it"));
    return coordinator_finish(c, actions);
}

static bool anything_open(const Coordinator *c) {
    return any_there(c) || c->pending_count > 0 || c->store_count > 0;
}

Status stop_look(Coordinator *c, Actions *actions, Moment now) {
    if (c->phase == PHASE_CLOSING && c->stopping && now.steady >= c->close_until)
        return leave_unpublished(c, actions);
    if (c->phase != PHASE_STOPPING) return STATUS_OK;
    return now.steady >= c->grace_until || !anything_open(c) ? stop_close(c, actions, now) : STATUS_OK;
}

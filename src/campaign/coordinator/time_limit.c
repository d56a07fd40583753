/* The run's own deadline (--time-limit): what is still started, and when the orderly stop begins.
 *
 * The stop begins so long before the deadline that running trials reach the end of an epoch (the longest one
 * in progress, at most WORKER_SAVE_SECONDS) and the file can be published twice (one may be under way), and 2
 * s; but at most a quarter of the whole limit before it, unless two publishes need more. A trial is started
 * where by then it is predicted to end, or one epoch and a tenth of its epochs can be done. */
#include <math.h>

#include "campaign/coordinator/state.h"
#include "campaign/worker.h"

#define MARGIN 2.0       /* seconds for all that is not counted */
#define LEAST_MARGIN 0.5 /* the same, where the limit is short */

/* Seconds an epoch takes in a stage, or in the nearest one before it that is known; NaN where nothing is. */
static double epoch_seconds(const Coordinator *c, size_t stage) {
    for (size_t s = stage + 1; s-- > 0;) {
        if (c->costs[s].epochs > 0) return c->costs[s].seconds / c->costs[s].epochs;
    }
    return NAN;
}

double time_to_close(const Coordinator *c) {
    return 2 * c->publish_seconds + LEAST_MARGIN;
}

/* Steady seconds. */
static double stop_moment(const Coordinator *c) {
    double usual = epoch_seconds(c, coordinator_stage(c));
    double longest = usual > 0 ? usual : 0;
    for (uint32_t i = 0; i < c->worker_count; i++) {
        const WorkerState *w = &c->workers[i];
        if (w->lease.number != 0 && w->epoch_seconds > longest) longest = w->epoch_seconds;
    }
    double need = fmin(longest, WORKER_SAVE_SECONDS) + 2 * c->publish_seconds + MARGIN;
    double quarter = (c->deadline - c->began) / 4;
    return c->deadline - fmax(fmin(need, quarter), time_to_close(c));
}

bool time_allows(const Coordinator *c, uint64_t trial, uint32_t from_epoch, Moment now) {
    if (isinf(c->deadline)) return true;
    size_t stage = plan_stage(&c->plan, trial);
    double each = epoch_seconds(c, stage), left = stop_moment(c) - now.steady;
    if (left <= 0) return false;
    if (isnan(each)) return true;
    double worthwhile = fmax(1, ceil(c->plan.epochs[stage] / 10.0));
    return each * fmin((double)trial_until(c, trial) - from_epoch, worthwhile) <= left;
}

bool anything_runs(const Coordinator *c) {
    return c->working > 0 || c->pending_count > 0 || c->held_count > 0;
}

Status time_look(Coordinator *c, Actions *actions, Moment now) {
    if (isinf(c->deadline) || c->stopping || c->phase == PHASE_CLOSING || c->phase == PHASE_OVER)
        return STATUS_OK;
    double latest = c->deadline - time_to_close(c) - WORKER_SAVE_SECONDS - MARGIN;
    if (now.steady >= latest && now.steady >= stop_moment(c)) {
        TRY(coordinator_news(actions,
                             "the time limit is near: running trials are saved, the file is written"));
        return stop_begin(c, actions, " by --time-limit", now);
    }
    if (!c->out_of_time || c->phase != PHASE_TRAINING || anything_runs(c)) return STATUS_OK;
    c->out_of_time = false; /* more is known by now of what an epoch takes */
    TRY(lease_all(c, actions, now));
    if (!c->out_of_time || anything_runs(c)) return STATUS_OK;
    TRY(coordinator_news(actions, "no further trial fits into the time limit"));
    return stop_begin(c, actions, " by --time-limit", now);
}

/* What can be shown of a campaign. */
#include "campaign/coordinator/state.h"

CampaignView coordinator_view(const Coordinator *c) {
    static const char *const doing[] = {"opening",  "preflight",  "training", "ensemble",
                                        "stopping", "publishing", "over"};
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
    if (c->shard.count > 1) { /* what this run comes to, where the stage does not end with it */
        view.trials = view.finished;
        view.epochs_all = c->epochs_done;
        for (size_t s = 0; s <= stage; s++) {
            view.trials += c->shard_left[s];
            view.epochs_all += (double)(c->shard_left[s] * c->plan.epochs[s]);
        }
    }
    for (uint32_t i = 0; i < c->worker_count; i++) {
        const WorkerState *w = &c->workers[i];
        view.workers += w->standing == STANDING_PRESENT;
        view.working += w->lease.number != 0;
        if (w->lease.number != 0) view.epochs_done += w->lease.epochs_done;
    }
    return view;
}

WorkerView coordinator_worker(const Coordinator *c, uint32_t worker) {
    const WorkerState *w = &c->workers[worker];
    WorkerView view = {.present = w->standing == STANDING_PRESENT, .lost = worker_lost(w), .host = w->host};
    if (w->lease.number == 0) return view;
    view.training = true;
    view.trial = w->lease.trial;
    view.epoch = w->lease.epochs_done;
    view.epochs = c->plan.epochs[plan_stage(&c->plan, w->lease.trial)];
    view.since = w->started;
    return view;
}

const Ledger *coordinator_ledger(const Coordinator *c) {
    return c->ledger;
}

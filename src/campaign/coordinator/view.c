/* What can be shown of a campaign. */
#include "campaign/coordinator/state.h"

/* Epochs of running trials, by stage, that are in no report yet. */
static void count_running(const Coordinator *c, uint64_t epochs[CONFIG_MAX_STAGES]) {
    for (uint32_t i = 0; i < c->worker_count; i++) {
        const Lease *lease = &c->workers[i].lease;
        if (lease->number == 0) continue;
        uint32_t counted = c->trials[lease->trial].counted;
        if (lease->epochs_done > counted)
            epochs[plan_stage(&c->plan, lease->trial)] += lease->epochs_done - counted;
    }
}

/* With early stopping the plan is an estimate until the stage is over. */
static void add_stage(const Coordinator *c, size_t stage, uint64_t running, CampaignView *view) {
    const StageProgress *progress = &c->progress[stage];
    uint64_t done = progress->done + running, all = c->plan.work[stage];
    if (c->rungs[stage].plan.rung_count == 0)
        all -= progress->skipped;
    else if (c->stage_left[stage] == 0 || all < done)
        all = done;
    view->epochs_done += (double)done;
    view->epochs_all += (double)all;
}

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
                         .has_best = c->has_best,
                         .best_trial = c->best_trial,
                         .best_metric = c->best_metric,
                         .working = c->working,
                         .workers = c->standing[STANDING_PRESENT],
                         .doing = doing[c->phase]};
    uint64_t running[CONFIG_MAX_STAGES] = {0};
    count_running(c, running);
    for (size_t s = 0; s < c->plan.stage_count; s++)
        add_stage(c, s, running[s], &view);
    if (c->shard.count > 1) { /* what this run comes to, where the stage does not end with it */
        view.trials = view.finished;
        view.epochs_all = view.epochs_done;
        for (size_t s = 0; s <= stage; s++) {
            view.trials += c->shard_left[s];
            view.epochs_all += (double)(c->shard_left[s] * c->plan.epochs[s]);
        }
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
    view.epochs = w->lease.until;
    view.since = w->started;
    return view;
}

const Ledger *coordinator_ledger(const Coordinator *c) {
    return c->ledger;
}

#include "cli/watch_figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/text.h"
#include "campaign/plan.h"

/* --- finished trials --- */

/* "learning_rate 0.0316, momentum 0.9": what was drawn. */
static void values_text(const CampaignFile *c, uint64_t trial, char *out, size_t size) {
    Text text = {0};
    for (size_t p = 0; p < c->config->space.count; p++) {
        const Parameter *parameter = &c->config->space.parameters[p];
        DrawnValue value = draw_value(c->state.ledger->trials[trial].draw, p);
        if (parameter->distribution == DIST_CONSTANT || !value.present) continue;
        char word[SHORT_TEXT_SIZE];
        value_short_text(parameter, value, word);
        text_add(&text, "%s%s %s", text.length > 0 ? ", " : "", parameter->name, word);
    }
    text_copy(out, size, text_of(&text));
    text_release(&text);
}

static void list_trial(const CampaignFile *c, uint64_t id, WatchFigures *f) {
    const LedgerRow *record = &c->state.ledger->trials[id].record;
    WatchTrial *trial = &f->trials[f->trial_count++];
    trial->trial = id;
    text_copy(trial->stage, sizeof(trial->stage), c->config->stages[record->stage].name);
    trial->status = trial_status_name(record->outcome.status);
    trial->metric = outcome_metric(f->metric, &record->outcome);
    trial->epochs = record->outcome.epochs;
    trial->seconds = record->outcome.seconds;
    values_text(c, id, trial->values, sizeof(trial->values));
}

static Status list_best(const CampaignFile *c, WatchFigures *f) {
    uint64_t *ids;
    size_t count;
    TRY(ledger_best(c->state.ledger, f->metric, WATCH_TRIALS, &ids, &count));
    text_copy(f->trials_title, sizeof(f->trials_title), "best trials");
    for (size_t i = 0; i < count; i++)
        list_trial(c, ids[i], f);
    free(ids);
    return STATUS_OK;
}

/* Those that ended last. */
typedef struct Latest {
    size_t count;
    uint64_t id[WATCH_TRIALS];
    double end[WATCH_TRIALS]; /* Unix seconds, falling */
} Latest;

static void latest_take(Latest *latest, uint64_t id, double end) {
    size_t at = latest->count;
    if (at == WATCH_TRIALS && !(end > latest->end[at - 1])) return;
    if (at == WATCH_TRIALS)
        at--;
    else
        latest->count++;
    for (; at > 0 && end > latest->end[at - 1]; at--) {
        latest->end[at] = latest->end[at - 1];
        latest->id[at] = latest->id[at - 1];
    }
    latest->end[at] = end;
    latest->id[at] = id;
}

static void list_latest(const CampaignFile *c, WatchFigures *f) {
    const Ledger *ledger = c->state.ledger;
    Latest latest = {0};
    for (size_t id = ledger->trial_count; id-- > 0;) {
        const LedgerTrial *trial = &ledger->trials[id];
        if (trial->finished) latest_take(&latest, id, trial->record.started + trial->record.outcome.seconds);
    }
    text_copy(f->trials_title, sizeof(f->trials_title), "last trials");
    for (size_t i = 0; i < latest.count; i++)
        list_trial(c, latest.id[i], f);
}

/* --- the best so far --- */

static void fill_trend(const Ledger *ledger, WatchFigures *f) {
    size_t end = ledger->trial_count;
    while (end > 0 && !ledger->trials[end - 1].finished)
        end--;
    f->trend_count = end < WATCH_TREND ? end : WATCH_TREND;
    double best = NAN;
    for (size_t id = 0; id < end; id++) {
        const LedgerTrial *trial = &ledger->trials[id];
        if (trial->finished && trial->record.outcome.status == TRIAL_COMPLETED) {
            double metric = outcome_metric(f->metric, &trial->record.outcome);
            if (metric_better(f->metric, metric, best)) best = metric;
        }
        f->trend[id * f->trend_count / end] = best;
    }
}

static void fill_best(const CampaignFile *c, const StatusView *view, WatchFigures *f) {
    f->has_best = view->overview.has_best;
    if (f->has_best) {
        const LedgerRow *record = &view->overview.best->record;
        f->best_trial = record->trial;
        f->best = outcome_metric(f->metric, &record->outcome);
        values_text(c, record->trial, f->best_values, sizeof(f->best_values));
    }
    fill_trend(c->state.ledger, f);
}

static void fill_ensemble(const Ledger *ledger, WatchFigures *f) {
    if (!ledger->has_ensemble) return;
    const EnsembleRecord *e = &ledger->ensemble;
    char figure[4][SHORT_TEXT_SIZE];
    const char *part = e->on_selection ? "selection" : "validation"; /* which chose */
    metric_short_text(METRIC_VAL_ACCURACY, e->on_selection ? e->selection_accuracy : e->val_accuracy,
                      figure[0]);
    metric_short_text(METRIC_VAL_ACCURACY, e->test_accuracy, figure[1]);
    metric_short_text(METRIC_VAL_ACCURACY,
                      e->on_selection ? e->single_selection_accuracy : e->single_val_accuracy, figure[2]);
    metric_short_text(METRIC_VAL_ACCURACY, e->single_test_accuracy, figure[3]);
    const char *networks = text_count(e->member_count, "network", "networks");
    if (e->has_test)
        (void)snprintf(f->ensemble, sizeof(f->ensemble), "%s: %s %s, test %s; single %s, %s", networks, part,
                       figure[0], figure[1], figure[2], figure[3]);
    else
        (void)snprintf(f->ensemble, sizeof(f->ensemble), "%s: %s %s; single %s", networks, part, figure[0],
                       figure[2]);
}

/* --- ranks --- */

static int longest_first(const void *a, const void *b) {
    const WatchRank *x = a, *y = b;
    if (x->seconds != y->seconds) return x->seconds > y->seconds ? -1 : 1;
    return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static void tell_ranks(const StatusView *view, bool fresh, WatchFigures *f) {
    size_t train = 0, wait = 0, lost = 0;
    const LiveRank *one = NULL; /* that is lost */
    for (size_t i = 0; i < view->live.rank_count; i++) {
        const LiveRank *rank = &view->live.ranks[i];
        if (rank->lost) one = rank;
        lost += rank->lost;
        train += !rank->lost && rank->training;
        wait += !rank->lost && !rank->training;
    }
    Text text = {0};
    text_add(&text, "%s%zu train", fresh ? "" : "when last heard of: ", train);
    if (wait > 0) text_add(&text, ", %zu wait", wait);
    if (lost > 0) text_add(&text, ", %zu lost", lost);
    if (lost == 1) text_add(&text, ": rank %u on %s", one->rank, one->host);
    text_copy(f->ranks_told, sizeof(f->ranks_told), text_of(&text));
    text_release(&text);
}

/* As the ranks said it, also where they have fallen silent since. */
static Status fill_ranks(const StatusView *view, WatchFigures *f) {
    bool fresh = view->has_live;
    TRY(memory_new(&f->ranks, view->live.rank_count, sizeof(WatchRank)));
    tell_ranks(view, fresh, f);
    for (size_t i = 0; i < view->live.rank_count; i++) {
        const LiveRank *rank = &view->live.ranks[i];
        if (rank->lost || !rank->training) continue;
        double seconds = view->live.time - rank->since;
        WatchRank *out = &f->ranks[f->rank_count++];
        *out = (WatchRank){.rank = rank->rank,
                           .trial = rank->trial,
                           .has_epochs = true,
                           .epoch = rank->epoch,
                           .epochs = rank->epochs,
                           .seconds = seconds > 0 ? seconds : 0};
        text_copy(out->host, sizeof(out->host), rank->host);
    }
    return STATUS_OK;
}

/* Without their word: the trials that are handed out. */
static Status fill_leases(const StatusView *view, double now, WatchFigures *f) {
    TRY(memory_new(&f->ranks, view->running_count, sizeof(WatchRank)));
    (void)snprintf(f->ranks_told, sizeof(f->ranks_told), "%s handed out",
                   text_count(view->running_count, "trial", "trials"));
    for (size_t i = 0; i < view->running_count; i++) {
        const RunningTrial *running = &view->running[i];
        WatchRank *out = &f->ranks[f->rank_count++];
        *out = (WatchRank){.rank = running->rank,
                           .trial = running->trial,
                           .seconds = now > running->since ? now - running->since : 0};
        text_copy(out->host, sizeof(out->host), running->host);
    }
    return STATUS_OK;
}

/* --- pace --- */

/* What an epoch and a trial cost, from the finished ones of the present stage, or of all before there is
 * one. */
typedef struct Cost {
    double seconds, epochs, trials;
} Cost;

static Cost cost_of(const Ledger *ledger, size_t stage) {
    Cost all = {0}, here = {0};
    for (size_t id = 0; id < ledger->trial_count; id++) {
        const LedgerTrial *trial = &ledger->trials[id];
        if (!trial->finished) continue;
        Cost *cost = trial->record.stage == stage ? &here : &all;
        cost->seconds += trial->record.outcome.seconds;
        cost->epochs += trial->record.outcome.epochs;
        cost->trials++;
    }
    return here.trials > 0 ? here : all;
}

static void fill_pace(const Ledger *ledger, const StatusView *view, WatchFigures *f) {
    double done = (double)view->overview.epochs_done, all = (double)view->overview.epochs_planned;
    for (size_t i = 0; i < f->rank_count; i++) {
        const WatchRank *rank = &f->ranks[i];
        const LedgerTrial *trial = rank->trial < ledger->trial_count ? &ledger->trials[rank->trial] : NULL;
        uint32_t counted = trial != NULL && trial->report != NULL ? trial->report->outcome.epochs : 0;
        bool over = trial != NULL && trial->finished; /* what ranks say may be older than its row or report */
        if (!over && rank->epoch > counted) done += rank->epoch - counted;
    }
    if (done > all) done = all;
    f->part = all > 0 ? done / all : 0;
    f->seconds_left = f->trials_a_minute = NAN;
    if (view->standing != CAMPAIGN_RUNNING || !view->has_live || f->rank_count == 0) return;
    Cost cost = cost_of(ledger, view->stage);
    if (!(cost.epochs > 0) || !(cost.seconds > 0)) return;
    f->seconds_left = cost.seconds / cost.epochs * (all - done) / (double)f->rank_count;
    f->trials_a_minute = 60 * cost.trials / cost.seconds * (double)f->rank_count;
}

/* --- what to know and to do --- */

/* With the date where that is not today's or nearly. */
static void clock_text(double seconds, double now, char out[32]) {
    time_t moment = (time_t)seconds;
    struct tm local;
    size_t length = 0;
    if (localtime_r(&moment, &local) != NULL)
        length = fabs(now - seconds) < 43200 ? strftime(out, 32, "%H:%M:%S", &local)
                                             : strftime(out, 32, "%Y-%m-%d %H:%M:%S", &local);
    if (length == 0) text_copy(out, 32, "?");
}

static void tell_last(const WatchFigures *f, const StatusView *view, Text *out) {
    char when[32];
    clock_text(view->news, view->news + view->silence, when);
    text_add(out, "no news for %s; last heard of at %s", text_duration(view->silence), when);
    if (f->trial_count > 0)
        text_add(out, ", last finished trial %llu", (unsigned long long)f->trials[0].trial);
}

static void tell_command(const CampaignFile *c, const char *file, Text *out) {
    const Ledger *ledger = c->state.ledger;
    text_add(out, "continue with: winnow run %s -o %s", ledger->campaign.config_name, file);
    if (ledger->start_count > 0)
        text_add(out, " (last on %s)",
                 text_count(ledger->starts[ledger->start_count - 1].ranks, "rank", "ranks"));
}

static void fill_notice(const CampaignFile *c, const StatusView *view, const char *file, WatchFigures *f) {
    Text text = {0};
    switch (view->standing) {
    case CAMPAIGN_RUNNING:
        if (view->silence < LIVE_FRESH_SECONDS) break;
        tell_last(f, view, &text);
        text_add(&text, "; it still has the file: it hangs, or its node is cut off");
        break;
    case CAMPAIGN_STOPPED:
    case CAMPAIGN_DAMAGED:
    case CAMPAIGN_BARREN:
        if (view->live_found) {
            tell_last(f, view, &text);
            text_add(&text, "; it was killed; ");
        }
        tell_command(c, file, &text);
        break;
    case CAMPAIGN_IN_ERROR: tell_command(c, file, &text); break;
    case CAMPAIGN_COMPLETE:
    case CAMPAIGN_NONE_FINISHED:
    case CAMPAIGN_SHARD:
    case CAMPAIGN_MERGED: break;
    }
    if (c->state.note_count > 0)
        text_add(&text, "%swarning: %s", text.length > 0 ? "; " : "", c->state.notes[0]);
    text_copy(f->notice, sizeof(f->notice), text_of(&text));
    text_release(&text);
}

/* --- all together --- */

static void tell_standing(const CampaignFile *c, const StatusView *view, WatchFigures *f) {
    const Ledger *ledger = c->state.ledger;
    char sentence[STANDING_SIZE], end[32] = "";
    standing_text(c, view, sentence, sizeof(sentence));
    if (ledger->ended) clock_text(ledger->end.time, view->news + view->silence, end);
    (void)snprintf(f->standing, sizeof(f->standing), "%s%s%s%s%s", sentence, view->has_live ? ": " : "",
                   view->has_live ? view->live.doing : "", end[0] != '\0' ? "; ended " : "", end);
}

static bool is_over(CampaignStanding standing) {
    return standing == CAMPAIGN_COMPLETE || standing == CAMPAIGN_NONE_FINISHED;
}

static Status fill(const CampaignFile *c, const StatusView *view, const char *file, double now,
                   WatchFigures *f) {
    text_copy(f->name, sizeof(f->name), c->config->name);
    text_copy(f->file, sizeof(f->file), file);
    tell_standing(c, view, f);
    text_copy(f->stage, sizeof(f->stage), c->config->stages[view->stage].name);
    f->stage_number = view->stage + 1;
    f->stage_count = c->config->stage_count;
    f->finished = view->overview.finished;
    f->planned = view->overview.planned;
    overview_counts(&view->overview, f->counts, sizeof(f->counts));
    f->metric = c->config->metric;
    fill_best(c, view, f);
    fill_ensemble(c->state.ledger, f);
    if (is_over(view->standing)) {
        TRY(list_best(c, f));
    } else {
        list_latest(c, f);
        if (view->live_found)
            TRY(fill_ranks(view, f));
        else if (view->running_count > 0)
            TRY(fill_leases(view, now, f));
    }
    if (f->rank_count > 0) qsort(f->ranks, f->rank_count, sizeof(WatchRank), longest_first);
    fill_pace(c->state.ledger, view, f);
    fill_notice(c, view, file, f);
    return STATUS_OK;
}

Status watch_figures_of(const CampaignFile *c, const StatusView *view, const char *file, double now,
                        WatchFigures *figures) {
    memset(figures, 0, sizeof(*figures));
    Status status = fill(c, view, file, now, figures);
    if (status != STATUS_OK) watch_figures_release(figures);
    return status;
}

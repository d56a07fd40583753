/* Early stopping: who goes on from a rung, and who is stopped for good. A decision is written down before anyone
 * acts on it; what is on record already (a run before, or another campaign's decisions that this one repeats)
 * is not decided again. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "campaign/coordinator/state.h"

/* A trial's way: before its k-th rung 2k, at it 2k + 1. */
#define LEVEL_BEFORE(k) (2 * (k))
#define LEVEL_AT(k) (2 * (k) + 1)

/* --- what is known of a trial --- */

static const TrialRecord *figures_of(const Coordinator *c, uint64_t trial) {
    const LedgerTrial *known = trial < c->ledger->trial_count ? &c->ledger->trials[trial] : NULL;
    if (known == NULL) return NULL;
    return known->finished ? &known->record : known->report;
}

/* It has come to the rung, or has ended by itself before and stands with what it came to. */
static bool has_come(const Coordinator *c, const StageRungs *r, uint64_t trial, uint32_t rung) {
    const TrialRecord *figures = figures_of(c, trial);
    if (figures == NULL) return false;
    bool ended = coordinator_finished(c, trial) && figures->outcome.status != TRIAL_STOPPED;
    return ended || figures->outcome.epochs >= r->plan.rung[rung];
}

/* One that diverged or failed later was well at the rungs before. */
static bool was_well(const TrialRecord *figures, uint32_t epochs) {
    bool well = figures->outcome.status == TRIAL_COMPLETED || figures->outcome.status == TRIAL_STOPPED;
    return well || figures->outcome.epochs >= epochs;
}

static double epoch_metric(const Coordinator *c, const EpochRow *row) {
    return c->config->metric == METRIC_VAL_LOSS ? row->val_loss : row->val_accuracy;
}

/* The best one up to that epoch; NaN of none. */
static double best_metric(const Coordinator *c, const TrialRecord *figures, uint32_t epochs) {
    double best = NAN;
    for (uint32_t i = 0; was_well(figures, epochs) && i < figures->curve_count && i < epochs; i++) {
        double metric = epoch_metric(c, &figures->curve[i]);
        if (isnan(best) || metric_better(c->config->metric, metric, best)) best = metric;
    }
    return best;
}

static double mean_metric(const Coordinator *c, const TrialRecord *figures, uint32_t epochs) {
    double sum = 0;
    uint32_t count = 0;
    for (; was_well(figures, epochs) && count < figures->curve_count && count < epochs; count++)
        sum += epoch_metric(c, &figures->curve[count]);
    return count > 0 ? sum / count : NAN;
}

static double worth_of(const Coordinator *c, double metric) {
    return c->config->metric == METRIC_VAL_LOSS ? -metric : metric;
}

/* --- decisions --- */

/* Figures that are not those that were decided upon. */
static Status tell_other_figures(Coordinator *c, Actions *actions, uint64_t trial, uint32_t epoch, double metric,
                                 double recorded) {
    if (c->other_figures_told) return STATUS_OK;
    c->other_figures_told = true;
    return coordinator_news(actions,
                            "warning: trial %llu has come to %s %.9g at epoch %u, and was decided upon at %.9g: "
                            "what is on record was computed from other data or by another arithmetic",
                            (unsigned long long)trial, metric_name(c->config->metric), metric, epoch, recorded);
}

/* By what is on record. */
static bool was_promoted(const LedgerTrial *known, uint32_t rung) {
    return known->rungs_passed > rung || known->stopped_at > rung + 1;
}

static bool is_decided(const LedgerTrial *known, uint32_t rung) {
    return was_promoted(known, rung) || known->stopped_at == rung + 1;
}

static Status check_decision(Coordinator *c, Actions *actions, const StageRungs *r, uint64_t trial,
                             uint32_t rung) {
    const LedgerTrial *known = &c->ledger->trials[trial];
    uint32_t newest = known->stopped_at > 0 ? known->stopped_at : known->rungs_passed;
    double metric = best_metric(c, figures_of(c, trial), r->plan.rung[rung]);
    if (newest != rung + 1 || isnan(metric) || metric == known->decided_metric) return STATUS_OK;
    return tell_other_figures(c, actions, trial, r->plan.rung[rung], metric, known->decided_metric);
}

/* Of a trial that has ended by itself nothing is decided: it is carried along with what it came to. */
static Status write_decision(Coordinator *c, Actions *actions, const StageRungs *r, uint64_t trial, uint32_t rung,
                             Verdict verdict) {
    if (coordinator_finished(c, trial)) return STATUS_OK;
    Record record = {.kind = RECORD_DECISION};
    record.as.decision = (DecisionRecord){.trial = trial,
                                          .rung = rung,
                                          .epoch = r->plan.rung[rung],
                                          .metric = best_metric(c, figures_of(c, trial), r->plan.rung[rung]),
                                          .verdict = (uint8_t)verdict};
    return coordinator_append(c, actions, record);
}

/* Its row is what it reported. */
static Status stop_trial(Coordinator *c, Actions *actions, const StageRungs *r, uint64_t trial, uint32_t rung) {
    if (coordinator_finished(c, trial)) return STATUS_OK;
    const TrialRecord *report = c->ledger->trials[trial].report;
    TrialRecord row = *report;
    TRY(memory_new(&row.curve, report->curve_count, sizeof(EpochRow)));
    if (report->curve_count > 0) memcpy(row.curve, report->curve, report->curve_count * sizeof(EpochRow));
    stopping_reason(&r->plan, row.number, rung, row.reason);
    return row_enter(c, actions, &row, NULL);
}

/* A decision on record may have let it go on before the others of its rung were known. */
static Status go_on(Coordinator *c, uint64_t trial) {
    bool held = c->trials[trial].holder != 0;
    return held || coordinator_finished(c, trial) ? STATUS_OK : trial_free(c, trial);
}

/* --- halving --- */

static size_t bracket_of(const StageRungs *r, uint32_t number) {
    return (size_t)(stopping_bracket(&r->plan, number) - r->plan.bracket);
}

static Rung *rung_at(const StageRungs *r, size_t bracket, uint32_t rung) {
    return &r->rung[bracket * r->plan.rung_count + rung];
}

static bool is_asha(const StageRungs *r) {
    return r->plan.rules.kind == STOPPING_ASHA;
}

/* Trials that this rung waits for; no more than have come once nobody else can. */
static size_t expected_at(const StageRungs *r, size_t bracket, uint32_t rung) {
    return r->closed ? rung_at(r, bracket, rung)->count : r->plan.bracket[bracket].at[rung];
}

/* Those from there on never go on: others are better already, and more may come. */
static size_t cut_of(const StageRungs *r, size_t bracket, uint32_t rung) {
    uint32_t most = is_asha(r) ? r->plan.trials : r->plan.bracket[bracket].at[rung];
    return halving_keep(most, r->plan.rules.eta);
}

static Status tell_whole(Coordinator *c, Actions *actions, const StageRungs *r, size_t bracket, uint32_t rung) {
    char in[48] = "";
    if (r->plan.bracket_count > 1)
        (void)snprintf(in, sizeof(in), ", bracket %zu of %u", bracket + 1, r->plan.bracket_count);
    return coordinator_news(actions, "stage %s%s: all %u trials have come to epoch %u, the best %zu of them go on",
                            c->config->stages[r->stage].name, in, r->plan.bracket[bracket].at[rung],
                            r->plan.rung[rung], cut_of(r, bracket, rung));
}

/* Take the trial in at a rung that it has come to; whoever is beyond all hope then is stopped. */
static Status enter(Coordinator *c, Actions *actions, StageRungs *r, uint64_t trial, uint32_t k) {
    uint32_t number = plan_number(&c->plan, trial);
    size_t bracket = bracket_of(r, number), place;
    Rung *rung = rung_at(r, bracket, k);
    const LedgerTrial *known = &c->ledger->trials[trial];
    TRY(rung_enter(rung, worth_of(c, best_metric(c, figures_of(c, trial), r->plan.rung[k])), trial, &place));
    r->level[number] = LEVEL_AT(k);
    bool was_stopped = known->finished && known->record.outcome.status == TRIAL_STOPPED &&
                       (k + 1 == r->plan.rung_count || known->record.outcome.epochs < r->plan.rung[k + 1]);
    if (is_decided(known, k) || was_stopped) {
        rung->entries[place].decided = true;
        if (is_decided(known, k)) TRY(check_decision(c, actions, r, trial, k));
        if (was_promoted(known, k)) {
            r->level[number] = LEVEL_BEFORE(k + 1);
            TRY(go_on(c, trial));
        } else {
            TRY(stop_trial(c, actions, r, trial, k));
        }
    }
    size_t cut = cut_of(r, bracket, k);
    RungEntry *last = rung->count > cut ? &rung->entries[place > cut ? place : cut] : NULL;
    if (last != NULL && !last->decided) {
        last->decided = true;
        TRY(write_decision(c, actions, r, last->trial, k, VERDICT_STOPPED));
        TRY(stop_trial(c, actions, r, last->trial, k));
    }
    bool whole = !is_asha(r) && r->begun && rung->count == r->plan.bracket[bracket].at[k];
    return whole ? tell_whole(c, actions, r, bracket, k) : STATUS_OK;
}

static Status promote(Coordinator *c, Actions *actions, StageRungs *r, RungEntry *entry, uint32_t k) {
    uint64_t trial = entry->trial;
    entry->decided = true;
    TRY(write_decision(c, actions, r, trial, k, VERDICT_PROMOTED));
    r->level[plan_number(&c->plan, trial)] = LEVEL_BEFORE(k + 1);
    return go_on(c, trial);
}

/* Those before rung k that have come to it by now enter. */
static Status enter_if_come(Coordinator *c, Actions *actions, StageRungs *r, uint64_t trial, uint32_t k) {
    bool before = k < r->plan.rung_count && r->level[plan_number(&c->plan, trial)] == LEVEL_BEFORE(k);
    return before && has_come(c, r, trial, k) ? enter(c, actions, r, trial, k) : STATUS_OK;
}

/* Rung k has got an entry: who is certain to go on from there, and from the rungs above in turn? */
static Status settle(Coordinator *c, Actions *actions, StageRungs *r, size_t bracket, uint32_t k) {
    for (; !is_asha(r) && k < r->plan.rung_count; k++) {
        const Rung *rung = rung_at(r, bracket, k);
        size_t certain = halving_certain(rung->count, expected_at(r, bracket, k), cut_of(r, bracket, k));
        for (RungEntry *entry; (entry = rung_undecided(rung, certain)) != NULL;) {
            uint64_t trial = entry->trial;
            TRY(promote(c, actions, r, entry, k));
            TRY(enter_if_come(c, actions, r, trial, k + 1));
        }
    }
    return STATUS_OK;
}

static Status halving_take(Coordinator *c, Actions *actions, StageRungs *r, uint64_t trial) {
    uint32_t number = plan_number(&c->plan, trial), first = r->level[number] / 2;
    for (uint32_t k = first; k < r->plan.rung_count; k++)
        TRY(enter_if_come(c, actions, r, trial, k));
    return settle(c, actions, r, bracket_of(r, number), first);
}

/* --- median --- */

static Status median_judge(Coordinator *c, Actions *actions, const StageRungs *r, uint64_t trial, uint32_t k) {
    const LedgerTrial *known = &c->ledger->trials[trial];
    if (is_decided(known, k)) {
        TRY(check_decision(c, actions, r, trial, k));
        return was_promoted(known, k) ? go_on(c, trial) : stop_trial(c, actions, r, trial, k);
    }
    const Rung *before = &r->rung[k];
    double worth = worth_of(c, best_metric(c, figures_of(c, trial), r->plan.rung[k]));
    bool stops = before->count >= r->plan.rules.min_trials && worth < rung_median(before);
    TRY(write_decision(c, actions, r, trial, k, stops ? VERDICT_STOPPED : VERDICT_PROMOTED));
    return stops ? stop_trial(c, actions, r, trial, k) : go_on(c, trial);
}

/* In the order of numbers, as far as all is known of those before. */
static Status median_take(Coordinator *c, Actions *actions, StageRungs *r) {
    uint64_t first = c->plan.first[r->stage];
    for (uint32_t k = 0; k < r->plan.rung_count; k++) {
        for (; r->looked[k] < r->plan.trials; r->looked[k]++) {
            uint64_t trial = first + r->looked[k];
            bool come = has_come(c, r, trial, k);
            if (!come && !coordinator_finished(c, trial)) break;
            if (!come) continue; /* stopped before */
            if (!coordinator_finished(c, trial)) TRY(median_judge(c, actions, r, trial, k));
            size_t place;
            double mean = mean_metric(c, figures_of(c, trial), r->plan.rung[k]);
            TRY(rung_enter(&r->rung[k], worth_of(c, mean), trial, &place));
        }
    }
    return STATUS_OK;
}

/* --- asha --- */

/* From the last rung down the best one that may go on by what has come so far; `last`: nobody else will come, so
 * that one of any number goes on. One that has ended by itself is carried along at once. */
static Status asha_promote(Coordinator *c, Actions *actions, StageRungs *r, bool last) {
    for (uint32_t k = r->plan.rung_count; k-- > 0;) {
        const Rung *rung = rung_at(r, 0, k);
        uint32_t count = (uint32_t)rung->count, eta = r->plan.rules.eta;
        RungEntry *entry = rung_undecided(rung, last ? halving_keep(count, eta) : count / eta);
        if (entry == NULL) continue;
        uint64_t trial = entry->trial;
        TRY(promote(c, actions, r, entry, k));
        if (!coordinator_finished(c, trial)) return STATUS_OK;
        TRY(enter_if_come(c, actions, r, trial, k + 1));
        k = r->plan.rung_count; /* a rung above has got an entry */
    }
    return STATUS_OK;
}

static Status asha_end(Coordinator *c, Actions *actions, StageRungs *r) {
    TRY(asha_promote(c, actions, r, true));
    if (trial_freed(c) != NO_TRIAL) return STATUS_OK;
    for (uint32_t k = 0; k < r->plan.rung_count; k++) {
        const Rung *rung = rung_at(r, 0, k);
        for (RungEntry *entry; (entry = rung_undecided(rung, rung->count)) != NULL;) {
            entry->decided = true;
            TRY(write_decision(c, actions, r, entry->trial, k, VERDICT_STOPPED));
            TRY(stop_trial(c, actions, r, entry->trial, k));
        }
    }
    return STATUS_OK;
}

/* --- a stage's rungs --- */

static Status take(Coordinator *c, Actions *actions, StageRungs *r, uint64_t trial) {
    if (r->plan.rules.kind == STOPPING_MEDIAN) return median_take(c, actions, r);
    return halving_take(c, actions, r, trial);
}

Status rungs_take(Coordinator *c, Actions *actions, uint64_t trial) {
    StageRungs *r = &c->rungs[plan_stage(&c->plan, trial)];
    return r->begun ? take(c, actions, r, trial) : STATUS_OK;
}

static Status stage_rungs_begin(Coordinator *c, Actions *actions, size_t stage) {
    StageRungs *r = &c->rungs[stage];
    size_t rungs = (size_t)r->plan.bracket_count * r->plan.rung_count;
    TRY(memory_new(&r->rung, rungs, sizeof(Rung)));
    TRY(memory_new(&r->looked, r->plan.rung_count, sizeof(uint32_t)));
    TRY(memory_new(&r->level, r->plan.trials, sizeof(uint8_t)));
    for (uint32_t number = 0; number < r->plan.trials; number++)
        r->level[number] = (uint8_t)LEVEL_BEFORE(stopping_bracket(&r->plan, number)->rung);
    r->stage = stage;
    for (uint64_t trial = c->plan.first[stage]; trial < c->plan.first[stage + 1]; trial++) {
        if (figures_of(c, trial) != NULL) TRY(take(c, actions, r, trial));
    }
    r->begun = true;
    return STATUS_OK;
}

void stage_rungs_release(StageRungs *r) {
    for (size_t i = 0; r->rung != NULL && i < (size_t)r->plan.bracket_count * r->plan.rung_count; i++)
        rung_release(&r->rung[i]);
    free(r->rung);
    free(r->looked);
    free(r->level);
    r->rung = NULL;
    r->looked = NULL;
    r->level = NULL;
}

/* Is there anything to decide in that stage? */
static bool is_open(const Coordinator *c, size_t stage) {
    return c->rungs[stage].plan.rung_count > 0 && c->stage_left[stage] > 0;
}

Status rungs_follow(Coordinator *c, Actions *actions) {
    for (size_t stage = 0; stage <= coordinator_stage(c); stage++) {
        if (is_open(c, stage) && !c->rungs[stage].begun) TRY(stage_rungs_begin(c, actions, stage));
    }
    return STATUS_OK;
}

Status rungs_promote(Coordinator *c, Actions *actions) {
    StageRungs *r = &c->rungs[coordinator_stage(c)];
    if (!r->begun || !is_asha(r) || trial_freed(c) != NO_TRIAL) return STATUS_OK;
    return asha_promote(c, actions, r, false);
}

/* Without a lost record and with one arithmetic all synchronous rungs are whole by then. */
static Status close(Coordinator *c, Actions *actions, StageRungs *r) {
    r->closed = true;
    for (size_t bracket = 0; bracket < r->plan.bracket_count; bracket++)
        TRY(settle(c, actions, r, bracket, r->plan.bracket[bracket].rung));
    return STATUS_OK;
}

static bool all_wait(Coordinator *c) {
    return !anything_runs(c) && c->store_count == 0 && trial_waiting(c) == NO_TRIAL;
}

Status rungs_conclude(Coordinator *c, Actions *actions) {
    for (size_t stage = 0; stage <= coordinator_stage(c); stage++) {
        StageRungs *r = &c->rungs[stage];
        if (!r->begun || !is_open(c, stage) || r->plan.rules.kind == STOPPING_MEDIAN) continue;
        if (!all_wait(c)) return STATUS_OK;
        TRY(is_asha(r) ? asha_end(c, actions, r) : close(c, actions, r));
    }
    return STATUS_OK;
}

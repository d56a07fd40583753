#include "campaign/ledger.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

Status ledger_create(Ledger **out) {
    TRY(memory_new(out, 1, sizeof(Ledger)));
    Status status = memory_new(&(*out)->rankings, 2, sizeof(Ranking));
    if (status == STATUS_OK) return STATUS_OK;
    free(*out);
    *out = NULL;
    return status;
}

/* Release one of the ledger's records, given by value. */
#define RELEASE(kind_, field_, value_) record_release(&(Record){.kind = (kind_), .as.field_ = (value_)})

static void report_release(LedgerTrial *trial) {
    if (trial->report != NULL) free(trial->report->curve);
    free(trial->report);
    trial->report = NULL;
}

void ledger_destroy(Ledger **out) {
    Ledger *ledger = *out;
    *out = NULL;
    if (ledger == NULL) return;
    RELEASE(RECORD_CAMPAIGN, campaign, ledger->campaign);
    RELEASE(RECORD_DATA, data, ledger->data);
    ledger_forget_ensemble(ledger);
    for (size_t i = 0; i < ledger->start_count; i++)
        RELEASE(RECORD_START, start, ledger->starts[i]);
    free(ledger->starts);
    for (size_t i = 0; i < ledger->stage_count; i++)
        RELEASE(RECORD_STAGE, stage, ledger->stages[i]);
    free(ledger->stages);
    for (size_t i = 0; i < ledger->trial_count; i++) {
        free(ledger->trials[i].draw);
        free(ledger->trials[i].record.curve);
        free(ledger->trials[i].checkpoint);
        free(ledger->trials[i].member);
        report_release(&ledger->trials[i]);
    }
    free(ledger->trials);
    free(ledger->leases);
    free(ledger->decisions);
    ranking_release(&ledger->rankings[METRIC_VAL_ACCURACY]);
    ranking_release(&ledger->rankings[METRIC_VAL_LOSS]);
    free(ledger->rankings);
    texts_release(&ledger->texts);
    free(ledger);
}

/* The appliers below leave alone what they do not take. */

static Status apply_campaign(Ledger *ledger, Record *record) {
    if (ledger->begun)
        return status_fail(STATUS_INPUT, "a second campaign record, where one begins a journal");
    ledger->campaign = record->as.campaign;
    ledger->begun = true;
    record_given(record);
    return STATUS_OK;
}

static Status apply_data(Ledger *ledger, Record *record) {
    if (ledger->has_data && ledger->data.data_hash != record->as.data.data_hash)
        return status_fail(STATUS_INPUT,
                           "the data have hash %016" PRIx64
                           ", and the campaign began with data of hash %016" PRIx64,
                           record->as.data.data_hash, ledger->data.data_hash);
    RELEASE(RECORD_DATA, data, ledger->data);
    ledger->data = record->as.data;
    ledger->has_data = true;
    record_given(record);
    return STATUS_OK;
}

static Status apply_start(Ledger *ledger, Record *record) {
    TRY(memory_grow(&ledger->starts, &ledger->start_capacity, ledger->start_count + 1, sizeof(StartRecord)));
    if (record->as.start.new_config) {
        char *text = NULL;
        TRY(memory_text(&text, record->as.start.config_text));
        free(ledger->campaign.config_text);
        ledger->campaign.config_text = text;
    }
    ledger->starts[ledger->start_count++] = record->as.start;
    ledger->ended = false;
    ledger->failed = false;
    record_given(record);
    return STATUS_OK;
}

static Status apply_stage(Ledger *ledger, Record *record) {
    size_t stage = record->as.stage.stage;
    if (stage > ledger->stage_count)
        return status_fail(STATUS_INPUT, "stage %zu begins, where %zu would be the next", stage,
                           ledger->stage_count);
    if (stage < ledger->stage_count) {
        RELEASE(RECORD_STAGE, stage, ledger->stages[stage]);
    } else {
        TRY(memory_grow(&ledger->stages, &ledger->stage_capacity, stage + 1, sizeof(StageRecord)));
        ledger->stage_count++;
    }
    ledger->stages[stage] = record->as.stage;
    record_given(record);
    return STATUS_OK;
}

static Status apply_draw(Ledger *ledger, const DrawRecord *record) {
    if (record->trial >= LEDGER_MAX_TRIALS)
        return status_fail(STATUS_INPUT, "trial %" PRIu64 ", where ids end at %" PRIu64, record->trial,
                           LEDGER_MAX_TRIALS - 1);
    size_t id = (size_t)record->trial;
    if (id < ledger->trial_count && ledger->trials[id].drawn) return STATUS_OK;
    size_t drawn = ledger->trial_count - ledger->lost_draws;
    size_t room = LEDGER_TRIAL_GAP + LEDGER_TRIAL_GAP_MORE * drawn;
    if (id > ledger->trial_count &&
        (ledger->lost_draws > room || id - ledger->trial_count > room - ledger->lost_draws))
        return status_fail(STATUS_INPUT, "trial %zu, where %zu would be the next", id, ledger->trial_count);
    TRY(memory_grow(&ledger->trials, &ledger->trial_capacity, id + 1, sizeof(LedgerTrial)));
    TRY(draw_pack(&ledger->trials[id].draw, &record->draw, record->parameter_count));
    ledger->trials[id].drawn = true;
    if (id < ledger->trial_count) {
        ledger->lost_draws--;
    } else {
        ledger->lost_draws += id - ledger->trial_count;
        ledger->trial_count = id + 1;
    }
    return STATUS_OK;
}

/* NULL where it has no draw. */
static LedgerTrial *drawn_trial(const Ledger *ledger, uint64_t id) {
    return id < ledger->trial_count && ledger->trials[id].drawn ? &ledger->trials[id] : NULL;
}

static Status no_draw(const char *what, uint64_t id) {
    return status_fail(STATUS_INPUT, "%s of trial %" PRIu64 ", which has no draw before it", what, id);
}

static Status apply_lease(Ledger *ledger, const LeaseRecord *record) {
    LedgerTrial *trial = drawn_trial(ledger, record->trial);
    if (trial == NULL) return no_draw("a lease", record->trial);
    size_t gap = LEDGER_LEASE_GAP - ledger->lost_leases;
    if (record->lease == 0 || record->lease - 1 > ledger->lease_count + gap)
        return status_fail(STATUS_INPUT, "lease %" PRIu64 ", where %zu would be the next", record->lease,
                           ledger->lease_count + 1);
    size_t index = (size_t)(record->lease - 1);
    if (index >= ledger->lease_count) {
        TRY(memory_grow(&ledger->leases, &ledger->lease_capacity, index + 1, sizeof(LeaseRecord)));
        ledger->lost_leases += index - ledger->lease_count;
        ledger->lease_count = index + 1;
    } else if (ledger->leases[index].lease == 0) {
        ledger->lost_leases--;
    } else if (ledger->leases[index].trial != record->trial) {
        return status_fail(STATUS_INPUT, "lease %" PRIu64 " of trial %" PRIu64 " was one of trial %" PRIu64,
                           record->lease, record->trial, ledger->leases[index].trial);
    }
    if (ledger->leases[index].outcome == LEASE_CRASHED) return STATUS_OK; /* its strike has been counted */
    if (record->outcome == LEASE_CRASHED) trial->strikes++;
    ledger->leases[index] = *record;
    return STATUS_OK;
}

static Status apply_member(Ledger *ledger, const MemberRecord *record) {
    LedgerTrial *trial = drawn_trial(ledger, record->trial);
    if (trial == NULL) return no_draw("a network", record->trial);
    if (trial->member == NULL) TRY(memory_new(&trial->member, 1, sizeof(MemberRecord)));
    *trial->member = *record;
    trial->kept = true;
    return STATUS_OK;
}

static Status apply_checkpoint(Ledger *ledger, const CheckpointRecord *record) {
    LedgerTrial *trial = drawn_trial(ledger, record->trial);
    if (trial == NULL) return no_draw("a checkpoint", record->trial);
    if (trial->checkpoint == NULL) TRY(memory_new(&trial->checkpoint, 1, sizeof(CheckpointRecord)));
    /* One that is not further on (begun anew under another arithmetic) does not excuse the crashes. */
    if (record->epoch > trial->checkpoint->epoch) trial->strikes = 0;
    *trial->checkpoint = *record;
    return STATUS_OK;
}

/* The row takes the curve over. */
static Status make_row(Ledger *ledger, const TrialRecord *record, LedgerRow *row) {
    LedgerRow made = {.trial = record->trial,
                      .stage = record->stage,
                      .number = record->number,
                      .outcome = record->outcome,
                      .started = record->started,
                      .rank = record->rank,
                      .curve_count = record->curve_count,
                      .curve = record->curve};
    TRY(texts_share(&ledger->texts, record->reason, &made.reason));
    TRY(texts_share(&ledger->texts, record->host, &made.host));
    TRY(texts_share(&ledger->texts, record->arithmetic, &made.arithmetic));
    *row = made;
    return STATUS_OK;
}

TrialRecord ledger_row_record(const LedgerRow *row) {
    TrialRecord record = {.trial = row->trial,
                          .stage = row->stage,
                          .number = row->number,
                          .outcome = row->outcome,
                          .started = row->started,
                          .rank = row->rank,
                          .curve_count = row->curve_count,
                          .curve = row->curve};
    text_copy(record.reason, sizeof(record.reason), row->reason);
    text_copy(record.host, sizeof(record.host), row->host);
    text_copy(record.arithmetic, sizeof(record.arithmetic), row->arithmetic);
    return record;
}

static Status apply_trial(Ledger *ledger, Record *record) {
    const TrialRecord *row = &record->as.trial;
    LedgerTrial *trial = drawn_trial(ledger, row->trial);
    if (trial == NULL) return no_draw("a result", row->trial);
    if (trial->finished) return STATUS_OK;
    LedgerRow made;
    TRY(make_row(ledger, row, &made));
    if (row->outcome.status == TRIAL_COMPLETED) {
        for (MetricKind metric = METRIC_VAL_ACCURACY; metric <= METRIC_VAL_LOSS; metric++)
            TRY(ranking_insert(&ledger->rankings[metric], ranked_trial(metric, row->trial, &row->outcome)));
    }
    trial->record = made;
    trial->finished = true;
    ledger->finished_count++;
    report_release(trial);
    record_given(record);
    return STATUS_OK;
}

static Status apply_report(Ledger *ledger, Record *record) {
    const TrialRecord *report = &record->as.trial;
    LedgerTrial *trial = drawn_trial(ledger, report->trial);
    if (trial == NULL) return no_draw("a report", report->trial);
    if (trial->finished) return STATUS_OK;
    if (trial->report != NULL && trial->report->outcome.epochs >= report->outcome.epochs) return STATUS_OK;
    LedgerRow made, *kept = NULL;
    TRY(make_row(ledger, report, &made));
    TRY(memory_new(&kept, 1, sizeof(*kept)));
    *kept = made;
    report_release(trial);
    trial->report = kept;
    record_given(record);
    return STATUS_OK;
}

uint32_t ledger_rungs_passed(const LedgerTrial *trial) {
    uint32_t passed = 0;
    for (uint32_t bits = trial->promoted; bits != 0; bits >>= 1)
        passed++;
    return passed;
}

static Status apply_decision(Ledger *ledger, const DecisionRecord *record) {
    LedgerTrial *trial = drawn_trial(ledger, record->trial);
    if (trial == NULL) return no_draw("a decision", record->trial);
    uint32_t past = record->rung + 1, bit = (uint32_t)1 << record->rung;
    bool stops = record->verdict == VERDICT_STOPPED, stopped = trial->stopped_at > 0;
    bool known = (trial->promoted & bit) != 0 || (stopped && (stops || past >= trial->stopped_at));
    if (known) return STATUS_OK;
    TRY(memory_grow(&ledger->decisions, &ledger->decision_capacity, ledger->decision_count + 1,
                    sizeof(DecisionRecord)));
    ledger->decisions[ledger->decision_count++] = *record;
    if (!stopped && past > ledger_rungs_passed(trial)) trial->decided_metric = record->metric;
    if (stops)
        trial->stopped_at = past;
    else
        trial->promoted |= bit;
    return STATUS_OK;
}

/* Records from before there were snapshots do not name the epochs. */
static Status fill_epochs(const Ledger *ledger, EnsembleRecord *ensemble) {
    if (ensemble->epochs != NULL) return STATUS_OK;
    TRY(memory_new(&ensemble->epochs, ensemble->member_count, sizeof(uint32_t)));
    for (uint32_t i = 0; i < ensemble->member_count; i++) {
        uint64_t trial = ensemble->members[i];
        if (trial < ledger->trial_count)
            ensemble->epochs[i] = ledger->trials[trial].record.outcome.best_epoch;
    }
    return STATUS_OK;
}

static Status apply_ensemble(Ledger *ledger, Record *record) {
    char *text = NULL;
    TRY(fill_epochs(ledger, &record->as.ensemble));
    TRY(memory_text(&text, ledger->campaign.config_text));
    ledger_forget_ensemble(ledger);
    ledger->ensemble = record->as.ensemble;
    ledger->ensemble_config = text;
    ledger->ensemble_finished = ledger->finished_count;
    ledger->has_ensemble = true;
    record_given(record);
    return STATUS_OK;
}

static Status apply(Ledger *ledger, Record *record) {
    if (!ledger->begun && record->kind != RECORD_CAMPAIGN)
        return status_fail(STATUS_INPUT, "the first record is of kind %u, where a campaign record must be",
                           (unsigned)record->kind);
    switch (record->kind) {
    case RECORD_CAMPAIGN: return apply_campaign(ledger, record);
    case RECORD_DATA: return apply_data(ledger, record);
    case RECORD_START: return apply_start(ledger, record);
    case RECORD_PREFLIGHT:
        ledger->preflight = record->as.preflight;
        ledger->has_preflight = true;
        return STATUS_OK;
    case RECORD_STAGE: return apply_stage(ledger, record);
    case RECORD_DRAW: return apply_draw(ledger, &record->as.draw);
    case RECORD_LEASE: return apply_lease(ledger, &record->as.lease);
    case RECORD_MEMBER: return apply_member(ledger, &record->as.member);
    case RECORD_TRIAL: return apply_trial(ledger, record);
    case RECORD_REPORT: return apply_report(ledger, record);
    case RECORD_DECISION: return apply_decision(ledger, &record->as.decision);
    case RECORD_ENSEMBLE: return apply_ensemble(ledger, record);
    case RECORD_END:
        ledger->end = record->as.end;
        ledger->ended = true;
        return STATUS_OK;
    case RECORD_CHECKPOINT: return apply_checkpoint(ledger, &record->as.checkpoint);
    case RECORD_FAILURE:
        ledger->failure = record->as.failure;
        ledger->failed = true;
        return STATUS_OK;
    }
    return status_fail(STATUS_INPUT, "a record of kind %u, which is none of ours", (unsigned)record->kind);
}

bool ledger_is_snapshot(const Ledger *ledger, uint64_t trial, uint32_t epoch) {
    return trial < ledger->trial_count && ledger->trials[trial].record.outcome.best_epoch != epoch;
}

Status ledger_apply(Ledger *ledger, Record *record) {
    Status status = apply(ledger, record);
    record_release(record);
    return status;
}

void ledger_forget_ensemble(Ledger *ledger) {
    RELEASE(RECORD_ENSEMBLE, ensemble, ledger->ensemble);
    ledger->ensemble = (EnsembleRecord){0};
    free(ledger->ensemble_config);
    ledger->ensemble_config = NULL;
    ledger->has_ensemble = false;
}

bool ledger_in_pool(const Ledger *ledger, MetricKind metric, uint32_t pool, uint64_t trial,
                    const TrainOutcome *outcome) {
    if (trial < ledger->trial_count && ledger->trials[trial].finished)
        outcome = &ledger->trials[trial].record.outcome;
    if (pool == 0 || outcome->status != TRIAL_COMPLETED) return false;
    size_t places = pool;
    const RankedTrial *best = ranking_best(&ledger->rankings[metric], &places);
    return places < pool || !ranked_before(best[pool - 1], ranked_trial(metric, trial, outcome));
}

Status ledger_best(const Ledger *ledger, MetricKind metric, size_t limit, uint64_t **ids, size_t *count) {
    *count = limit;
    const RankedTrial *best = ranking_best(&ledger->rankings[metric], count);
    TRY(memory_new(ids, *count, sizeof(uint64_t)));
    for (size_t i = 0; i < *count; i++)
        (*ids)[i] = best[i].trial;
    return STATUS_OK;
}

#include "campaign/ledger.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/philox.h"
#include "suite.h"
#include "suites.h"

#define TRIALS 3000
#define POOL_STEP 37

static char *owned(const char *text) {
    char *copy = strdup(text);
    if (copy == NULL) abort();
    return copy;
}

static Ledger *begun(void) {
    Ledger *ledger = NULL;
    Record campaign = {.kind = RECORD_CAMPAIGN};
    campaign.as.campaign.config_text = owned("first");
    CU_ASSERT_EQUAL_FATAL(ledger_create(&ledger), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(ledger_apply(ledger, &campaign), STATUS_OK);
    return ledger;
}

static Status draw(Ledger *ledger, uint64_t trial, double value) {
    Record record = {.kind = RECORD_DRAW};
    record.as.draw.trial = trial;
    record.as.draw.parameter_count = 1;
    record.as.draw.draw.value[0] = (DrawnValue){.present = true, .number = value};
    return ledger_apply(ledger, &record);
}

static Status lease(Ledger *ledger, uint64_t number, uint64_t trial, LeaseOutcome outcome) {
    Record record = {.kind = RECORD_LEASE};
    record.as.lease = (LeaseRecord){.lease = number, .trial = trial, .outcome = (uint8_t)outcome};
    return ledger_apply(ledger, &record);
}

/* With a curve of one row, so that a leak shows. */
static Status finish(Ledger *ledger, uint64_t trial, TrainOutcome outcome) {
    Record record = {.kind = RECORD_TRIAL};
    record.as.trial = (TrialRecord){.trial = trial, .outcome = outcome, .curve_count = 1};
    CU_ASSERT_EQUAL_FATAL(memory_new(&record.as.trial.curve, 1, sizeof(EpochRow)), STATUS_OK);
    Status status = ledger_apply(ledger, &record);
    CU_ASSERT_PTR_NULL(record.as.trial.curve);
    return status;
}

static void only_a_campaign_record_begins(void) {
    Ledger *ledger = NULL;
    Record start = {.kind = RECORD_START};
    start.as.start.config_text = owned("");
    CU_ASSERT_EQUAL_FATAL(ledger_create(&ledger), STATUS_OK);
    CU_ASSERT_EQUAL(ledger_apply(ledger, &start), STATUS_INPUT);
    CU_ASSERT_PTR_NULL(start.as.start.config_text);
    CU_ASSERT_FALSE(ledger->begun);
    ledger_destroy(&ledger);
    CU_ASSERT_PTR_NULL(ledger);
    ledger_destroy(&ledger);

    ledger = begun();
    Record second = {.kind = RECORD_CAMPAIGN};
    second.as.campaign.name = owned("another");
    CU_ASSERT_EQUAL(ledger_apply(ledger, &second), STATUS_INPUT);
    CU_ASSERT_PTR_NULL(ledger->campaign.name);
    ledger_destroy(&ledger);
}

static void nothing_comes_before_its_draw(void) {
    Ledger *ledger = begun();
    Record member = {.kind = RECORD_MEMBER};
    CU_ASSERT_EQUAL(draw(ledger, 5, 0.5), STATUS_OK);
    CU_ASSERT_EQUAL(ledger->trial_count, 6);
    CU_ASSERT_EQUAL(finish(ledger, 4, (TrainOutcome){.epochs = 1}), STATUS_INPUT);
    CU_ASSERT_EQUAL(finish(ledger, 6, (TrainOutcome){.epochs = 1}), STATUS_INPUT);
    CU_ASSERT_EQUAL(finish(ledger, UINT64_MAX, (TrainOutcome){.epochs = 1}), STATUS_INPUT);
    CU_ASSERT_EQUAL(lease(ledger, 1, 4, LEASE_OPEN), STATUS_INPUT);
    member.as.member.trial = 4;
    CU_ASSERT_EQUAL(ledger_apply(ledger, &member), STATUS_INPUT);
    CU_ASSERT_EQUAL(ledger->finished_count, 0);
    CU_ASSERT_EQUAL(ledger->lease_count, 0);

    CU_ASSERT_EQUAL(finish(ledger, 5, (TrainOutcome){.epochs = 1}), STATUS_OK);
    member = (Record){.kind = RECORD_MEMBER};
    member.as.member = (MemberRecord){.trial = 5, .blob = "member-5"};
    CU_ASSERT_EQUAL(ledger_apply(ledger, &member), STATUS_OK);
    CU_ASSERT_TRUE(ledger->trials[5].drawn && ledger->trials[5].finished && ledger->trials[5].kept);
    CU_ASSERT_EQUAL(ledger->trials[5].draw->value[0].number, 0.5);
    CU_ASSERT_STRING_EQUAL(ledger->trials[5].member->blob, "member-5");
    CU_ASSERT_EQUAL(ledger->finished_count, 1);
    ledger_destroy(&ledger);
}

static void ids_end_somewhere(void) {
    Ledger *ledger = begun();
    CU_ASSERT_EQUAL(draw(ledger, LEDGER_MAX_TRIALS, 0), STATUS_INPUT);
    CU_ASSERT_EQUAL(draw(ledger, UINT64_MAX, 0), STATUS_INPUT);
    CU_ASSERT_EQUAL(ledger->trial_count, 0);
    ledger_destroy(&ledger);
}

/* So that one record cannot take all memory. */
static void some_draws_may_be_missing(void) {
    Ledger *ledger = begun();
    CU_ASSERT_EQUAL(draw(ledger, LEDGER_MAX_TRIALS - 1, 0), STATUS_INPUT);
    CU_ASSERT_EQUAL(draw(ledger, LEDGER_TRIAL_GAP + 1, 0), STATUS_INPUT);
    CU_ASSERT_EQUAL(draw(ledger, LEDGER_TRIAL_GAP, 0), STATUS_OK);
    CU_ASSERT_EQUAL(ledger->lost_draws, LEDGER_TRIAL_GAP);
    const uint64_t next = LEDGER_TRIAL_GAP + 1, more = LEDGER_TRIAL_GAP_MORE;
    CU_ASSERT_EQUAL(draw(ledger, next + more + 1, 0), STATUS_INPUT);
    CU_ASSERT_EQUAL(draw(ledger, 7, 0.5), STATUS_OK);
    CU_ASSERT_EQUAL(draw(ledger, 7, 0.5), STATUS_OK);
    CU_ASSERT_EQUAL(ledger->lost_draws, LEDGER_TRIAL_GAP - 1);
    CU_ASSERT_EQUAL(draw(ledger, next + 2 * more + 2, 0), STATUS_INPUT);
    CU_ASSERT_EQUAL(draw(ledger, next + 2 * more + 1, 0), STATUS_OK);
    CU_ASSERT_EQUAL(draw(ledger, next + 2 * more + 2, 0), STATUS_OK);
    CU_ASSERT_EQUAL(ledger->trial_count, next + 2 * more + 3);
    ledger_destroy(&ledger);
}

static void the_first_draw_and_result_stand(void) {
    Ledger *ledger = begun();
    CU_ASSERT_EQUAL(draw(ledger, 0, 1), STATUS_OK);
    CU_ASSERT_EQUAL(draw(ledger, 0, 2), STATUS_OK);
    CU_ASSERT_EQUAL(ledger->trials[0].draw->value[0].number, 1);
    CU_ASSERT_EQUAL(finish(ledger, 0, (TrainOutcome){.val_accuracy = 0.5}), STATUS_OK);
    CU_ASSERT_EQUAL(finish(ledger, 0, (TrainOutcome){.val_accuracy = 0.9}), STATUS_OK);
    CU_ASSERT_EQUAL(ledger->trials[0].record.outcome.val_accuracy, 0.5);
    CU_ASSERT_EQUAL(ledger->finished_count, 1);
    CU_ASSERT_EQUAL(ledger->rankings[METRIC_VAL_ACCURACY].count, 1);
    ledger_destroy(&ledger);
}

static void leases_follow_each_other(void) {
    Ledger *ledger = begun();
    CU_ASSERT_EQUAL(draw(ledger, 0, 0), STATUS_OK);
    CU_ASSERT_EQUAL(draw(ledger, 1, 0), STATUS_OK);
    CU_ASSERT_EQUAL(lease(ledger, 0, 0, LEASE_OPEN), STATUS_INPUT);
    CU_ASSERT_EQUAL(lease(ledger, UINT64_MAX, 0, LEASE_OPEN), STATUS_INPUT);
    CU_ASSERT_EQUAL(lease(ledger, 1, 0, LEASE_OPEN), STATUS_OK);
    CU_ASSERT_EQUAL(lease(ledger, 2, 1, LEASE_OPEN), STATUS_OK);
    CU_ASSERT_EQUAL(lease(ledger, 1, 0, LEASE_LOST), STATUS_OK);
    CU_ASSERT_EQUAL(lease(ledger, 1, 1, LEASE_FINISHED), STATUS_INPUT);
    CU_ASSERT_EQUAL(ledger->lease_count, 2);
    CU_ASSERT_EQUAL(ledger->leases[0].outcome, LEASE_LOST);
    CU_ASSERT_EQUAL(ledger->leases[1].outcome, LEASE_OPEN);
    ledger_destroy(&ledger);
}

static void some_leases_may_be_missing(void) {
    Ledger *ledger = begun();
    CU_ASSERT_EQUAL(draw(ledger, 0, 0), STATUS_OK);
    CU_ASSERT_EQUAL(draw(ledger, 1, 0), STATUS_OK);
    CU_ASSERT_EQUAL(lease(ledger, 4, 1, LEASE_OPEN), STATUS_OK);
    CU_ASSERT_EQUAL(ledger->lease_count, 4);
    CU_ASSERT_EQUAL(ledger->lost_leases, 3);
    for (size_t i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(ledger->leases[i].lease, 0);
    CU_ASSERT_EQUAL(lease(ledger, 2, 0, LEASE_LOST), STATUS_OK);
    CU_ASSERT_EQUAL(lease(ledger, 2, 0, LEASE_LOST), STATUS_OK);
    CU_ASSERT_EQUAL(ledger->lost_leases, 2);
    CU_ASSERT_EQUAL(ledger->leases[1].lease, 2);
    CU_ASSERT_EQUAL(ledger->leases[3].trial, 1);

    /* However often numbers are skipped, no more than LEDGER_LEASE_GAP are missing. */
    uint64_t last = 4 + LEDGER_LEASE_GAP / 2;
    CU_ASSERT_EQUAL(lease(ledger, last, 0, LEASE_OPEN), STATUS_OK);
    size_t lost = ledger->lost_leases;
    CU_ASSERT_EQUAL(lease(ledger, last + LEDGER_LEASE_GAP - lost + 2, 0, LEASE_OPEN), STATUS_INPUT);
    CU_ASSERT_EQUAL(ledger->lease_count, last);
    CU_ASSERT_EQUAL(lease(ledger, last + LEDGER_LEASE_GAP - lost + 1, 0, LEASE_OPEN), STATUS_OK);
    CU_ASSERT_EQUAL(ledger->lost_leases, LEDGER_LEASE_GAP);
    CU_ASSERT_EQUAL(lease(ledger, ledger->lease_count + 2, 0, LEASE_OPEN), STATUS_INPUT);
    CU_ASSERT_EQUAL(lease(ledger, ledger->lease_count + 1, 0, LEASE_OPEN), STATUS_OK);
    ledger_destroy(&ledger);
}

static Status checkpoint(Ledger *ledger, uint64_t trial, uint32_t epoch) {
    Record record = {.kind = RECORD_CHECKPOINT};
    record.as.checkpoint = (CheckpointRecord){.trial = trial, .epoch = epoch};
    return ledger_apply(ledger, &record);
}

static void the_newest_checkpoint_stands(void) {
    Ledger *ledger = begun();
    CU_ASSERT_EQUAL(draw(ledger, 1, 0), STATUS_OK);
    CU_ASSERT_EQUAL(checkpoint(ledger, 0, 1), STATUS_INPUT);
    CU_ASSERT_EQUAL(checkpoint(ledger, UINT64_MAX, 1), STATUS_INPUT);
    CU_ASSERT_PTR_NULL(ledger->trials[1].checkpoint);
    CU_ASSERT_EQUAL(checkpoint(ledger, 1, 2), STATUS_OK);
    CU_ASSERT_EQUAL(checkpoint(ledger, 1, 5), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ledger->trials[1].checkpoint);
    CU_ASSERT_EQUAL(ledger->trials[1].checkpoint->epoch, 5);
    ledger_destroy(&ledger);
}

/* With a curve, so that a leak shows. */
static Status report(Ledger *ledger, uint64_t trial, uint32_t epochs) {
    Record record = {.kind = RECORD_REPORT};
    record.as.trial = (TrialRecord){
        .trial = trial, .outcome = {.status = TRIAL_STOPPED, .epochs = epochs}, .curve_count = 1};
    CU_ASSERT_EQUAL_FATAL(memory_new(&record.as.trial.curve, 1, sizeof(EpochRow)), STATUS_OK);
    return ledger_apply(ledger, &record);
}

static void the_furthest_report_stands_until_the_row(void) {
    Ledger *ledger = begun();
    CU_ASSERT_EQUAL(draw(ledger, 1, 0), STATUS_OK);
    CU_ASSERT_EQUAL(report(ledger, 0, 1), STATUS_INPUT);
    CU_ASSERT_EQUAL(report(ledger, 1, 3), STATUS_OK);
    CU_ASSERT_EQUAL(report(ledger, 1, 1), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ledger->trials[1].report);
    CU_ASSERT_EQUAL(ledger->trials[1].report->outcome.epochs, 3);
    CU_ASSERT_EQUAL(ledger->finished_count, 0);
    CU_ASSERT_EQUAL(finish(ledger, 1, (TrainOutcome){.epochs = 9}), STATUS_OK);
    CU_ASSERT_PTR_NULL(ledger->trials[1].report);
    CU_ASSERT_EQUAL(report(ledger, 1, 9), STATUS_OK);
    CU_ASSERT_PTR_NULL(ledger->trials[1].report);
    ledger_destroy(&ledger);
}

static Status decide(Ledger *ledger, uint64_t trial, uint32_t rung, Verdict verdict) {
    Record record = {.kind = RECORD_DECISION};
    record.as.decision = (DecisionRecord){.trial = trial, .rung = rung, .verdict = (uint8_t)verdict};
    return ledger_apply(ledger, &record);
}

static void the_first_decision_at_a_rung_stands(void) {
    Ledger *ledger = begun();
    CU_ASSERT_EQUAL(draw(ledger, 0, 0), STATUS_OK);
    CU_ASSERT_EQUAL(decide(ledger, 1, 0, VERDICT_PROMOTED), STATUS_INPUT);
    CU_ASSERT_EQUAL(decide(ledger, 0, 0, VERDICT_PROMOTED), STATUS_OK);
    CU_ASSERT_EQUAL(decide(ledger, 0, 0, VERDICT_STOPPED), STATUS_OK);
    CU_ASSERT_EQUAL(ledger->trials[0].stopped_at, 0);
    CU_ASSERT_EQUAL(decide(ledger, 0, 2, VERDICT_PROMOTED), STATUS_OK); /* the one between is lost */
    CU_ASSERT_EQUAL(ledger_rungs_passed(&ledger->trials[0]), 3);
    CU_ASSERT_EQUAL(ledger->decision_count, 2);
    CU_ASSERT_EQUAL(decide(ledger, 0, 1, VERDICT_PROMOTED), STATUS_OK); /* made good */
    CU_ASSERT_EQUAL(ledger->trials[0].promoted, 7);
    CU_ASSERT_EQUAL(decide(ledger, 0, 3, VERDICT_STOPPED), STATUS_OK);
    CU_ASSERT_EQUAL(decide(ledger, 0, 4, VERDICT_PROMOTED), STATUS_OK);
    CU_ASSERT_EQUAL(ledger->trials[0].stopped_at, 4);
    CU_ASSERT_EQUAL(ledger_rungs_passed(&ledger->trials[0]), 3);
    CU_ASSERT_EQUAL_FATAL(ledger->decision_count, 4);
    CU_ASSERT_EQUAL(ledger->decisions[1].rung, 2);
    ledger_destroy(&ledger);
}

static void crashes_are_strikes_until_a_checkpoint(void) {
    Ledger *ledger = begun();
    CU_ASSERT_EQUAL(draw(ledger, 0, 0), STATUS_OK);
    CU_ASSERT_EQUAL(draw(ledger, 1, 0), STATUS_OK);
    CU_ASSERT_EQUAL(lease(ledger, 1, 0, LEASE_OPEN), STATUS_OK);
    CU_ASSERT_EQUAL(lease(ledger, 1, 0, LEASE_LOST), STATUS_OK);
    CU_ASSERT_EQUAL(lease(ledger, 2, 0, LEASE_STOPPED), STATUS_OK);
    CU_ASSERT_EQUAL(ledger->trials[0].strikes, 0);
    CU_ASSERT_EQUAL(lease(ledger, 3, 0, LEASE_CRASHED), STATUS_OK);
    CU_ASSERT_EQUAL(lease(ledger, 3, 0, LEASE_CRASHED), STATUS_OK); /* the same lease, told again */
    CU_ASSERT_EQUAL(ledger->trials[0].strikes, 1);
    CU_ASSERT_EQUAL(checkpoint(ledger, 1, 1), STATUS_OK); /* of another trial */
    CU_ASSERT_EQUAL(lease(ledger, 4, 0, LEASE_CRASHED), STATUS_OK);
    CU_ASSERT_EQUAL(ledger->trials[0].strikes, 2);
    CU_ASSERT_EQUAL(ledger->trials[1].strikes, 0);
    CU_ASSERT_EQUAL(checkpoint(ledger, 0, 1), STATUS_OK);
    CU_ASSERT_EQUAL(ledger->trials[0].strikes, 0);
    CU_ASSERT_EQUAL(lease(ledger, 4, 0, LEASE_CRASHED), STATUS_OK); /* counted before the checkpoint */
    CU_ASSERT_EQUAL(ledger->trials[0].strikes, 0);
    CU_ASSERT_EQUAL(lease(ledger, 5, 0, LEASE_CRASHED), STATUS_OK);
    CU_ASSERT_EQUAL(lease(ledger, 5, 0, LEASE_FINISHED), STATUS_OK); /* it stays what it was */
    CU_ASSERT_EQUAL(ledger->leases[4].outcome, LEASE_CRASHED);
    CU_ASSERT_EQUAL(lease(ledger, 5, 0, LEASE_CRASHED), STATUS_OK);
    CU_ASSERT_EQUAL(ledger->trials[0].strikes, 1);
    ledger_destroy(&ledger);
}

static Status begin_stage(Ledger *ledger, uint32_t number, double max) {
    Record stage = {.kind = RECORD_STAGE};
    stage.as.stage.stage = number;
    stage.as.stage.elite_count = 1;
    stage.as.stage.after.range[0].max = max;
    CU_ASSERT_EQUAL_FATAL(memory_new(&stage.as.stage.elites, 1, sizeof(uint64_t)), STATUS_OK);
    return ledger_apply(ledger, &stage);
}

static void stages_follow_each_other(void) {
    Ledger *ledger = begun();
    CU_ASSERT_EQUAL(begin_stage(ledger, 1, 1), STATUS_INPUT);
    CU_ASSERT_EQUAL(begin_stage(ledger, 0, 2), STATUS_OK);
    CU_ASSERT_EQUAL(begin_stage(ledger, 1, 3), STATUS_OK);
    CU_ASSERT_EQUAL(begin_stage(ledger, 1, 4), STATUS_OK);
    CU_ASSERT_EQUAL(begin_stage(ledger, 3, 5), STATUS_INPUT);
    CU_ASSERT_EQUAL(ledger->stage_count, 2);
    CU_ASSERT_EQUAL(ledger->stages[0].after.range[0].max, 2);
    CU_ASSERT_EQUAL(ledger->stages[1].after.range[0].max, 4);
    ledger_destroy(&ledger);
}

static void a_start_may_bring_a_new_configuration(void) {
    Ledger *ledger = begun();
    Record end = {.kind = RECORD_END};
    CU_ASSERT_EQUAL(ledger_apply(ledger, &end), STATUS_OK);
    CU_ASSERT_TRUE(ledger->ended);
    Record start = {.kind = RECORD_START};
    start.as.start.config_text = owned("");
    CU_ASSERT_EQUAL(ledger_apply(ledger, &start), STATUS_OK);
    CU_ASSERT_FALSE(ledger->ended);
    CU_ASSERT_STRING_EQUAL(ledger->campaign.config_text, "first");
    start.kind = RECORD_START;
    start.as.start.new_config = true;
    start.as.start.config_text = owned("second");
    CU_ASSERT_EQUAL(ledger_apply(ledger, &start), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(ledger->campaign.config_text, "second");
    CU_ASSERT_EQUAL(ledger->start_count, 2);
    CU_ASSERT_STRING_EQUAL(ledger->starts[1].config_text, "second");
    ledger_destroy(&ledger);
}

static void the_newest_of_single_records_stands(void) {
    Ledger *ledger = begun();
    for (uint32_t i = 1; i <= 2; i++) {
        Record preflight = {.kind = RECORD_PREFLIGHT};
        Record ensemble = {.kind = RECORD_ENSEMBLE};
        preflight.as.preflight.initial_loss = i;
        ensemble.as.ensemble.member_count = i;
        CU_ASSERT_EQUAL_FATAL(memory_new(&ensemble.as.ensemble.members, i, sizeof(uint64_t)), STATUS_OK);
        CU_ASSERT_EQUAL(ledger_apply(ledger, &preflight), STATUS_OK);
        CU_ASSERT_EQUAL(ledger_apply(ledger, &ensemble), STATUS_OK);
    }
    CU_ASSERT_EQUAL(ledger->preflight.initial_loss, 2);
    CU_ASSERT_EQUAL(ledger->ensemble.member_count, 2);
    ledger_destroy(&ledger);
}

/* Records from before there were snapshots are of the networks of the best epochs. */
static void members_have_epochs(void) {
    Ledger *ledger = begun();
    for (uint64_t trial = 0; trial < 2; trial++) {
        CU_ASSERT_EQUAL(draw(ledger, trial, 1), STATUS_OK);
        TrainOutcome outcome = {.status = TRIAL_COMPLETED, .epochs = 9, .best_epoch = 5 + (uint32_t)trial};
        CU_ASSERT_EQUAL(finish(ledger, trial, outcome), STATUS_OK);
    }
    for (int named = 0; named < 2; named++) {
        Record record = {.kind = RECORD_ENSEMBLE, .as.ensemble.member_count = 2};
        EnsembleRecord *ensemble = &record.as.ensemble;
        CU_ASSERT_EQUAL_FATAL(memory_new(&ensemble->members, 2, sizeof(uint64_t)), STATUS_OK);
        ensemble->members[0] = 1;
        if (named) CU_ASSERT_EQUAL_FATAL(memory_new(&ensemble->epochs, 2, sizeof(uint32_t)), STATUS_OK);
        if (named) ensemble->epochs[0] = 3;
        CU_ASSERT_EQUAL(ledger_apply(ledger, &record), STATUS_OK);
        CU_ASSERT_EQUAL(ledger->ensemble.epochs[0], named ? 3 : 6);
        CU_ASSERT_EQUAL(ledger->ensemble.epochs[1], named ? 0 : 5);
    }
    CU_ASSERT(ledger_is_snapshot(ledger, 1, 3) && !ledger_is_snapshot(ledger, 1, 6));
    CU_ASSERT(ledger_is_snapshot(ledger, 0, 6) && !ledger_is_snapshot(ledger, 2, 6));
    ledger_destroy(&ledger);
}

static void other_data_are_refused(void) {
    Ledger *ledger = begun();
    for (int i = 0; i < 3; i++) {
        Record data = {.kind = RECORD_DATA};
        data.as.data.data_hash = i < 2 ? 7 : 8;
        data.as.data.period = 1;
        CU_ASSERT_EQUAL_FATAL(memory_new(&data.as.data.mean, 1, sizeof(float)), STATUS_OK);
        CU_ASSERT_EQUAL(ledger_apply(ledger, &data), i < 2 ? STATUS_OK : STATUS_INPUT);
    }
    CU_ASSERT_EQUAL(ledger->data.data_hash, 7);
    ledger_destroy(&ledger);
}

static TrainOutcome any_outcome(RandomStream *random) {
    TrainOutcome outcome = {.status = (TrialStatus)random_below(random, TRIAL_FAILED + 1)};
    if (random_below(random, 2) == 0) outcome.status = TRIAL_COMPLETED;
    outcome.val_accuracy = random_below(random, 20) == 0 ? NAN : random_below(random, 100) / 100.0;
    outcome.val_loss = random_below(random, 20) == 0 ? NAN : random_below(random, 100) / 10.0;
    return outcome;
}

/* The definition: how many completed trials stand before this one? */
static size_t place_by_counting(const Ledger *ledger, MetricKind metric, uint64_t trial,
                                const TrainOutcome *outcome) {
    size_t before = 0;
    double mine = metric == METRIC_VAL_ACCURACY ? outcome->val_accuracy : outcome->val_loss;
    for (uint64_t i = 0; i < ledger->trial_count; i++) {
        const LedgerTrial *other = &ledger->trials[i];
        if (i == trial || !other->finished || other->record.outcome.status != TRIAL_COMPLETED) continue;
        double theirs = metric == METRIC_VAL_ACCURACY ? other->record.outcome.val_accuracy
                                                      : other->record.outcome.val_loss;
        bool tie = theirs == mine || (isnan(theirs) && isnan(mine));
        before += metric_better(metric, theirs, mine) || (tie && i < trial);
    }
    return before;
}

static void the_pool_is_the_best_whatever_the_order(void) {
    static TrainOutcome outcomes[TRIALS];
    static uint32_t order[TRIALS];
    RandomStream random = random_stream(11, RANDOM_SYNTHETIC, 0, 0, 0, 0);
    Ledger *ledger = begun();
    for (uint32_t i = 0; i < TRIALS; i++) {
        outcomes[i] = any_outcome(&random);
        order[i] = i;
        CU_ASSERT_EQUAL_FATAL(draw(ledger, i, i), STATUS_OK);
    }
    random_shuffle(&random, order, TRIALS);
    size_t wrong = 0;
    for (uint32_t i = 0; i < TRIALS; i++) {
        for (MetricKind metric = METRIC_VAL_ACCURACY; metric <= METRIC_VAL_LOSS && i % POOL_STEP == 0;
             metric++) {
            uint32_t pool = random_below(&random, 1 + i);
            const TrainOutcome *outcome = &outcomes[order[i]];
            bool expected = outcome->status == TRIAL_COMPLETED &&
                            place_by_counting(ledger, metric, order[i], outcome) < pool;
            wrong += ledger_in_pool(ledger, metric, pool, order[i], outcome) != expected;
        }
        CU_ASSERT_EQUAL_FATAL(finish(ledger, order[i], outcomes[order[i]]), STATUS_OK);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    for (MetricKind metric = METRIC_VAL_ACCURACY; metric <= METRIC_VAL_LOSS; metric++) {
        uint64_t *ids = NULL;
        size_t count = 0;
        CU_ASSERT_EQUAL_FATAL(ledger_best(ledger, metric, SIZE_MAX, &ids, &count), STATUS_OK);
        for (size_t i = 0; i < count; i++) {
            wrong += i % POOL_STEP == 0 && place_by_counting(ledger, metric, ids[i], &outcomes[ids[i]]) != i;
            wrong += !ledger_in_pool(ledger, metric, (uint32_t)i + 1, ids[i], &outcomes[ids[i]]);
            wrong += ledger_in_pool(ledger, metric, (uint32_t)i, ids[i], &outcomes[ids[i]]);
        }
        CU_ASSERT_TRUE(count > TRIALS / 2 && count < TRIALS);
        free(ids);
        CU_ASSERT_EQUAL_FATAL(ledger_best(ledger, metric, 5, &ids, &count), STATUS_OK);
        CU_ASSERT_EQUAL(count, 5);
        free(ids);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    ledger_destroy(&ledger);
}

static void an_empty_ledger_has_room_in_its_pool(void) {
    uint64_t *ids = NULL;
    size_t count = 1;
    Ledger *ledger = begun();
    TrainOutcome completed = {.status = TRIAL_COMPLETED, .val_accuracy = 0.1};
    TrainOutcome diverged = {.status = TRIAL_DIVERGED, .val_accuracy = 0.1};
    CU_ASSERT_TRUE(ledger_in_pool(ledger, METRIC_VAL_ACCURACY, 1, 0, &completed));
    CU_ASSERT_FALSE(ledger_in_pool(ledger, METRIC_VAL_ACCURACY, 0, 0, &completed));
    CU_ASSERT_FALSE(ledger_in_pool(ledger, METRIC_VAL_ACCURACY, 1, 0, &diverged));
    CU_ASSERT_EQUAL(ledger_best(ledger, METRIC_VAL_LOSS, 10, &ids, &count), STATUS_OK);
    CU_ASSERT_EQUAL(count, 0);
    free(ids);
    ledger_destroy(&ledger);
}

void ledger_suite(void) {
    static const TestCase tests[] = {
        {"only a campaign record begins, and only once", only_a_campaign_record_begins},
        {"lease, network and result need the trial's draw", nothing_comes_before_its_draw},
        {"ids from 2^31 on are refused", ids_end_somewhere},
        {"draws may be missing, up to a bound", some_draws_may_be_missing},
        {"the first draw and the first result of a trial stand", the_first_draw_and_result_stand},
        {"leases count from 1, are replaced, keep their trial", leases_follow_each_other},
        {"lease numbers may be missing, within a bound, and come later", some_leases_may_be_missing},
        {"the newest checkpoint stands, and needs the trial's draw", the_newest_checkpoint_stands},
        {"the furthest report of a trial stands until its row", the_furthest_report_stands_until_the_row},
        {"the first decision about a trial at a rung stands", the_first_decision_at_a_rung_stands},
        {"each crashed lease is one strike until the next checkpoint",
         crashes_are_strikes_until_a_checkpoint},
        {"stages follow each other; a repeated one replaces", stages_follow_each_other},
        {"a start un-ends, and may bring a new configuration", a_start_may_bring_a_new_configuration},
        {"members of an ensemble have epochs, those of older records the best", members_have_epochs},
        {"the newest preflight and ensemble stand", the_newest_of_single_records_stands},
        {"data of another hash are refused", other_data_are_refused},
        {"pool and best list equal their definitions in any order", the_pool_is_the_best_whatever_the_order},
        {"an empty ledger has room in its pool", an_empty_ledger_has_room_in_its_pool},
    };
    SUITE("ledger", tests);
}

/* Ledgers of one campaign's shards in one. */
#include <stdlib.h>
#include <string.h>

#include "fixtures.h"
#include "store/campaign_state.h"
#include "store/merge_ledgers.h"
#include "suite.h"
#include "suites.h"

#define FILE_NAME "merge.h5"
#define SHARDS 3

/* The records of one shard of the made-up campaign, or of all where `shard` is SHARDS. `change` may alter
 * one. */
typedef struct Part {
    Ledger *ledger;
    uint64_t shard;
    uint64_t lease; /* numbers given so far: each shard counts its own */
    void (*change)(Record *record);
} Part;

static bool is_of(const Part *part, uint64_t trial) {
    return part->shard == SHARDS || trial % SHARDS == part->shard;
}

static bool belongs(Part *part, Record *record) {
    switch (record->kind) {
    case RECORD_DRAW: return is_of(part, record->as.draw.trial);
    case RECORD_MEMBER: return is_of(part, record->as.member.trial);
    case RECORD_TRIAL: return is_of(part, record->as.trial.trial);
    case RECORD_CHECKPOINT: return is_of(part, record->as.checkpoint.trial);
    case RECORD_DECISION: return is_of(part, record->as.decision.trial);
    case RECORD_LEASE:
        if (!is_of(part, record->as.lease.trial)) return false;
        record->as.lease.lease = ++part->lease;
        return true;
    default: return true;
    }
}

static Status take(void *context, Record *record) {
    Part *part = context;
    if (belongs(part, record)) {
        if (part->change != NULL) part->change(record);
        return ledger_apply(part->ledger, record);
    }
    record_release(record);
    return STATUS_OK;
}

static Ledger *shard_of(const Ledger *whole, uint64_t shard, void (*change)(Record *record)) {
    Part part = {.shard = shard, .change = change};
    CU_ASSERT_EQUAL_FATAL(ledger_create(&part.ledger), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(ledger_replay(whole, take, &part), STATUS_OK);
    return part.ledger;
}

static bool same_trials(const Ledger *a, const Ledger *b) {
    bool same = a->trial_count == b->trial_count && a->finished_count == b->finished_count;
    for (size_t i = 0; same && i < a->trial_count; i++) {
        const LedgerTrial *x = &a->trials[i], *y = &b->trials[i];
        same = x->drawn == y->drawn && x->finished == y->finished && x->kept == y->kept &&
               (!x->drawn || memcmp(x->draw, y->draw, sizeof(*x->draw)) == 0) &&
               (!x->finished || x->record.outcome.weights_hash == y->record.outcome.weights_hash);
    }
    return same;
}

static void shards_make_the_whole(void) {
    fixture_clean(FILE_NAME);
    Ledger *whole = fixture_ledger(FILE_NAME, true), *merged = NULL;
    MergeSources sources = {0};
    CU_ASSERT_EQUAL_FATAL(ledger_create(&merged), STATUS_OK);
    for (uint32_t s = 0; s < SHARDS; s++) {
        Ledger *shard = shard_of(whole, s, NULL);
        CU_ASSERT_EQUAL(merge_ledgers(merged, shard, s, &sources), STATUS_OK);
        ledger_destroy(&shard);
    }
    CU_ASSERT(same_trials(merged, whole));
    CU_ASSERT_EQUAL(merged->lease_count, whole->lease_count - whole->lost_leases);
    CU_ASSERT_EQUAL(merged->start_count, whole->start_count); /* the shards have the same ones */
    CU_ASSERT_EQUAL(merged->stage_count, whole->stage_count);
    CU_ASSERT_FALSE(merged->has_ensemble || merged->ended || sources.mixed);
    for (size_t i = 0; i < merged->trial_count; i++) {
        if (merged->trials[i].kept) CU_ASSERT_EQUAL(sources.source[i], i % SHARDS);
        CU_ASSERT_PTR_NULL(merged->trials[i].checkpoint);
    }
    merge_sources_release(&sources);
    ledger_destroy(&merged);
    ledger_destroy(&whole);
    fixture_clean(FILE_NAME);
}

static void what_stands_twice_counts_once(void) {
    fixture_clean(FILE_NAME);
    Ledger *whole = fixture_ledger(FILE_NAME, false), *merged = NULL;
    MergeSources sources = {0};
    CU_ASSERT_EQUAL_FATAL(ledger_create(&merged), STATUS_OK);
    for (uint32_t turn = 0; turn < 3; turn++) {
        CU_ASSERT_EQUAL(merge_ledgers(merged, whole, turn, &sources), STATUS_OK);
        CU_ASSERT(same_trials(merged, whole));
        CU_ASSERT_EQUAL(merged->lease_count, whole->lease_count - whole->lost_leases);
        CU_ASSERT_EQUAL(merged->start_count, whole->start_count);
    }
    for (size_t i = 0; i < merged->trial_count; i++) {
        if (merged->trials[i].kept) CU_ASSERT_EQUAL(sources.source[i], 0);
    }
    merge_sources_release(&sources);
    ledger_destroy(&merged);
    ledger_destroy(&whole);
    fixture_clean(FILE_NAME);
}

/* --- what cannot be --- */

static void other_ranges(Record *record) {
    if (record->kind == RECORD_STAGE) record->as.stage.after.range[0].allowed ^= 1;
}

static void other_draws(Record *record) {
    if (record->kind == RECORD_DRAW) record->as.draw.draw.value[0].choice ^= 1;
}

static void other_results(Record *record) {
    if (record->kind == RECORD_TRIAL) record->as.trial.outcome.weights_hash ^= 1;
}

static void other_arithmetic(Record *record) {
    if (record->kind != RECORD_TRIAL) return;
    record->as.trial.outcome.weights_hash ^= 1;
    strcpy(record->as.trial.arithmetic, "another");
}

static void other_data(Record *record) {
    if (record->kind == RECORD_DATA) record->as.data.data_hash ^= 1;
}

static void merge_with(void (*change)(Record *record), const char *words, bool mixed) {
    fixture_clean(FILE_NAME);
    Ledger *whole = fixture_ledger(FILE_NAME, false), *merged = NULL;
    Ledger *other = shard_of(whole, SHARDS, change);
    MergeSources sources = {0};
    CU_ASSERT_EQUAL_FATAL(ledger_create(&merged), STATUS_OK);
    CU_ASSERT_EQUAL(merge_ledgers(merged, whole, 0, &sources), STATUS_OK);
    Status status = merge_ledgers(merged, other, 1, &sources);
    CU_ASSERT_EQUAL(status, words != NULL ? STATUS_INPUT : STATUS_OK);
    if (words != NULL) CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), words));
    CU_ASSERT_EQUAL(sources.mixed, mixed);
    if (words == NULL) CU_ASSERT(same_trials(merged, whole));
    merge_sources_release(&sources);
    ledger_destroy(&other);
    ledger_destroy(&merged);
    ledger_destroy(&whole);
    fixture_clean(FILE_NAME);
}

static void contradictions_are_refused(void) {
    merge_with(other_ranges, "must begin with the same merged file", false);
    merge_with(other_draws, "has other values", false);
    merge_with(other_results, "has another result", false);
    merge_with(other_data, "data", false);
}

static void under_another_arithmetic_the_first_result_counts(void) {
    merge_with(other_arithmetic, NULL, true);
}

void suite_merge_ledgers(void) {
    static const TestCase tests[] = {
        {"the shards of a campaign make the whole", shards_make_the_whole},
        {"what stands in two files counts once", what_stands_twice_counts_once},
        {"files that contradict each other are refused", contradictions_are_refused},
        {"under another arithmetic the first result counts",
         under_another_arithmetic_the_first_result_counts},
    };
    SUITE("merge_ledgers", tests);
}

#include "store/merge_ledgers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/campaign_state.h"
#include "store/pieces.h"

#define NONE SIZE_MAX

/* The leases of `into` before the merge, by trial: each names the one before it of the same trial. */
typedef struct KnownLeases {
    size_t trial_count;
    size_t *newest; /* owned [trial_count], index or NONE */
    size_t *older;  /* owned [leases], index or NONE */
} KnownLeases;

typedef struct Merge {
    Ledger *into;
    uint32_t source;
    MergeSources *sources;
    KnownLeases leases;
} Merge;

void merge_sources_release(MergeSources *sources) {
    free(sources->source);
    *sources = (MergeSources){0};
}

/* --- what both have --- */

static Status find_leases(const Ledger *ledger, KnownLeases *known) {
    known->trial_count = ledger->trial_count;
    TRY(memory_new(&known->newest, ledger->trial_count, sizeof(size_t)));
    TRY(memory_new(&known->older, ledger->lease_count, sizeof(size_t)));
    for (size_t i = 0; i < ledger->trial_count; i++)
        known->newest[i] = NONE;
    for (size_t i = 0; i < ledger->lease_count; i++) {
        const LeaseRecord *lease = &ledger->leases[i];
        if (lease->lease == 0) continue;
        known->older[i] = known->newest[lease->trial];
        known->newest[lease->trial] = i;
    }
    return STATUS_OK;
}

/* A shard that began with a copy of what is here has its leases, too. */
static bool has_lease(const Merge *m, const LeaseRecord *lease) {
    if (lease->trial >= m->leases.trial_count) return false;
    for (size_t i = m->leases.newest[lease->trial]; i != NONE; i = m->leases.older[i]) {
        const LeaseRecord *known = &m->into->leases[i];
        if (known->start == lease->start && known->rank == lease->rank &&
            strcmp(known->host, lease->host) == 0)
            return true;
    }
    return false;
}

static bool same_number(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

/* What the stage draws from, or repeats. */
static bool same_source(const StageRecord *a, const StageRecord *b) {
    bool same = a->parameter_count == b->parameter_count && a->elite_count == b->elite_count;
    for (size_t i = 0; same && i < a->elite_count; i++)
        same = a->elites[i] == b->elites[i];
    for (size_t p = 0; same && p < a->parameter_count; p++) {
        const Range *x = &a->after.range[p], *y = &b->after.range[p];
        same = same_number(x->min, y->min) && same_number(x->max, y->max) && x->allowed == y->allowed;
    }
    return same;
}

static bool same_draw(const PackedDraw *a, const DrawRecord *b) {
    bool same = a->count == b->parameter_count;
    for (size_t p = 0; same && p < b->parameter_count; p++)
        same = drawn_same(draw_value(a, p), b->draw.value[p]);
    return same;
}

static bool same_result(const LedgerRow *a, const TrialRecord *b) {
    return a->outcome.status == b->outcome.status && a->outcome.epochs == b->outcome.epochs &&
           a->outcome.weights_hash == b->outcome.weights_hash;
}

/* --- record by record --- */

static LedgerTrial *known_trial(const Merge *m, uint64_t trial) {
    return trial < m->into->trial_count && m->into->trials[trial].drawn ? &m->into->trials[trial] : NULL;
}

static Status take_start(Merge *m, Record *record) {
    StartRecord *start = &record->as.start;
    if (pieces_has_start(m->into, start)) return STATUS_OK;
    start->new_config = false; /* all shards have the same one now */
    start->config_text[0] = '\0';
    return ledger_apply(m->into, record);
}

static Status take_stage(Merge *m, Record *record) {
    const StageRecord *stage = &record->as.stage;
    if (stage->stage >= m->into->stage_count) return ledger_apply(m->into, record);
    if (same_source(&m->into->stages[stage->stage], stage)) return STATUS_OK;
    return status_fail(STATUS_INPUT,
                       "its stage %u draws from other ranges, or repeats other configurations, than in the "
                       "files before it: all shards of a stage must begin with the same merged file (--from)",
                       stage->stage);
}

static Status take_draw(Merge *m, Record *record) {
    const LedgerTrial *known = known_trial(m, record->as.draw.trial);
    if (known == NULL) return ledger_apply(m->into, record);
    if (same_draw(known->draw, &record->as.draw)) return STATUS_OK;
    return status_fail(STATUS_INPUT, "trial %llu has other values in it than in the files before it",
                       (unsigned long long)record->as.draw.trial);
}

static Status take_lease(Merge *m, Record *record) {
    if (has_lease(m, &record->as.lease)) return STATUS_OK;
    record->as.lease.lease = m->into->lease_count + 1;
    return ledger_apply(m->into, record);
}

static Status take_member(Merge *m, Record *record) {
    uint64_t trial = record->as.member.trial;
    const LedgerTrial *known = known_trial(m, trial);
    if (known == NULL || known->kept || known->finished) return STATUS_OK;
    TRY(memory_grow(&m->sources->source, &m->sources->capacity, trial + 1, sizeof(uint32_t)));
    m->sources->source[trial] = m->source;
    return ledger_apply(m->into, record);
}

static Status take_trial(Merge *m, Record *record) {
    const TrialRecord *row = &record->as.trial;
    const LedgerTrial *known = known_trial(m, row->trial);
    if (known == NULL || !known->finished) return ledger_apply(m->into, record);
    if (same_result(&known->record, row)) return STATUS_OK;
    if (strcmp(known->record.arithmetic, row->arithmetic) != 0) {
        m->sources->mixed = true;
        return STATUS_OK;
    }
    return status_fail(
        STATUS_INPUT,
        "trial %llu has another result in it than in the files before it, computed by the same "
        "arithmetic (%s): one of the files is not of this campaign",
        (unsigned long long)row->trial, row->arithmetic);
}

static Status take(Merge *m, Record *record) {
    switch (record->kind) {
    case RECORD_CAMPAIGN: return m->into->begun ? STATUS_OK : ledger_apply(m->into, record);
    case RECORD_DATA: return ledger_apply(m->into, record);
    case RECORD_START: return take_start(m, record);
    case RECORD_PREFLIGHT: return m->into->has_preflight ? STATUS_OK : ledger_apply(m->into, record);
    case RECORD_STAGE: return take_stage(m, record);
    case RECORD_DRAW: return take_draw(m, record);
    case RECORD_LEASE: return take_lease(m, record);
    case RECORD_MEMBER: return take_member(m, record);
    case RECORD_TRIAL: return take_trial(m, record);
    case RECORD_REPORT:
    case RECORD_DECISION: return ledger_apply(m->into, record); /* what is there already stays */
    default: return STATUS_OK; /* what is not the shards' alone is made again */
    }
}

static Status visit(void *context, Record *record) {
    Status status = take(context, record);
    record_release(record);
    return status;
}

Status merge_ledgers(Ledger *into, const Ledger *from, uint32_t source, MergeSources *sources) {
    Merge merge = {.into = into, .source = source, .sources = sources};
    Status status = find_leases(into, &merge.leases);
    if (status == STATUS_OK) status = ledger_replay(from, visit, &merge);
    free(merge.leases.newest);
    free(merge.leases.older);
    return status;
}

/* The ledger: everything known of a campaign, as its records add up to it. Applying the same records in the
 * same order gives the same ledger; that is how a stopped campaign continues and how the results file is
 * written. */
#ifndef WINNOW_CAMPAIGN_LEDGER_H
#define WINNOW_CAMPAIGN_LEDGER_H

#include "base/texts.h"
#include "campaign/ranking.h"
#include "campaign/records.h"

#define LEDGER_MAX_TRIALS ((uint64_t)1 << 31)
#define LEDGER_LEASE_GAP 100000 /* most lease numbers that may be missing at a time */
/* Most trials below the highest one that may be without a draw (lost, or other shards'), and how many more
 * for each that has one. */
#define LEDGER_TRIAL_GAP 100000
#define LEDGER_TRIAL_GAP_MORE 100

/* A TrialRecord whose texts are shared with other rows: there may be millions. */
typedef struct LedgerRow {
    uint64_t trial;
    uint32_t stage, number;
    TrainOutcome outcome;
    const char *reason, *host, *arithmetic; /* the ledger's */
    double started;
    uint32_t rank;
    uint32_t curve_count;
    EpochRow *curve; /* owned [curve_count] */
} LedgerRow;

typedef struct LedgerTrial {
    bool drawn;       /* draw is valid */
    bool finished;    /* record is valid */
    bool kept;        /* its network is: member is not NULL */
    PackedDraw *draw; /* owned; NULL unless drawn */
    LedgerRow record;
    MemberRecord *member;         /* owned; NULL unless kept */
    uint32_t strikes;             /* leases that ended in LEASE_CRASHED since the trial's furthest
                                     checkpoint */
    CheckpointRecord *checkpoint; /* owned, the newest; NULL for none */
    LedgerRow *report;            /* owned: the newest, of an unfinished trial; NULL for none */
    uint32_t promoted;            /* bit k: it was let past rung k */
    uint32_t stopped_at;          /* the rung that it is stopped at, plus one; 0: none */
    double decided_metric;        /* of the newest decision */
} LedgerTrial;

typedef struct Ledger {
    bool begun; /* a campaign record was seen */
    bool has_data;
    bool has_preflight;
    bool has_ensemble;
    bool ended;
    bool failed; /* the newest start ended in an error */
    CampaignRecord campaign;
    DataRecord data;
    PreflightRecord preflight; /* the newest */
    EnsembleRecord ensemble;   /* the newest */
    char *ensemble_config;     /* owned: text of the configuration that it was chosen under */
    size_t ensemble_finished;  /* how many trials had finished then */
    FailureRecord failure;     /* valid when failed; a later start record takes it back */
    EndRecord end;             /* valid when ended; a later start record un-ends */
    size_t start_count;
    size_t start_capacity;
    StartRecord *starts; /* [start_count] */
    size_t stage_count;  /* stages begun */
    size_t stage_capacity;
    StageRecord *stages; /* [stage_count] */
    size_t trial_count;  /* highest id seen + 1 */
    size_t trial_capacity;
    LedgerTrial *trials; /* [trial_count], by id */
    size_t lost_draws;   /* trials below it that no draw was seen of */
    size_t finished_count;
    size_t lease_count; /* highest number seen */
    size_t lost_leases; /* numbers below it that no record was seen of: lease 0 in their place */
    size_t lease_capacity;
    LeaseRecord *leases; /* [lease_count], by lease number - 1 */
    size_t decision_count;
    size_t decision_capacity;
    DecisionRecord *decisions; /* [decision_count] in the order in which they were taken */
    Ranking *rankings;         /* owned [2], of completed trials, by MetricKind; settled when asked */
    Texts texts;               /* of its rows */
} Ledger;

Status ledger_create(Ledger **out) MUST_CHECK;
void ledger_destroy(Ledger **ledger);

/* Take the record in; the ledger then owns what it owned (it is emptied), also on failure. STATUS_INPUT where
 * it contradicts what is there: a first record that is no campaign record, or a second one; data of another
 * hash; a stage that skips a number; a lease or a draw before which more than LEDGER_LEASE_GAP numbers or
 * so many trials would be missing; a lease, member, checkpoint, report, decision or trial record without the
 * trial's draw; a lease that changes its trial; an id of LEDGER_MAX_TRIALS or more. A second draw or trial
 * record of a trial changes nothing, nor does a further record of a lease that crashed, a report that is not
 * further on than the one before or of a finished trial, or a second decision about a trial at a rung. A
 * start record with a new configuration makes campaign.config_text that text. An ensemble's epochs are always
 * there afterwards. */
Status ledger_apply(Ledger *ledger, Record *record) MUST_CHECK;

/* The record that it was made from; its curve stays the ledger's. */
TrialRecord ledger_row_record(const LedgerRow *row);

/* Is the trial's network of that epoch a snapshot, and not that of its best epoch? */
bool ledger_is_snapshot(const Ledger *ledger, uint64_t trial, uint32_t epoch);

/* The last rung that the trial was let past, plus one; 0: none. */
uint32_t ledger_rungs_passed(const LedgerTrial *trial);

/* The ensemble is to be chosen anew: take it out. */
void ledger_forget_ensemble(Ledger *ledger);

/* Is the trial of this metric and id within the best `pool` of all completed trials? Higher is better for
 * accuracy, lower for loss; ties go to the lower id. Without memory to tell, it is. */
bool ledger_in_pool(const Ledger *ledger, MetricKind metric, uint32_t pool, uint64_t trial,
                    const TrainOutcome *outcome);

/* Ids of completed trials, best first (by metric, then id), at most `limit`: owned array in *ids. */
Status ledger_best(const Ledger *ledger, MetricKind metric, size_t limit, uint64_t **ids,
                   size_t *count) MUST_CHECK;

#endif

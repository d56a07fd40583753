#include "store/results_hdf5_columns.h"

#include <string.h>

#define NUMBER(kind, row, field, name)                                                                       \
    { name, kind, offsetof(row, field), 0 }
#define TEXT(row, field, name)                                                                               \
    { name, HDF5_TEXT, offsetof(row, field), sizeof(((row *)NULL)->field) }
#define TABLE(path, columns, row)                                                                            \
    { path, sizeof(columns) / sizeof((columns)[0]), columns, sizeof(row) }

static const Hdf5Column TRIAL_COLUMNS[] = {
    NUMBER(HDF5_U64, TrialRow, record.trial, "id"),
    NUMBER(HDF5_U32, TrialRow, record.stage, "stage"),
    NUMBER(HDF5_U32, TrialRow, record.number, "number"),
    TEXT(TrialRow, status, "status"),
    NUMBER(HDF5_U32, TrialRow, record.outcome.epochs, "epochs"),
    NUMBER(HDF5_F64, TrialRow, record.outcome.val_accuracy, "val_accuracy"),
    NUMBER(HDF5_F64, TrialRow, record.outcome.val_loss, "val_loss"),
    NUMBER(HDF5_F64, TrialRow, record.outcome.train_loss, "train_loss"),
    NUMBER(HDF5_U32, TrialRow, record.outcome.best_epoch, "best_epoch"),
    NUMBER(HDF5_F64, TrialRow, record.outcome.seconds, "seconds"),
    NUMBER(HDF5_F64, TrialRow, record.outcome.samples_per_second, "samples_per_second"),
    NUMBER(HDF5_U32, TrialRow, record.rank, "rank"),
    TEXT(TrialRow, record.host, "host"),
    NUMBER(HDF5_U64, TrialRow, record.outcome.weights_hash, "weights_hash"),
    TEXT(TrialRow, record.reason, "reason"),
    NUMBER(HDF5_F64, TrialRow, record.started, "started"),
    TEXT(TrialRow, record.arithmetic, "arithmetic"),
};
const Hdf5Table TRIAL_TABLE = TABLE("/trials", TRIAL_COLUMNS, TrialRow);

static const Hdf5Column CURVE_COLUMNS[] = {
    NUMBER(HDF5_U64, CurveRow, trial, "trial"),
    NUMBER(HDF5_U32, CurveRow, epoch.epoch, "epoch"),
    NUMBER(HDF5_F64, CurveRow, epoch.learning_rate, "learning_rate"),
    NUMBER(HDF5_F64, CurveRow, epoch.momentum, "momentum"),
    NUMBER(HDF5_F64, CurveRow, epoch.train_loss, "train_loss"),
    NUMBER(HDF5_F64, CurveRow, epoch.train_accuracy, "train_accuracy"),
    NUMBER(HDF5_F64, CurveRow, epoch.val_loss, "val_loss"),
    NUMBER(HDF5_F64, CurveRow, epoch.val_accuracy, "val_accuracy"),
    NUMBER(HDF5_F64, CurveRow, epoch.update_ratio, "update_ratio"),
    NUMBER(HDF5_F64, CurveRow, epoch.seconds, "seconds"),
};
const Hdf5Table CURVE_TABLE = TABLE("/curves", CURVE_COLUMNS, CurveRow);

static const Hdf5Column STAGE_COLUMNS[] = {
    NUMBER(HDF5_U32, StageRow, stage, "stage"),
    TEXT(StageRow, name, "name"),
    TEXT(StageRow, parameter, "parameter"),
    NUMBER(HDF5_F64, StageRow, before.min, "before_min"),
    NUMBER(HDF5_F64, StageRow, before.max, "before_max"),
    NUMBER(HDF5_U64, StageRow, before.allowed, "before_allowed"),
    TEXT(StageRow, before_values, "before_values"),
    NUMBER(HDF5_F64, StageRow, after.min, "after_min"),
    NUMBER(HDF5_F64, StageRow, after.max, "after_max"),
    NUMBER(HDF5_U64, StageRow, after.allowed, "after_allowed"),
    TEXT(StageRow, after_values, "after_values"),
    NUMBER(HDF5_U32, StageRow, elites, "elites"),
    NUMBER(HDF5_U8, StageRow, reason, "reason"),
    TEXT(StageRow, why, "why"),
};
const Hdf5Table STAGE_TABLE = TABLE("/stages", STAGE_COLUMNS, StageRow);

static const Hdf5Column ELITE_COLUMNS[] = {
    NUMBER(HDF5_U32, EliteRow, stage, "stage"),
    NUMBER(HDF5_U32, EliteRow, rank, "rank"),
    NUMBER(HDF5_U64, EliteRow, trial, "trial"),
};
const Hdf5Table ELITE_TABLE = TABLE("/elites", ELITE_COLUMNS, EliteRow);

static const Hdf5Column CONFIGURATION_COLUMNS[] = {
    NUMBER(HDF5_U32, ConfigurationRow, stage, "stage"),
    NUMBER(HDF5_U32, ConfigurationRow, number, "configuration"),
    NUMBER(HDF5_U64, ConfigurationRow, trial, "trial"),
    NUMBER(HDF5_I64, ConfigurationRow, confirms, "confirms"),
    NUMBER(HDF5_U32, ConfigurationRow, runs, "runs"),
    NUMBER(HDF5_U32, ConfigurationRow, completed, "completed"),
    NUMBER(HDF5_F64, ConfigurationRow, val_accuracy.mean, "val_accuracy_mean"),
    NUMBER(HDF5_F64, ConfigurationRow, val_accuracy.deviation, "val_accuracy_deviation"),
    NUMBER(HDF5_F64, ConfigurationRow, val_loss.mean, "val_loss_mean"),
    NUMBER(HDF5_F64, ConfigurationRow, val_loss.deviation, "val_loss_deviation"),
};
const Hdf5Table CONFIGURATION_TABLE = TABLE("/configurations", CONFIGURATION_COLUMNS, ConfigurationRow);

static const Hdf5Column LEASE_COLUMNS[] = {
    NUMBER(HDF5_U64, LeaseRow, record.lease, "lease"),
    NUMBER(HDF5_U64, LeaseRow, record.trial, "trial"),
    NUMBER(HDF5_U32, LeaseRow, record.rank, "rank"),
    TEXT(LeaseRow, record.host, "host"),
    NUMBER(HDF5_F64, LeaseRow, record.start, "start"),
    NUMBER(HDF5_F64, LeaseRow, record.end, "end"),
    NUMBER(HDF5_U32, LeaseRow, record.first_epoch, "first_epoch"),
    NUMBER(HDF5_U32, LeaseRow, record.last_epoch, "last_epoch"),
    TEXT(LeaseRow, outcome, "outcome"),
};
const Hdf5Table LEASE_TABLE = TABLE("/leases", LEASE_COLUMNS, LeaseRow);

static const Hdf5Column DECISION_COLUMNS[] = {
    NUMBER(HDF5_U64, DecisionRow, order, "order"),
    NUMBER(HDF5_U64, DecisionRow, record.trial, "trial"),
    NUMBER(HDF5_U32, DecisionRow, record.rung, "rung"),
    NUMBER(HDF5_U32, DecisionRow, record.epoch, "epoch"),
    NUMBER(HDF5_F64, DecisionRow, record.metric, "metric"),
    TEXT(DecisionRow, verdict, "verdict"),
};
const Hdf5Table DECISION_TABLE = TABLE("/decisions", DECISION_COLUMNS, DecisionRow);

static const Hdf5Column START_COLUMNS[] = {
    NUMBER(HDF5_F64, StartRow, record.time, "time"),
    NUMBER(HDF5_U32, StartRow, record.ranks, "ranks"),
    NUMBER(HDF5_U32, StartRow, record.process, "process"),
    TEXT(StartRow, record.host, "host"),
    TEXT(StartRow, record.arithmetic, "arithmetic"),
    NUMBER(HDF5_U8, StartRow, new_config, "new_config"),
};
const Hdf5Table START_TABLE = TABLE("/starts", START_COLUMNS, StartRow);

static const Hdf5Column PREFLIGHT_COLUMNS[] = {
    NUMBER(HDF5_U64, PreflightRecord, config_hash, "config_hash"),
    TEXT(PreflightRecord, arithmetic, "arithmetic"),
    NUMBER(HDF5_F64, PreflightRecord, gradient_error, "gradient_error"),
    NUMBER(HDF5_F64, PreflightRecord, initial_loss, "initial_loss"),
    NUMBER(HDF5_F64, PreflightRecord, expected_loss, "expected_loss"),
    NUMBER(HDF5_F64, PreflightRecord, subset_accuracy, "subset_accuracy"),
    NUMBER(HDF5_F64, PreflightRecord, samples_per_second, "samples_per_second"),
};
const Hdf5Table PREFLIGHT_TABLE = TABLE("/preflight", PREFLIGHT_COLUMNS, PreflightRecord);

static const Hdf5Column TEST_COLUMNS[] = {
    NUMBER(HDF5_F64, TestRow, time, "time"),
    TEXT(TestRow, members, "members"),
    NUMBER(HDF5_F64, TestRow, accuracy, "accuracy"),
    NUMBER(HDF5_F64, TestRow, loss, "loss"),
};
const Hdf5Table TEST_TABLE = TABLE("/ensemble/test_evaluations", TEST_COLUMNS, TestRow);

static const Hdf5Column OPTIMISM_COLUMNS[] = {
    TEXT(OptimismRow, of, "of"),
    NUMBER(HDF5_U32, OptimismRow, optimism.networks, "networks"),
    NUMBER(HDF5_F64, OptimismRow, optimism.seen, "validation"),
    NUMBER(HDF5_F64, OptimismRow, optimism.unseen, "selection"),
    NUMBER(HDF5_F64, OptimismRow, difference, "difference"),
    NUMBER(HDF5_F64, OptimismRow, optimism.margin, "margin"),
};
const Hdf5Table OPTIMISM_TABLE = TABLE("/ensemble/optimism", OPTIMISM_COLUMNS, OptimismRow);

const char *lease_outcome_name(uint8_t outcome) {
    static const char *const names[] = {"open", "finished", "lost", "crashed", "stopped", "paused"};
    return names[outcome <= LEASE_LAST ? outcome : LEASE_OPEN];
}

const char *verdict_name(uint8_t verdict) {
    static const char *const names[] = {"promoted", "stopped"};
    return names[verdict <= VERDICT_LAST ? verdict : VERDICT_PROMOTED];
}

const char *end_outcome_name(uint8_t outcome) {
    static const char *const names[] = {"finished", "none finished", "shard", "merged"};
    return names[outcome <= OUTCOME_MERGED ? outcome : OUTCOME_FINISHED];
}

uint8_t word_index(const char *word, const char *(*name)(uint8_t), uint8_t last) {
    uint8_t index = 0;
    while (index <= last && strcmp(word, name(index)) != 0)
        index++;
    return index;
}

/* The tables of the results file as its writer and reader both know them. */
#ifndef WINNOW_STORE_RESULTS_HDF5_COLUMNS_H
#define WINNOW_STORE_RESULTS_HDF5_COLUMNS_H

#include "campaign/configurations.h"
#include "campaign/records.h"
#include "search/zoom.h"
#include "store/results_hdf5.h"

#define RESULTS_FORMAT_VERSION 1
#define WORD_SIZE 16 /* of status and outcome */
#define WHY_SIZE 160
#define VALUES_SIZE 512 /* of the allowed values as text, cut where they are longer */
#define TEST_MEMBERS_SIZE 512

/* The fixed columns of /trials; one a parameter follows. */
typedef struct TrialRow {
    TrialRecord record;
    char status[WORD_SIZE];
} TrialRow;

typedef struct CurveRow {
    uint64_t trial;
    EpochRow epoch;
} CurveRow;

typedef struct StageRow {
    uint32_t stage;
    char name[PARAMETER_NAME_SIZE];
    char parameter[PARAMETER_NAME_SIZE];
    Range before, after;
    char before_values[VALUES_SIZE], after_values[VALUES_SIZE];
    uint32_t elites;
    uint8_t reason; /* ZoomReason */
    char why[WHY_SIZE];
} StageRow;

typedef struct EliteRow {
    uint32_t stage, rank; /* rank from 0: best first */
    uint64_t trial;
} EliteRow;

typedef struct ConfigurationRow {
    uint32_t stage, number;
    uint64_t trial;   /* the first of its trials */
    int64_t confirms; /* the first trial of the one that it repeats; -1 */
    uint32_t runs, completed;
    RunSpread val_accuracy, val_loss;
} ConfigurationRow;

typedef struct LeaseRow {
    LeaseRecord record;
    char outcome[WORD_SIZE];
} LeaseRow;

typedef struct DecisionRow {
    uint64_t order; /* from 0 */
    DecisionRecord record;
    char verdict[WORD_SIZE];
} DecisionRow;

typedef struct StartRow {
    StartRecord record;
    uint8_t new_config;
} StartRow;

typedef struct TestRow {
    double time;                     /* Unix seconds */
    char members[TEST_MEMBERS_SIZE]; /* "trial*count trial*count ..", cut where it is longer */
    double accuracy, loss;
} TestRow;

/* How far validation flatters the search's best trial (row 0) and the pool (row 1). */
typedef struct OptimismRow {
    char of[WORD_SIZE];
    Optimism optimism;
    double difference;
} OptimismRow;

extern const Hdf5Table TRIAL_TABLE, CURVE_TABLE, STAGE_TABLE, ELITE_TABLE, CONFIGURATION_TABLE, LEASE_TABLE,
    DECISION_TABLE, START_TABLE, PREFLIGHT_TABLE, TEST_TABLE, OPTIMISM_TABLE;

const char *
lease_outcome_name(uint8_t outcome);       /* "open", "finished", "lost", "crashed", "stopped", "paused" */
const char *verdict_name(uint8_t verdict); /* "promoted", "stopped" */
const char *end_outcome_name(uint8_t outcome); /* "finished", "none finished", "shard", "merged" */

/* Index of `word` among the names of 0 .. last, or last + 1. */
uint8_t word_index(const char *word, const char *(*name)(uint8_t), uint8_t last);

#endif

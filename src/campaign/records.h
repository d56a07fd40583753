/* What a campaign remembers: the records of its journal, each a plain struct with an encoding. The ledger is
 * what they add up to. Encodings are little-endian and checked as untrusted when read. */
#ifndef WINNOW_CAMPAIGN_RECORDS_H
#define WINNOW_CAMPAIGN_RECORDS_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/status.h"
#include "engine/trainer.h"
#include "ensemble/optimism.h"
#include "search/space.h"
#include "search/stopping.h"

#define JOURNAL_FORMAT_VERSION 4
/* Gone on with: 2 has no reports and decisions, 3 no selection part and no epochs of an ensemble's members,
 * and all else is alike. */
#define JOURNAL_OLDEST_VERSION 2
#define HOST_NAME_SIZE 64
#define REASON_SIZE 160
#define ARITHMETIC_SIZE 96
#define BLOB_NAME_SIZE 64

typedef enum RecordKind {
    RECORD_CAMPAIGN = 1, /* always the first */
    RECORD_DATA = 2,
    RECORD_START = 3,
    RECORD_PREFLIGHT = 4,
    RECORD_STAGE = 5,
    RECORD_DRAW = 6,
    RECORD_LEASE = 7,
    RECORD_MEMBER = 8,
    RECORD_TRIAL = 9,
    RECORD_ENSEMBLE = 10,
    RECORD_END = 11,
    RECORD_FAILURE = 12,
    RECORD_CHECKPOINT = 13,
    RECORD_REPORT = 14,
    RECORD_DECISION = 15,
    RECORD_LAST = RECORD_DECISION
} RecordKind;

typedef struct CampaignRecord {
    uint32_t format_version;
    char *name;        /* owned */
    char *config_name; /* owned: the file's name, for messages */
    char *config_text; /* owned: the YAML as given */
    uint64_t config_hash;
    double created; /* Unix seconds */
    char *versions; /* owned: "winnow 0.1.0; Open MPI ..; HDF5 ..; OpenBLAS .." */
} CampaignRecord;

/* What the results file says of the data. */
typedef struct DataRecord {
    uint64_t data_hash;
    Shape shape;
    uint32_t classes;
    uint64_t train_count, test_count;
    uint64_t validation_count;
    uint32_t *validation_index;  /* owned [validation_count], rows of the training file */
    uint16_t *validation_labels; /* owned [validation_count] */
    uint64_t period;
    float *mean, *deviation;    /* owned [period] */
    char **class_names;         /* owned [classes], each owned */
    uint64_t selection_count;   /* 0 for none */
    uint32_t *selection_index;  /* owned [selection_count], rows of the training file */
    uint16_t *selection_labels; /* owned [selection_count] */
} DataRecord;

/* The part of the data that ensembles are chosen on: the selection part, else that for validation. */
typedef struct ChoicePart {
    const char *name; /* "selection" or "validation" */
    uint64_t count;
    const uint16_t *labels; /* [count], borrowed from the record */
} ChoicePart;
ChoicePart data_choice_part(const DataRecord *data);

/* The command was started (again). */
typedef struct StartRecord {
    double time;
    uint32_t ranks;
    uint32_t process;
    char host[HOST_NAME_SIZE];
    char arithmetic[ARITHMETIC_SIZE]; /* of rank 0 */
    bool new_config;                  /* config_text replaces the campaign's (an allowed change) */
    char *config_text;                /* owned, "" unless new_config */
} StartRecord;

typedef struct PreflightRecord {
    uint64_t config_hash;
    char arithmetic[ARITHMETIC_SIZE];
    double gradient_error;              /* worst relative */
    double initial_loss, expected_loss; /* expected: ln(classes) */
    double subset_accuracy;             /* reached on the small subset, 1 is expected */
    double samples_per_second;          /* one trainer */
} PreflightRecord;

/* A stage began: the ranges it draws from, and why. */
typedef struct StageRecord {
    uint32_t stage;
    uint32_t parameter_count;
    Ranges before, after; /* of the stage before; for the first one both are the configured ones */
    uint8_t reason[SPACE_MAX_PARAMETERS]; /* ZoomReason */
    uint32_t elite_count;
    uint64_t *elites; /* owned, ids, best first */
} StageRecord;

typedef struct DrawRecord {
    uint64_t trial;
    uint32_t parameter_count;
    Draw draw;
} DrawRecord;

typedef enum LeaseOutcome {
    LEASE_OPEN,     /* running, or the coordinator died */
    LEASE_FINISHED, /* gave the trial's row */
    LEASE_LOST,     /* the worker fell silent */
    LEASE_CRASHED,  /* the trial's process died */
    LEASE_STOPPED,  /* orderly stop of the campaign */
    LEASE_PAUSED,   /* came to a rung of early stopping */
    LEASE_LAST = LEASE_PAUSED
} LeaseOutcome;

/* A trial was handed out (outcome open) or that lease ended; later records of the same lease replace earlier
 * ones. */
typedef struct LeaseRecord {
    uint64_t lease; /* counts from 1 through the whole campaign */
    uint64_t trial;
    uint32_t rank;
    char host[HOST_NAME_SIZE];
    double start, end;                /* Unix seconds; end NaN while open */
    uint32_t first_epoch, last_epoch; /* from 1; 0 for none */
    uint8_t outcome;                  /* LeaseOutcome */
} LeaseRecord;

/* A network that is kept lies safely in the folder FILE.h5.parts. */
typedef struct MemberRecord {
    uint64_t trial;
    uint64_t length; /* bytes of the blob */
    uint64_t hash;   /* hash64 of them */
    uint32_t epoch;
    char blob[BLOB_NAME_SIZE]; /* file name within the folder */
} MemberRecord;

/* The state of a running trial lies safely in the folder FILE.h5.parts; it replaces the one before. */
typedef struct CheckpointRecord {
    uint64_t trial;
    uint64_t length;                  /* bytes of the blob */
    uint64_t hash;                    /* hash64 of them */
    uint32_t epoch;                   /* epochs done, >= 1; as a value, 0 stands for no checkpoint */
    double seconds;                   /* training and evaluation in them, all leases together */
    char arithmetic[ARITHMETIC_SIZE]; /* only under the same one does it lead to the same bits */
    char blob[BLOB_NAME_SIZE];        /* file name within the folder */
} CheckpointRecord;

/* A finished trial: its row is its commit. A report is the same of a trial that has come to a rung of early
 * stopping and waits there: what it amounts to so far, with status TRIAL_STOPPED. */
typedef struct TrialRecord {
    uint64_t trial;
    uint32_t stage, number;
    TrainOutcome outcome;
    char reason[REASON_SIZE]; /* "" for completed */
    double started;           /* Unix seconds */
    uint32_t rank;
    char host[HOST_NAME_SIZE];
    char arithmetic[ARITHMETIC_SIZE];
    uint32_t curve_count;
    EpochRow *curve; /* owned [curve_count] */
} TrialRecord;

/* Early stopping has decided about a trial at a rung. It counts once the trial has come there, and may stand
 * here before (a campaign that repeats another's decisions). */
typedef struct DecisionRecord {
    uint64_t trial;
    uint32_t rung;   /* of the stage's, from 0 */
    uint32_t epoch;  /* of the rung */
    double metric;   /* the trial's best figure up to there */
    uint8_t verdict; /* Verdict */
} DecisionRecord;

typedef enum Verdict { VERDICT_PROMOTED, VERDICT_STOPPED, VERDICT_LAST = VERDICT_STOPPED } Verdict;

typedef struct EnsembleRecord {
    uint32_t member_count;
    uint64_t *members; /* owned [member_count], trial ids */
    uint32_t *counts;  /* owned [member_count] */
    uint32_t *epochs;  /* owned [member_count]: which network of the trial; in records from before there were
                          snapshots NULL, for that of its best epoch */
    uint32_t pick_count;
    double *metric_after_pick; /* owned [pick_count] */
    double val_accuracy, val_loss;
    bool has_test; /* the rest is NaN and empty without a test set */
    double test_accuracy, test_loss;
    uint64_t single; /* trial id of the best single network by validation, as the search has it */
    double single_val_accuracy, single_val_loss;
    double single_test_accuracy, single_test_loss;
    uint64_t test_count;
    uint32_t classes;
    float *test_probabilities; /* owned [test_count, classes] */
    bool on_selection; /* chosen, after each pick judged, on the selection part; else on validation, and
                          the rest is 0 */
    double selection_accuracy, selection_loss;
    double single_selection_accuracy, single_selection_loss;
    Optimism single_optimism, pool_optimism; /* of `single`, and of all networks that were to choose from */
} EnsembleRecord;

typedef enum CampaignOutcome {
    OUTCOME_FINISHED,
    OUTCOME_NONE_FINISHED, /* no trial completed */
    OUTCOME_SHARD,         /* this shard's part of the stage is done; the others are in files of their own */
    OUTCOME_MERGED         /* all that its shards held; the campaign goes on from here */
} CampaignOutcome;
/* With the first two nothing is left to do; the others end a file, and not the campaign. */
bool outcome_is_complete(uint8_t outcome);

/* The run ended in an error that the same command would meet again; the next start takes it back. */
typedef struct FailureRecord {
    double time;
    char reason[REASON_SIZE];
} FailureRecord;

typedef struct EndRecord {
    double time;
    uint8_t outcome; /* CampaignOutcome */
    char reason[REASON_SIZE];
} EndRecord;

/* One record of any kind. */
typedef struct Record {
    RecordKind kind;
    union {
        CampaignRecord campaign;
        DataRecord data;
        StartRecord start;
        PreflightRecord preflight;
        StageRecord stage;
        DrawRecord draw;
        LeaseRecord lease;
        MemberRecord member;
        TrialRecord trial; /* RECORD_TRIAL and RECORD_REPORT */
        DecisionRecord decision;
        EnsembleRecord ensemble;
        EndRecord end;
        FailureRecord failure;
        CheckpointRecord checkpoint;
    } as;
} Record;

/* Append the record's encoding: u8 kind, then its fields. */
void record_encode(const Record *record, ByteWriter *writer);

/* Decode one record that fills `data` exactly. STATUS_INPUT "record of kind K is damaged" where it does not,
 * or a count or enumeration cannot be. On failure nothing is owned. */
Status record_decode(Record *record, const void *data, size_t length) MUST_CHECK;

/* Release what the record owns; zeroed then as far as its kind goes, so of kind 0, which owns nothing. */
void record_release(Record *record);
/* The same where somebody else owns it by now. */
void record_given(Record *record);

/* A kept network as one blob: parameters and probabilities, with the network's JSON. */
typedef struct MemberBlob {
    uint64_t trial;
    uint32_t epoch;
    char *network; /* owned: JSON of network_spec_json */
    uint32_t block_count;
    struct MemberBlock {
        char layer[NETWORK_NAME_SIZE];
        char role[ARRAY_ROLE_SIZE];
        ArrayShape shape;
        float *values; /* owned, of that shape */
    } * blocks;        /* owned [block_count], in layer order */
    uint64_t examples;
    uint32_t classes;
    float *probabilities; /* owned [examples, classes], of the validation part */
    uint64_t selection_examples;
    float *selection_probabilities; /* owned [selection_examples, classes]; NULL where there are none */
    uint32_t snapshot_count;        /* at most SNAPSHOTS_MAX */
    struct MemberBlob *snapshots; /* owned [snapshot_count], by epoch: networks of the trial at other epochs;
                                     they have no snapshots of their own */
} MemberBlob;
/* The network of that epoch: the blob or one of its snapshots; NULL where there is none. */
const MemberBlob *member_blob_at(const MemberBlob *blob, uint32_t epoch);
/* The network's probabilities on the part that ensembles are chosen on (data_choice_part), borrowed, and of
 * how many examples. */
const float *member_choice_probabilities(const MemberBlob *blob);
uint64_t member_choice_examples(const MemberBlob *blob);
/* The record of a network whose blob has these bytes: its file is named "member-<trial>". */
MemberRecord member_record_of(uint64_t trial, uint32_t epoch, const void *blob, size_t length);
void member_blob_encode(const MemberBlob *blob, ByteWriter *writer);
Status member_blob_decode(MemberBlob *blob, const void *data, size_t length) MUST_CHECK;
void member_blob_release(MemberBlob *blob);

/* A trial between two epochs as one blob. */
typedef struct CheckpointBlob {
    uint64_t trial;
    uint32_t epoch; /* epochs done, >= 1 */
    char arithmetic[ARITHMETIC_SIZE];
    uint32_t curve_count; /* = epoch */
    EpochRow *curve;      /* owned [curve_count] */
    uint8_t *state;       /* owned [state_length]: what trainer_save wrote */
    size_t state_length;
} CheckpointBlob;
/* The record of a checkpoint whose blob has these bytes. Its file is named
 * "checkpoint-<trial>-<lease>-<epoch>": a rank that was given up and still trains never writes over
 * another's. */
CheckpointRecord checkpoint_record_of(const CheckpointBlob *blob, uint64_t lease, double seconds,
                                      const void *bytes, size_t length);
void checkpoint_blob_encode(const CheckpointBlob *blob, ByteWriter *writer);
Status checkpoint_blob_decode(CheckpointBlob *blob, const void *data, size_t length) MUST_CHECK;
void checkpoint_blob_release(CheckpointBlob *blob);

#endif

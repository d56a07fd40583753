#include "fixtures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "store/campaign_state.h"
#include "store/parts.h"
#include "store/paths.h"

#define YAML "name: made-up\nseed: 7\n# f\xC3\xBCr den Versuch\n"

static void must(Status status) {
    if (status == STATUS_OK) return;
    fprintf(stderr, "the fixture failed: %s\n", status_text());
    abort();
}

/* ---- configuration ---- */

static Value word(const char *text) {
    Value value = {.kind = VALUE_WORD};
    text_copy(value.word, sizeof(value.word), text);
    return value;
}

static Value number(ValueKind kind, double n, const char *text) {
    Value value = {.kind = kind, .number = n};
    text_copy(value.word, sizeof(value.word), text);
    return value;
}

static Parameter *add_parameter(Config *config, const char *name, Distribution distribution) {
    Parameter *parameter = &config->space.parameters[config->space.count++];
    parameter->distribution = distribution;
    text_copy(parameter->name, sizeof(parameter->name), name);
    return parameter;
}

static void add_choice(Config *config, const char *name, size_t count, const Value *values) {
    Parameter *parameter = add_parameter(config, name, count == 1 ? DIST_CONSTANT : DIST_CATEGORICAL);
    parameter->value_count = count;
    for (size_t i = 0; i < count; i++) {
        parameter->values[i] = values[i];
        parameter->probabilities[i] = 1.0 / (double)count;
    }
}

static void add_range(Config *config, const char *name, Distribution distribution, double min, double max) {
    Parameter *parameter = add_parameter(config, name, distribution);
    parameter->min = min;
    parameter->max = max;
}

static void when_nesterov(Config *config) {
    Parameter *parameter = &config->space.parameters[config->space.count - 1];
    parameter->condition_count = 1;
    parameter->conditions[0] = (Condition){.parameter = 0, .allowed = 1};
}

Config *fixture_config(void) {
    Config *config = NULL;
    must(memory_new(&config, 1, sizeof(*config)));
    text_copy(config->name, sizeof(config->name), "made-up");
    config->hash = 0xFEDCBA9876543210U;
    config->metric = METRIC_VAL_ACCURACY;
    config->ensemble = ensemble_rules_default();
    config->ensemble.pool = FIXTURE_POOL;
    config->has_ensemble = true;
    config->stage_count = 3;
    config->stages[0] = (StageSpec){.name = "coarse", .trials = 6, .replicates = 1};
    config->stages[1] = (StageSpec){.name = "fine", .trials = 4, .replicates = 2, .confirms = true};
    config->stages[2] = (StageSpec){.name = "last", .trials = 1, .replicates = 1};
    add_choice(config, "optimizer", 2, (Value[]){word("nesterov"), word("adam")});
    add_range(config, "learning_rate", DIST_LOG_UNIFORM_VALUES, 1e-4, 1);
    add_range(config, "momentum", DIST_REVERSE_LOG_UNIFORM_VALUES, 0.5, 0.99);
    when_nesterov(config);
    add_choice(config, "batch_size", 2,
               (Value[]){number(VALUE_INTEGER, 32, "32"), number(VALUE_INTEGER, 64, "64")});
    add_range(config, "hidden", DIST_INT_UNIFORM, 16, 64);
    config->space.parameters[config->space.count - 1].integer = true;
    add_choice(config, "mixed", 2, (Value[]){word("auto"), number(VALUE_NUMBER, 0.5, "0.5")});
    add_choice(config, "kind", 2,
               (Value[]){word("a"), word("gr\xC3\xBC"
                                         "n")});
    when_nesterov(config);
    add_choice(config, "fixed", 1, (Value[]){number(VALUE_INTEGER, 8, "8")});
    when_nesterov(config);
    return config;
}

void fixture_config_free(Config *config) {
    free(config);
}

/* ---- records ---- */

typedef struct Feed {
    JournalVisitor visit;
    void *context;
    const char *file;
    Config *config;
} Feed;

static char *text_new(const char *text) {
    char *copy = NULL;
    must(memory_text(&copy, text));
    return copy;
}

/* Owned room for an array of a record. */
static void *array_new(size_t count, size_t size) {
    void *array = NULL;
    must(memory_new(&array, count, size));
    return array;
}

static Status feed_campaign(const Feed *feed) {
    Record record = {.kind = RECORD_CAMPAIGN,
                     .as.campaign = {.format_version = JOURNAL_FORMAT_VERSION,
                                     .name = text_new("made-up"),
                                     .config_name = text_new("made-up.yaml"),
                                     .config_text = text_new(YAML),
                                     .config_hash = feed->config->hash,
                                     .created = 1700000000.5,
                                     .versions = text_new("winnow 0.1.0; no MPI; HDF5 made up")}};
    return feed->visit(feed->context, &record);
}

static Status feed_data(const Feed *feed) {
    Record record = {.kind = RECORD_DATA,
                     .as.data = {.data_hash = 0x8000000000000001U,
                                 .shape = {4, 2, 1},
                                 .classes = FIXTURE_CLASSES,
                                 .train_count = 20,
                                 .test_count = 5,
                                 .validation_count = FIXTURE_EXAMPLES,
                                 .validation_index = array_new(FIXTURE_EXAMPLES, sizeof(uint32_t)),
                                 .validation_labels = array_new(FIXTURE_EXAMPLES, sizeof(uint16_t)),
                                 .selection_count = FIXTURE_SELECTION,
                                 .selection_index = array_new(FIXTURE_SELECTION, sizeof(uint32_t)),
                                 .selection_labels = array_new(FIXTURE_SELECTION, sizeof(uint16_t)),
                                 .period = 2,
                                 .mean = array_new(2, sizeof(float)),
                                 .deviation = array_new(2, sizeof(float)),
                                 .class_names = array_new(FIXTURE_CLASSES, sizeof(char *))}};
    DataRecord *data = &record.as.data;
    for (uint32_t i = 0; i < FIXTURE_EXAMPLES; i++) {
        data->validation_index[i] = 3 * i + 1;
        data->validation_labels[i] = (uint16_t)(i % FIXTURE_CLASSES);
    }
    for (uint32_t i = 0; i < FIXTURE_SELECTION; i++) {
        data->selection_index[i] = 3 * i + 2;
        data->selection_labels[i] = (uint16_t)(FIXTURE_CLASSES - 1 - i);
    }
    for (uint32_t i = 0; i < 2; i++) {
        data->mean[i] = 72.5F + (float)i;
        data->deviation[i] = 90.25F + (float)i;
    }
    data->class_names[0] = text_new("coat");
    data->class_names[1] = text_new("h\xC3\xA4t");
    data->class_names[2] = text_new("");
    return feed->visit(feed->context, &record);
}

static Status feed_start(const Feed *feed, uint32_t i) {
    Record record = {.kind = RECORD_START,
                     .as.start = {.time = 1700000001.0 + i,
                                  .ranks = 4 + i,
                                  .process = 1000 + i,
                                  .host = "node7",
                                  .arithmetic = "avx512",
                                  .config_text = text_new("")}};
    return feed->visit(feed->context, &record);
}

static Status feed_preflight(const Feed *feed) {
    Record record = {.kind = RECORD_PREFLIGHT,
                     .as.preflight = {.config_hash = feed->config->hash,
                                      .arithmetic = "avx512",
                                      .gradient_error = 1e-9,
                                      .initial_loss = 1.0985,
                                      .expected_loss = 1.0986,
                                      .subset_accuracy = 1,
                                      .samples_per_second = 125000}};
    return feed->visit(feed->context, &record);
}

static Status feed_stage(const Feed *feed, uint32_t stage) {
    const Space *space = &feed->config->space;
    Record record = {.kind = RECORD_STAGE,
                     .as.stage = {.stage = stage,
                                  .parameter_count = (uint32_t)space->count,
                                  .before = space_ranges(space),
                                  .after = space_ranges(space),
                                  .elite_count = stage == 1 ? 2 : 0,
                                  .elites = array_new(2, sizeof(uint64_t))}};
    StageRecord *out = &record.as.stage;
    for (size_t i = 0; i < space->count; i++)
        out->reason[i] = ZOOM_KEPT;
    if (stage == 1) {
        out->elites[0] = 4;
        out->elites[1] = 1;
        out->reason[0] = ZOOM_CATEGORIES;
        out->after.range[0].allowed = 1;
        out->reason[1] = ZOOM_GREW_HIGH;
        out->after.range[1] = (Range){.min = 0.01, .max = 3};
    }
    return feed->visit(feed->context, &record);
}

/* Even trials are nesterov's, odd ones adam's. */
static Status feed_draw(const Feed *feed, uint64_t trial) {
    Record record = {.kind = RECORD_DRAW,
                     .as.draw = {.trial = trial, .parameter_count = (uint32_t)feed->config->space.count}};
    DrawnValue *value = record.as.draw.draw.value;
    bool nesterov = trial % 2 == 0;
    value[0] = (DrawnValue){.present = true, .choice = nesterov ? 0 : 1};
    value[1] = (DrawnValue){.present = true, .number = 0.1 / (double)(trial + 3)};
    value[2] = (DrawnValue){.present = nesterov, .number = nesterov ? 0.9 + (double)trial / 1000 : 0};
    value[3] =
        (DrawnValue){.present = true, .number = trial % 3 == 0 ? 32 : 64, .choice = trial % 3 == 0 ? 0 : 1};
    value[4] = (DrawnValue){.present = true, .number = 16 + (double)trial};
    value[5] = (DrawnValue){.present = true, .number = nesterov ? 0 : 0.5, .choice = nesterov ? 0 : 1};
    value[6] = (DrawnValue){.present = nesterov, .choice = nesterov ? 1 : 0};
    value[7] = (DrawnValue){.present = nesterov, .number = nesterov ? 8 : 0};
    return feed->visit(feed->context, &record);
}

static Status feed_lease(const Feed *feed, uint64_t lease, uint64_t trial, LeaseOutcome outcome) {
    Record record = {.kind = RECORD_LEASE,
                     .as.lease = {.lease = lease,
                                  .trial = trial,
                                  .rank = (uint32_t)(trial % 4),
                                  .host = "node7",
                                  .start = 1700000100.0 + (double)lease,
                                  .end = outcome == LEASE_OPEN ? NAN : 1700000200.0 + (double)lease,
                                  .first_epoch = outcome == LEASE_OPEN ? 0 : 1,
                                  .last_epoch = outcome == LEASE_OPEN ? 0 : 2,
                                  .outcome = (uint8_t)outcome}};
    return feed->visit(feed->context, &record);
}

/* At a rung after one epoch all of the first stage's trials go on, at the next, after two, one does not. */
static Status feed_decisions(const Feed *feed) {
    for (uint64_t i = 0; i < FIXTURE_DECISIONS; i++) {
        uint64_t trial = i < 6 ? 5 - i : 5;
        Record record = {.kind = RECORD_DECISION,
                         .as.decision = {.trial = trial,
                                         .rung = i < 6 ? 0 : 1,
                                         .epoch = i < 6 ? 1 : 2,
                                         .metric = 0.5 + (double)trial / 64,
                                         .verdict = i < 6 ? VERDICT_PROMOTED : VERDICT_STOPPED}};
        TRY(feed->visit(feed->context, &record));
    }
    return STATUS_OK;
}

/* The layers' order in the network is not the names' order. */
static const char *const MEMBER_NETWORK =
    "{\"input\":[4,2,1],\"classes\":3,\"loss\":\"softmax_cross_entropy\",\"layers\":["
    "{\"kind\":\"conv2d\",\"name\":\"see\",\"from\":[\"input\"],\"filters\":2,\"kernel\":[3,2],\"stride\":[1,"
    "1],"
    "\"padding\":\"same\"},"
    "{\"kind\":\"batch_norm\",\"name\":\"even\",\"from\":[\"see\"],\"momentum\":0.9,\"epsilon\":1e-5},"
    "{\"kind\":\"dense\",\"name\":\"wide\",\"from\":[\"even\"],\"units\":5},"
    "{\"kind\":\"relu\",\"name\":\"relu1\",\"from\":[\"wide\"]},"
    "{\"kind\":\"dense\",\"name\":\"out\",\"from\":[\"relu1\"],\"units\":3}]}";

static const struct {
    const char *layer, *role;
    ArrayShape shape;
} MEMBER_ARRAYS[] = {
    {"see", "weight", {4, {3, 2, 1, 2}}}, {"see", "bias", {1, {2}}},
    {"even", "scale", {1, {2}}},          {"even", "shift", {1, {2}}},
    {"even", "mean", {1, {2}}},           {"even", "variance", {1, {2}}},
    {"wide", "weight", {2, {16, 5}}},     {"wide", "bias", {1, {5}}},
    {"out", "weight", {2, {5, 3}}},       {"out", "bias", {1, {3}}},
};
#define MEMBER_ARRAY_COUNT (sizeof MEMBER_ARRAYS / sizeof MEMBER_ARRAYS[0])

/* Its numbers go up from `first`. */
static MemberBlob made_up_network(uint64_t trial, uint32_t epoch, uint64_t first) {
    MemberBlob blob = {.trial = trial,
                       .epoch = epoch,
                       .network = text_new(MEMBER_NETWORK),
                       .block_count = MEMBER_ARRAY_COUNT,
                       .blocks = array_new(MEMBER_ARRAY_COUNT, sizeof(struct MemberBlock)),
                       .examples = FIXTURE_EXAMPLES,
                       .classes = FIXTURE_CLASSES,
                       .probabilities = array_new((size_t)FIXTURE_EXAMPLES * FIXTURE_CLASSES, sizeof(float)),
                       .selection_examples = FIXTURE_SELECTION,
                       .selection_probabilities =
                           array_new((size_t)FIXTURE_SELECTION * FIXTURE_CLASSES, sizeof(float))};
    for (size_t i = 0; i < MEMBER_ARRAY_COUNT; i++) {
        struct MemberBlock *block = &blob.blocks[i];
        text_copy(block->layer, sizeof(block->layer), MEMBER_ARRAYS[i].layer);
        text_copy(block->role, sizeof(block->role), MEMBER_ARRAYS[i].role);
        block->shape = MEMBER_ARRAYS[i].shape;
        size_t count = 1;
        for (size_t d = 0; d < block->shape.rank; d++)
            count *= block->shape.dims[d];
        block->values = array_new(count, sizeof(float));
        for (size_t j = 0; j < count; j++)
            block->values[j] = (float)first + (float)i / 4 + (float)j / 64;
    }
    for (size_t j = 0; j < (size_t)FIXTURE_EXAMPLES * FIXTURE_CLASSES; j++)
        blob.probabilities[j] = (float)(first + j) / 32;
    for (size_t j = 0; j < (size_t)FIXTURE_SELECTION * FIXTURE_CLASSES; j++)
        blob.selection_probabilities[j] = (float)(first + j) / 64;
    return blob;
}

MemberBlob fixture_member(uint64_t trial) {
    static const uint32_t epochs[] = {1, 3, 12};
    MemberBlob blob = made_up_network(trial, 2, trial);
    if (trial != FIXTURE_WITH_SNAPSHOTS) return blob;
    blob.snapshot_count = sizeof(epochs) / sizeof(epochs[0]);
    blob.snapshots = array_new(blob.snapshot_count, sizeof(*blob.snapshots));
    for (uint32_t i = 0; i < blob.snapshot_count; i++)
        blob.snapshots[i] = made_up_network(trial, epochs[i], 10 * (uint64_t)epochs[i]);
    return blob;
}

static Status feed_member(const Feed *feed, uint64_t trial) {
    Record record = {
        .kind = RECORD_MEMBER,
        .as.member = {.trial = trial, .length = 1, .hash = trial, .epoch = 2, .blob = "member-none"}};
    if (feed->file != NULL) {
        ByteWriter bytes = {0};
        MemberBlob blob = fixture_member(trial);
        member_blob_encode(&blob, &bytes);
        must(bytes_writer_status(&bytes));
        record.as.member = member_record_of(trial, blob.epoch, bytes.data, bytes.length);
        must(parts_write(feed->file, record.as.member.blob, bytes.data, bytes.length));
        member_blob_release(&blob);
        bytes_writer_release(&bytes);
    }
    return feed->visit(feed->context, &record);
}

/* 0 .. 5 in stage 0, the rest in stage 1; 2 diverged, 3 failed, 5 was stopped. */
static TrialStatus status_of(uint64_t trial) {
    return trial == 2   ? TRIAL_DIVERGED
           : trial == 3 ? TRIAL_FAILED
           : trial == 5 ? TRIAL_STOPPED
                        : TRIAL_COMPLETED;
}

static void fill_curve(TrialRecord *trial) {
    trial->curve = array_new(trial->curve_count, sizeof(EpochRow));
    for (uint32_t i = 0; i < trial->curve_count; i++) {
        double x = (double)trial->trial + i / 8.0;
        trial->curve[i] = (EpochRow){.epoch = i + 1,
                                     .learning_rate = 0.1,
                                     .momentum = trial->trial % 2 == 0 ? 0.9 : NAN,
                                     .train_loss = x + 0.1,
                                     .train_accuracy = x + 0.2,
                                     .val_loss = x + 0.3,
                                     .val_accuracy = x + 0.4,
                                     .update_ratio = 1e-3,
                                     .seconds = 0.5};
    }
}

static Status feed_trial(const Feed *feed, uint64_t trial) {
    TrialStatus status = status_of(trial);
    bool figures = status != TRIAL_FAILED;
    Record record = {
        .kind = RECORD_TRIAL,
        .as.trial = {.trial = trial,
                     .stage = trial < 6 ? 0 : 1,
                     .number = (uint32_t)(trial < 6 ? trial : trial - 6),
                     .outcome = {.status = status,
                                 .epochs = figures ? 2 : 0,
                                 .best_epoch = figures ? 2 : 0,
                                 .val_accuracy = figures ? 0.5 + (double)((7 * trial) % 9) / 100 : NAN,
                                 .val_loss = figures ? 1.0 / (double)(trial + 1) : NAN,
                                 .train_loss = figures ? 0.5 / (double)(trial + 1) : NAN,
                                 .seconds = 3.5 + (double)trial,
                                 .samples_per_second = 1e5 + (double)trial,
                                 .weights_hash = 0xF000000000000000U + trial},
                     .started = 1700000300.25 + (double)trial,
                     .rank = (uint32_t)(trial % 4),
                     .host = "node7",
                     .arithmetic = "avx512",
                     .curve_count = figures ? 2 : 0}};
    const char *reason = status == TRIAL_COMPLETED ? "" : "a reason; with \"quotes\"";
    text_copy(record.as.trial.reason, REASON_SIZE, reason);
    fill_curve(&record.as.trial);
    return feed->visit(feed->context, &record);
}

static Status feed_ensemble(const Feed *feed) {
    Record record = {.kind = RECORD_ENSEMBLE,
                     .as.ensemble = {.member_count = 2,
                                     .members = array_new(2, sizeof(uint64_t)),
                                     .epochs = array_new(2, sizeof(uint32_t)),
                                     .counts = array_new(2, sizeof(uint32_t)),
                                     .pick_count = 3,
                                     .metric_after_pick = array_new(3, sizeof(double)),
                                     .val_accuracy = 0.75,
                                     .val_loss = 0.6,
                                     .has_test = true,
                                     .test_accuracy = 0.8,
                                     .test_loss = 0.7,
                                     .single = 7,
                                     .single_val_accuracy = 0.7,
                                     .single_val_loss = 0.65,
                                     .single_test_accuracy = 0.6,
                                     .single_test_loss = 0.9,
                                     .test_count = 5,
                                     .classes = FIXTURE_CLASSES,
                                     .test_probabilities = array_new(15, sizeof(float)),
                                     .on_selection = true,
                                     .selection_accuracy = 0.5,
                                     .selection_loss = 0.55,
                                     .single_selection_accuracy = 0.45,
                                     .single_selection_loss = 0.85,
                                     .single_optimism = {1, 0.7, 0.45, 0.125},
                                     .pool_optimism = {3, 0.65, 0.5, 0.25}}};
    EnsembleRecord *ensemble = &record.as.ensemble;
    ensemble->members[0] = 7;
    ensemble->members[1] = 6;
    ensemble->epochs[0] = 3;
    ensemble->epochs[1] = 2;
    ensemble->counts[0] = 2;
    ensemble->counts[1] = 1;
    for (int i = 0; i < 3; i++)
        ensemble->metric_after_pick[i] = 0.7 + i / 40.0;
    for (int i = 0; i < 15; i++)
        ensemble->test_probabilities[i] = (float)i / 16;
    return feed->visit(feed->context, &record);
}

/* The best three, and one that was among them once. */
static bool has_member(uint64_t trial) {
    return trial == 1 || trial == 6 || trial == 7 || trial == FIXTURE_SUPERSEDED;
}

static Status feed_all(const Feed *feed, bool complete) {
    TRY(feed_campaign(feed));
    TRY(feed_data(feed));
    TRY(feed_start(feed, 0));
    TRY(feed_start(feed, 1));
    TRY(feed_preflight(feed));
    for (uint32_t stage = 0; stage < 2; stage++)
        TRY(feed_stage(feed, stage));
    uint64_t lease = 0;
    for (uint64_t trial = 0; trial < FIXTURE_DRAWN; trial++) {
        TRY(feed_draw(feed, trial));
        TRY(feed_lease(feed, ++lease, trial, LEASE_OPEN));
        if (trial == 5) TRY(feed_decisions(feed));
        if (trial == 3) {
            TRY(feed_lease(feed, lease, trial, LEASE_LOST));
            TRY(feed_lease(feed, ++lease, trial, LEASE_CRASHED));
        }
        if (trial >= FIXTURE_TRIALS) continue;
        if (trial != 3) TRY(feed_lease(feed, lease, trial, LEASE_FINISHED));
        if (has_member(trial)) TRY(feed_member(feed, trial));
        TRY(feed_trial(feed, trial));
    }
    if (!complete) return STATUS_OK;
    TRY(feed_ensemble(feed));
    Record end = {.kind = RECORD_END, .as.end = {.time = 1700009999.5, .reason = "all stages are done"}};
    return feed->visit(feed->context, &end);
}

Status fixture_records(const char *file, bool complete, JournalVisitor visit, void *context) {
    Feed feed = {.visit = visit, .context = context, .file = file, .config = fixture_config()};
    Status status = feed_all(&feed, complete);
    fixture_config_free(feed.config);
    return status;
}

static Status apply(void *context, Record *record) {
    return ledger_apply(context, record);
}

Ledger *fixture_ledger(const char *file, bool complete) {
    Ledger *ledger = NULL;
    must(ledger_create(&ledger));
    must(fixture_records(file, complete, apply, ledger));
    return ledger;
}

/* ---- comparing ---- */

typedef struct Lines {
    Text text; /* one line of hexadecimal digits a record */
    bool from_file;
} Lines;

static Status add_line(void *context, Record *record) {
    Lines *lines = context;
    ByteWriter bytes = {0};
    if (lines->from_file && record->kind == RECORD_MEMBER && record->as.member.trial == FIXTURE_SUPERSEDED) {
        return STATUS_OK;
    }
    if (lines->from_file && record->kind == RECORD_MEMBER) {
        record->as.member.length = record->as.member.hash = 0;
        memset(record->as.member.blob, 0, BLOB_NAME_SIZE);
    }
    if (lines->from_file && record->kind == RECORD_TRIAL &&
        record->as.trial.outcome.status == TRIAL_DIVERGED) {
        TrainOutcome *outcome = &record->as.trial.outcome;
        outcome->val_accuracy = outcome->val_loss = outcome->train_loss = NAN;
    }
    record_encode(record, &bytes);
    for (size_t i = 0; i < bytes.length; i++)
        text_add(&lines->text, "%02x", bytes.data[i]);
    text_add(&lines->text, "\n");
    bytes_writer_release(&bytes);
    record_release(record);
    return STATUS_OK;
}

bool fixture_equal(const Ledger *a, const Ledger *b, bool from_file) {
    Lines first = {.from_file = from_file}, second = {.from_file = from_file};
    must(ledger_replay(a, add_line, &first));
    must(ledger_replay(b, add_line, &second));
    const char *x = text_of(&first.text), *y = text_of(&second.text);
    bool equal = strcmp(x, y) == 0;
    size_t line = 0, at = 0;
    for (; !equal && x[at] == y[at] && x[at] != '\0'; at++)
        line += x[at] == '\n';
    if (!equal) fprintf(stderr, "\n  record %zu differs, near %.60s | %.60s\n", line, x + at, y + at);
    text_release(&first.text);
    text_release(&second.text);
    return equal;
}

/* ---- files ---- */

unsigned char *fixture_read(const char *path, size_t *length) {
    char *data = NULL;
    must(file_read(path, SIZE_MAX / 2, &data, length));
    return (unsigned char *)data;
}

void fixture_write(const char *path, const void *data, size_t length) {
    FILE *file = fopen(path, "wb"); /* not synced: there are many of them */
    if (file == NULL || fwrite(data, 1, length, file) != length || fclose(file) != 0) {
        perror(path);
        abort();
    }
}

void fixture_clean(const char *file) {
    static const char *const endings[] = {"", ".tmp", ".journal", ".journal.tmp", ".lock"};
    parts_remove_all(file);
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        char *path = NULL;
        must(campaign_path(&path, file, endings[i]));
        (void)unlink(path);
        free(path);
    }
}

bool fixture_failed(Status status, const char *part) {
    if (status == STATUS_ENVIRONMENT && strstr(status_text(), part) != NULL) return true;
    fprintf(stderr, "\n  expected '%s', got %d '%s'\n", part, (int)status, status_text());
    return false;
}

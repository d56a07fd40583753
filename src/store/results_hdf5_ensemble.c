#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "store/replay.h"
#include "store/results_hdf5_pieces.h"

#define GROUP "/ensemble"

/* Single numbers of the group, as data sets without dimensions. */
typedef struct Figure {
    const char *path;
    size_t offset;
} Figure;
static const Figure FIGURES[] = {
    {GROUP "/val_accuracy", offsetof(EnsembleRecord, val_accuracy)},
    {GROUP "/val_loss", offsetof(EnsembleRecord, val_loss)},
    {GROUP "/test_accuracy", offsetof(EnsembleRecord, test_accuracy)},
    {GROUP "/test_loss", offsetof(EnsembleRecord, test_loss)},
    {GROUP "/single_val_accuracy", offsetof(EnsembleRecord, single_val_accuracy)},
    {GROUP "/single_val_loss", offsetof(EnsembleRecord, single_val_loss)},
    {GROUP "/single_test_accuracy", offsetof(EnsembleRecord, single_test_accuracy)},
    {GROUP "/single_test_loss", offsetof(EnsembleRecord, single_test_loss)},
};
#define FIGURE_COUNT (sizeof(FIGURES) / sizeof(FIGURES[0]))

/* There where the ensemble was chosen on the selection part. */
static const Figure SELECTION_FIGURES[] = {
    {GROUP "/selection_accuracy", offsetof(EnsembleRecord, selection_accuracy)},
    {GROUP "/selection_loss", offsetof(EnsembleRecord, selection_loss)},
    {GROUP "/single_selection_accuracy", offsetof(EnsembleRecord, single_selection_accuracy)},
    {GROUP "/single_selection_loss", offsetof(EnsembleRecord, single_selection_loss)},
};
#define SELECTION_FIGURE_COUNT (sizeof(SELECTION_FIGURES) / sizeof(SELECTION_FIGURES[0]))

static bool is_test_figure(const Figure *figure) {
    return strstr(figure->path, "test") != NULL;
}

static Status write_figures(const Hdf5File *file, const EnsembleRecord *record, const Figure *figures,
                            size_t count) {
    for (size_t i = 0; i < count; i++) {
        double value = NAN;
        if (record->has_test || !is_test_figure(&figures[i])) {
            memcpy(&value, (const char *)record + figures[i].offset, sizeof(value));
        }
        TRY(hdf5_write_array(file, figures[i].path, HDF5_F64, 0, NULL, &value));
    }
    return STATUS_OK;
}

/* ---- what the selection part says ---- */

static const char *const OPTIMISM_OF[] = {"best trial", "pool"};

/* What the rows of the table are. */
typedef struct OptimismRows {
    Optimism *of[2];
    MetricKind metric;
    uint64_t count;
} OptimismRows;

static Status fill_optimism(void *context, uint64_t index, void *row) {
    const OptimismRows *rows = context;
    OptimismRow *out = row;
    text_copy(out->of, sizeof(out->of), OPTIMISM_OF[index]);
    out->optimism = *rows->of[index];
    out->difference = optimism_difference(rows->metric, rows->of[index]);
    return STATUS_OK;
}

static Status take_optimism(void *context, uint64_t index, const void *row) {
    OptimismRows *rows = context;
    const OptimismRow *found = row;
    if (index < 2) *rows->of[index] = found->optimism;
    rows->count = index + 1;
    return STATUS_OK;
}

static Status write_selection(const Hdf5File *file, MetricKind metric, const EnsembleRecord *record) {
    Optimism single = record->single_optimism, pool = record->pool_optimism;
    OptimismRows rows = {.of = {&single, &pool}, .metric = metric};
    TRY(hdf5_put_text(file, GROUP, "chosen_on", record->on_selection ? "selection" : "validation"));
    if (!record->on_selection) return STATUS_OK;
    TRY(write_figures(file, record, SELECTION_FIGURES, SELECTION_FIGURE_COUNT));
    return hdf5_write_table(file, &OPTIMISM_TABLE, 2, fill_optimism, &rows);
}

/* ---- how often the test set was asked, and what it said: earlier files' rows, then this ensemble's ---- */

typedef struct TestRows {
    uint64_t count;
    size_t capacity;
    TestRow *rows; /* owned */
} TestRows;

static Status take_row(void *context, uint64_t index, const void *row) {
    TestRows *tests = context;
    TRY(memory_grow(&tests->rows, &tests->capacity, (size_t)index + 1, sizeof(TestRow)));
    memcpy(&tests->rows[index], row, sizeof(TestRow));
    tests->count = index + 1;
    return STATUS_OK;
}

static Status fill_row(void *context, uint64_t index, void *row) {
    const TestRows *tests = context;
    memcpy(row, &tests->rows[index], sizeof(TestRow));
    return STATUS_OK;
}

/* "12*3 12@5*1": the epoch where it is a snapshot's. */
static Status describe(const Ledger *ledger, const TestEvaluation *test, TestRow *row) {
    Text members = {0};
    for (size_t i = 0; i < test->member_count; i++) {
        text_add(&members, "%s%llu", i > 0 ? " " : "", (unsigned long long)test->members[i]);
        if (ledger_is_snapshot(ledger, test->members[i], test->epochs[i]))
            text_add(&members, "@%u", test->epochs[i]);
        text_add(&members, "*%u", test->counts[i]);
    }
    *row = (TestRow){.time = test->time, .accuracy = test->accuracy, .loss = test->loss};
    text_copy(row->members, sizeof(row->members), text_of(&members));
    bool failed = members.failed;
    text_release(&members);
    return failed ? status_fail(STATUS_ENVIRONMENT, "out of memory") : STATUS_OK;
}

/* That of the campaign's own ensemble. */
static TestEvaluation own_test(const Ledger *ledger) {
    const EnsembleRecord *record = &ledger->ensemble;
    return (TestEvaluation){.time = ledger->ended ? ledger->end.time : clock_unix(),
                            .member_count = record->member_count,
                            .members = record->members,
                            .epochs = record->epochs,
                            .counts = record->counts,
                            .accuracy = record->test_accuracy,
                            .loss = record->test_loss};
}

/* Writing the same evaluation again is not a new one. */
static bool known(const TestRows *tests, const TestRow *row) {
    for (uint64_t i = 0; i < tests->count; i++) {
        const TestRow *old = &tests->rows[i];
        if (strcmp(old->members, row->members) == 0 && old->accuracy == row->accuracy &&
            old->loss == row->loss) {
            return true;
        }
    }
    return false;
}

static Status collect(const ResultsSource *source, TestRows *tests) {
    if (source->previous != NULL && hdf5_has(source->previous, TEST_TABLE.path)) {
        TRY(hdf5_read_table(source->previous, &TEST_TABLE, take_row, tests));
    }
    TestRow row;
    if (source->ledger->has_ensemble && source->ledger->ensemble.has_test) {
        TestEvaluation own = own_test(source->ledger);
        TRY(describe(source->ledger, &own, &row));
        if (!known(tests, &row)) TRY(take_row(tests, tests->count, &row));
    }
    if (source->test == NULL) return STATUS_OK;
    TRY(describe(source->ledger, source->test, &row));
    return take_row(tests, tests->count, &row);
}

static Status write_tests(const Hdf5File *file, const ResultsSource *source) {
    TestRows tests = {0};
    Status status = collect(source, &tests);
    if (status == STATUS_OK) status = hdf5_write_table(file, &TEST_TABLE, tests.count, fill_row, &tests);
    free(tests.rows);
    return status;
}

static Status write_record(const Hdf5File *file, const Config *config, const EnsembleRecord *record) {
    uint64_t members = record->member_count, picks = record->pick_count;
    uint64_t probabilities[2] = {record->has_test ? record->test_count : 0, record->classes};
    uint8_t has_test = record->has_test;
    TRY(hdf5_write_array(file, GROUP "/members", HDF5_U64, 1, &members, record->members));
    TRY(hdf5_write_array(file, GROUP "/epochs", HDF5_U32, 1, &members, record->epochs));
    TRY(hdf5_write_array(file, GROUP "/counts", HDF5_U32, 1, &members, record->counts));
    TRY(hdf5_write_array(file, GROUP "/metric_after_pick", HDF5_F64, 1, &picks, record->metric_after_pick));
    TRY(hdf5_write_array(file, GROUP "/test_probabilities", HDF5_F32, 2, probabilities,
                         record->test_probabilities));
    TRY(write_figures(file, record, FIGURES, FIGURE_COUNT));
    TRY(hdf5_write_array(file, GROUP "/single_trial", HDF5_U64, 0, NULL, &record->single));
    TRY(hdf5_put_number(file, GROUP, "has_test", HDF5_U8, &has_test));
    TRY(hdf5_put_text(file, GROUP, "method", ensemble_method_name(config->ensemble.method)));
    TRY(hdf5_put_text(file, GROUP, "metric", metric_name(config->metric)));
    return write_selection(file, config->metric, record);
}

Status write_ensemble(const Hdf5File *file, const ResultsSource *source) {
    TRY(write_tests(file, source));
    if (!replay_has_ensemble(source->ledger)) return STATUS_OK;
    return write_record(file, source->config, &source->ledger->ensemble);
}

static Status read_figures(const Hdf5File *file, EnsembleRecord *record, const Figure *figures,
                           size_t count) {
    for (size_t i = 0; i < count; i++) {
        double *value = NULL;
        TRY(hdf5_read_array(file, figures[i].path, HDF5_F64, 0, NULL, &value));
        memcpy((char *)record + figures[i].offset, value, sizeof(*value));
        free(value);
    }
    return STATUS_OK;
}

static Status read_single(const Hdf5File *file, EnsembleRecord *record) {
    uint64_t *single = NULL;
    TRY(hdf5_read_array(file, GROUP "/single_trial", HDF5_U64, 0, NULL, &single));
    record->single = *single;
    free(single);
    return STATUS_OK;
}

/* Files of campaigns without a selection part have none of it. */
static Status read_selection(const Hdf5File *file, EnsembleRecord *record) {
    OptimismRows rows = {.of = {&record->single_optimism, &record->pool_optimism}};
    record->on_selection = hdf5_has(file, OPTIMISM_TABLE.path);
    if (!record->on_selection) return STATUS_OK;
    TRY(read_figures(file, record, SELECTION_FIGURES, SELECTION_FIGURE_COUNT));
    TRY(hdf5_read_table(file, &OPTIMISM_TABLE, take_optimism, &rows));
    return rows.count == 2 ? STATUS_OK : hdf5_refuse(file, "%s is damaged", OPTIMISM_TABLE.path);
}

static Status read_record(const Hdf5File *file, EnsembleRecord *record) {
    uint64_t members = 0, epochs = 0, counts = 0, picks = 0, probabilities[2] = {0};
    uint8_t has_test = 0;
    TRY(hdf5_read_array(file, GROUP "/members", HDF5_U64, 1, &members, &record->members));
    TRY(hdf5_read_array(file, GROUP "/counts", HDF5_U32, 1, &counts, &record->counts));
    bool has_epochs = hdf5_has(file, GROUP "/epochs"); /* older files have none */
    if (has_epochs) TRY(hdf5_read_array(file, GROUP "/epochs", HDF5_U32, 1, &epochs, &record->epochs));
    TRY(hdf5_read_array(file, GROUP "/metric_after_pick", HDF5_F64, 1, &picks, &record->metric_after_pick));
    TRY(hdf5_read_array(file, GROUP "/test_probabilities", HDF5_F32, 2, probabilities,
                        &record->test_probabilities));
    TRY(read_figures(file, record, FIGURES, FIGURE_COUNT));
    TRY(read_single(file, record));
    TRY(read_selection(file, record));
    TRY(hdf5_get_number(file, GROUP, "has_test", HDF5_U8, &has_test));
    if (members != counts || (has_epochs && members != epochs) || members > UINT32_MAX ||
        picks > UINT32_MAX || probabilities[1] > UINT32_MAX) {
        return hdf5_refuse(file, GROUP " holds arrays that do not fit together");
    }
    record->member_count = (uint32_t)members;
    record->pick_count = (uint32_t)picks;
    record->has_test = has_test != 0;
    record->test_count = probabilities[0];
    record->classes = (uint32_t)probabilities[1];
    return STATUS_OK;
}

Status read_ensemble(const Hdf5File *file, JournalVisitor visit, void *context) {
    if (!hdf5_has(file, GROUP "/members")) return STATUS_OK;
    Record record = {.kind = RECORD_ENSEMBLE};
    Status status = read_record(file, &record.as.ensemble);
    if (status == STATUS_OK) status = replay_copy(&record, visit, context);
    record_release(&record);
    return status;
}

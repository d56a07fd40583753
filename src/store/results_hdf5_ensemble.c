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

static bool is_test_figure(const Figure *figure) {
    return strstr(figure->path, "test") != NULL;
}

static Status write_figures(const Hdf5File *file, const EnsembleRecord *record) {
    for (size_t i = 0; i < FIGURE_COUNT; i++) {
        const Figure *figure = &FIGURES[i];
        double value = NAN;
        if (record->has_test || !is_test_figure(figure)) {
            memcpy(&value, (const char *)record + figure->offset, sizeof(value));
        }
        TRY(hdf5_write_array(file, figure->path, HDF5_F64, 0, NULL, &value));
    }
    return hdf5_write_array(file, GROUP "/single_trial", HDF5_U64, 0, NULL, &record->single);
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
    TRY(write_figures(file, record));
    TRY(hdf5_put_number(file, GROUP, "has_test", HDF5_U8, &has_test));
    TRY(hdf5_put_text(file, GROUP, "method", ensemble_method_name(config->ensemble.method)));
    return hdf5_put_text(file, GROUP, "metric", metric_name(config->metric));
}

Status write_ensemble(const Hdf5File *file, const ResultsSource *source) {
    TRY(write_tests(file, source));
    if (!replay_has_ensemble(source->ledger)) return STATUS_OK;
    return write_record(file, source->config, &source->ledger->ensemble);
}

static Status read_figures(const Hdf5File *file, EnsembleRecord *record) {
    for (size_t i = 0; i < FIGURE_COUNT; i++) {
        double *value = NULL;
        TRY(hdf5_read_array(file, FIGURES[i].path, HDF5_F64, 0, NULL, &value));
        memcpy((char *)record + FIGURES[i].offset, value, sizeof(*value));
        free(value);
    }
    uint64_t *single = NULL;
    TRY(hdf5_read_array(file, GROUP "/single_trial", HDF5_U64, 0, NULL, &single));
    record->single = *single;
    free(single);
    return STATUS_OK;
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
    TRY(read_figures(file, record));
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

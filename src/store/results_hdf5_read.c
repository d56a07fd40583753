#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "store/replay.h"
#include "store/results.h"
#include "store/results_guard.h"
#include "store/results_hdf5_pieces.h"

#define MAX_STAGES 256 /* far more than a configuration may have */

/* What is being read, and who gets the records. */
typedef struct ResultsReader {
    const Hdf5File *file;
    JournalVisitor visit;
    void *context;
    CampaignRecord campaign; /* owned texts */
    uint32_t stage_count, parameter_count;
    StageRecord *stages; /* owned [stage_count], with their elites */
} ResultsReader;

static Status hand_over(ResultsReader *r, RecordKind kind, Record record) {
    record.kind = kind;
    return replay_copy(&record, r->visit, r->context);
}

static Status check_format(const Hdf5File *file) {
    char *format = NULL;
    uint32_t version = 0;
    if (hdf5_get_text(file, "/", "format", &format) != STATUS_OK || strcmp(format, "winnow") != 0) {
        free(format);
        return status_fail(STATUS_ENVIRONMENT, "%s is not a winnow results file", file->path);
    }
    free(format);
    TRY(hdf5_get_number(file, "/", "format_version", HDF5_U32, &version));
    if (version == RESULTS_FORMAT_VERSION) return STATUS_OK;
    return hdf5_refuse(file,
                       "is of format version %u; this winnow reads version %d: use the one that wrote it",
                       version, RESULTS_FORMAT_VERSION);
}

static Status read_campaign(ResultsReader *r) {
    CampaignRecord *campaign = &r->campaign;
    campaign->format_version = JOURNAL_FORMAT_VERSION;
    TRY(hdf5_get_text(r->file, "/", "name", &campaign->name));
    TRY(hdf5_get_text(r->file, "/", "config_name", &campaign->config_name));
    TRY(hdf5_get_text(r->file, "/", "config", &campaign->config_text));
    TRY(hdf5_get_text(r->file, "/", "versions", &campaign->versions));
    TRY(hdf5_get_number(r->file, "/", "config_hash", HDF5_U64, &campaign->config_hash));
    TRY(hdf5_get_number(r->file, "/", "created", HDF5_F64, &campaign->created));
    return hand_over(r, RECORD_CAMPAIGN, (Record){.as.campaign = *campaign});
}

/* Most files have none. */
static Status read_selection(const Hdf5File *file, DataRecord *data) {
    uint64_t labels = 0;
    if (!hdf5_has(file, "/data/selection_index")) return STATUS_OK;
    TRY(hdf5_read_array(file, "/data/selection_index", HDF5_U32, 1, &data->selection_count,
                        &data->selection_index));
    TRY(hdf5_read_array(file, "/data/selection_labels", HDF5_U16, 1, &labels, &data->selection_labels));
    if (labels == data->selection_count && labels > 0) return STATUS_OK;
    return hdf5_refuse(file, "/data: selection_index and selection_labels do not fit together");
}

static Status read_data_arrays(const Hdf5File *file, DataRecord *data) {
    uint64_t labels = 0, deviations = 0, names = 0;
    TRY(hdf5_read_array(file, "/data/validation_index", HDF5_U32, 1, &data->validation_count,
                        &data->validation_index));
    TRY(hdf5_read_array(file, "/data/validation_labels", HDF5_U16, 1, &labels, &data->validation_labels));
    TRY(read_selection(file, data));
    TRY(hdf5_read_array(file, "/data/mean", HDF5_F32, 1, &data->period, &data->mean));
    TRY(hdf5_read_array(file, "/data/deviation", HDF5_F32, 1, &deviations, &data->deviation));
    TRY(hdf5_table_rows(file, "/data/class_names", &names));
    if (labels != data->validation_count || deviations != data->period || names > UINT16_MAX + 1U) {
        return hdf5_refuse(file, "/data holds arrays that do not fit together");
    }
    TRY(memory_new(&data->class_names, (size_t)names, sizeof(char *)));
    TRY(hdf5_read_texts(file, "/data/class_names", names, data->class_names));
    data->classes = (uint32_t)names;
    return STATUS_OK;
}

static Status read_data_numbers(const Hdf5File *file, DataRecord *data) {
    uint64_t shape[3] = {0};
    TRY(hdf5_get_number(file, "/data", "data_hash", HDF5_U64, &data->data_hash));
    TRY(hdf5_get_number(file, "/data", "height", HDF5_U64, &shape[0]));
    TRY(hdf5_get_number(file, "/data", "width", HDF5_U64, &shape[1]));
    TRY(hdf5_get_number(file, "/data", "channels", HDF5_U64, &shape[2]));
    TRY(hdf5_get_number(file, "/data", "train_count", HDF5_U64, &data->train_count));
    TRY(hdf5_get_number(file, "/data", "test_count", HDF5_U64, &data->test_count));
    data->shape = (Shape){.height = shape[0], .width = shape[1], .channels = shape[2]};
    return STATUS_OK;
}

static Status read_data(ResultsReader *r) {
    if (!hdf5_has(r->file, "/data")) return STATUS_OK;
    Record record = {.kind = RECORD_DATA};
    Status status = read_data_arrays(r->file, &record.as.data);
    if (status == STATUS_OK) status = read_data_numbers(r->file, &record.as.data);
    if (status == STATUS_OK) status = hand_over(r, RECORD_DATA, record);
    record_release(&record);
    return status;
}

/* Of several configurations that starts brought, the file holds the newest alone. */
static Status take_start(void *context, uint64_t index, const void *row) {
    (void)index;
    ResultsReader *r = context;
    const StartRow *found = row;
    Record record = {.as.start = found->record};
    char none[] = "";
    record.as.start.new_config = found->new_config != 0;
    record.as.start.config_text = found->new_config != 0 ? r->campaign.config_text : none;
    return hand_over(r, RECORD_START, record);
}

static Status take_preflight(void *context, uint64_t index, const void *row) {
    (void)index;
    Record record = {0};
    memcpy(&record.as.preflight, row, sizeof(record.as.preflight));
    return hand_over(context, RECORD_PREFLIGHT, record);
}

static Range stored_range(Range range) {
    if (isnan(range.min)) range.min = range.max = 0; /* of choices */
    return range;
}

static Status take_stage(void *context, uint64_t index, const void *row) {
    ResultsReader *r = context;
    const StageRow *found = row;
    uint64_t stage = index / r->parameter_count, i = index % r->parameter_count;
    if (stage >= r->stage_count || found->stage != stage || found->reason >= ZOOM_REASON_COUNT) {
        return hdf5_refuse(r->file, "row %llu of /stages is damaged", (unsigned long long)index);
    }
    StageRecord *record = &r->stages[stage];
    record->before.range[i] = stored_range(found->before);
    record->after.range[i] = stored_range(found->after);
    record->reason[i] = found->reason;
    return STATUS_OK;
}

static Status take_elite(void *context, uint64_t index, const void *row) {
    ResultsReader *r = context;
    const EliteRow *found = row;
    if (found->stage >= r->stage_count || found->rank != r->stages[found->stage].elite_count) {
        return hdf5_refuse(r->file, "row %llu of /elites is damaged", (unsigned long long)index);
    }
    StageRecord *record = &r->stages[found->stage];
    size_t capacity = record->elite_count;
    TRY(memory_grow(&record->elites, &capacity, (size_t)record->elite_count + 1, sizeof(uint64_t)));
    record->elites[record->elite_count++] = found->trial;
    return STATUS_OK;
}

static Status read_stages(ResultsReader *r) {
    uint64_t rows = 0;
    TRY(hdf5_get_number(r->file, STAGE_TABLE.path, "stages", HDF5_U32, &r->stage_count));
    TRY(hdf5_get_number(r->file, STAGE_TABLE.path, "parameters", HDF5_U32, &r->parameter_count));
    TRY(hdf5_table_rows(r->file, STAGE_TABLE.path, &rows));
    if (r->stage_count > MAX_STAGES || r->parameter_count > SPACE_MAX_PARAMETERS ||
        rows != (uint64_t)r->stage_count * r->parameter_count) {
        r->stage_count = 0;
        return hdf5_refuse(r->file, "/stages is damaged");
    }
    TRY(memory_new(&r->stages, r->stage_count, sizeof(StageRecord)));
    if (rows > 0) TRY(hdf5_read_table(r->file, &STAGE_TABLE, take_stage, r));
    TRY(hdf5_read_table(r->file, &ELITE_TABLE, take_elite, r));
    for (uint32_t i = 0; i < r->stage_count; i++) {
        r->stages[i].stage = i;
        r->stages[i].parameter_count = r->parameter_count;
        TRY(hand_over(r, RECORD_STAGE, (Record){.as.stage = r->stages[i]}));
    }
    return STATUS_OK;
}

static Status take_lease(void *context, uint64_t index, const void *row) {
    (void)index;
    ResultsReader *r = context;
    const LeaseRow *found = row;
    Record record;
    record.kind = RECORD_LEASE;
    record.as.lease = found->record;
    record.as.lease.outcome = word_index(found->outcome, lease_outcome_name, LEASE_LAST);
    if (record.as.lease.outcome > LEASE_LAST) {
        return hdf5_refuse(r->file, "/leases has an outcome '%s', which is none of winnow's", found->outcome);
    }
    return r->visit(r->context, &record);
}

static Status take_decision(void *context, uint64_t index, const void *row) {
    ResultsReader *r = context;
    const DecisionRow *found = row;
    Record record;
    record.kind = RECORD_DECISION;
    record.as.decision = found->record;
    record.as.decision.verdict = word_index(found->verdict, verdict_name, VERDICT_LAST);
    if (record.as.decision.verdict > VERDICT_LAST || found->order != index ||
        found->record.rung >= STOPPING_MAX_RUNGS) {
        return hdf5_refuse(r->file, "row %llu of /decisions is damaged", (unsigned long long)index);
    }
    return replay_copy(&record, r->visit, r->context);
}

/* Older files have none. */
static Status read_decisions(ResultsReader *r) {
    if (!hdf5_has(r->file, DECISION_TABLE.path)) return STATUS_OK;
    return hdf5_read_table(r->file, &DECISION_TABLE, take_decision, r);
}

static Status read_end(ResultsReader *r, bool *complete) {
    uint8_t said_complete = 0;
    Record record = {0};
    char *outcome = NULL, *reason = NULL;
    TRY(hdf5_get_number(r->file, "/", "complete", HDF5_U8, &said_complete));
    TRY(hdf5_get_text(r->file, "/", "outcome", &outcome));
    bool ended = outcome[0] != '\0';
    record.as.end.outcome = word_index(outcome, end_outcome_name, OUTCOME_MERGED);
    free(outcome);
    *complete = ended && outcome_is_complete(record.as.end.outcome);
    if ((ended && record.as.end.outcome > OUTCOME_MERGED) || *complete != (said_complete != 0))
        return hdf5_refuse(r->file, "attribute complete or outcome is damaged");
    if (!ended) return STATUS_OK;
    TRY(hdf5_get_number(r->file, "/", "ended", HDF5_F64, &record.as.end.time));
    TRY(hdf5_get_text(r->file, "/", "end_reason", &reason));
    text_copy(record.as.end.reason, sizeof(record.as.end.reason), reason);
    free(reason);
    return hand_over(r, RECORD_END, record);
}

static Status read_all(ResultsReader *r, bool *complete) {
    TRY(check_format(r->file));
    TRY(read_campaign(r));
    TRY(read_data(r));
    TRY(hdf5_read_table(r->file, &START_TABLE, take_start, r));
    TRY(hdf5_read_table(r->file, &PREFLIGHT_TABLE, take_preflight, r));
    TRY(read_stages(r));
    TRY(read_draws(r->file, r->parameter_count, r->visit, r->context));
    TRY(hdf5_read_table(r->file, &LEASE_TABLE, take_lease, r));
    TRY(read_decisions(r));
    TRY(read_members(r->file, r->visit, r->context));
    TRY(read_trials(r->file, r->visit, r->context));
    TRY(read_ensemble(r->file, r->visit, r->context));
    TRY(check_configurations(r->file));
    return read_end(r, complete);
}

static Status apply(void *context, Record *record) {
    return ledger_apply(context, record);
}

static Status read_records(const char *path, JournalVisitor visit, void *context, bool *complete) {
    Hdf5File file;
    TRY(hdf5_open(&file, path));
    ResultsReader reader = {.file = &file, .visit = visit, .context = context};
    Status status = read_all(&reader, complete);
    for (uint32_t i = 0; reader.stages != NULL && i < reader.stage_count; i++)
        free(reader.stages[i].elites);
    free(reader.stages);
    record_release(&(Record){.kind = RECORD_CAMPAIGN, .as.campaign = reader.campaign});
    hdf5_abandon(&file);
    return status;
}

static Status read_ledger(const char *path, Ledger **ledger, bool *complete) {
    TRY(ledger_create(ledger));
    Status status = read_records(path, apply, *ledger, complete);
    if (status == STATUS_OK) return STATUS_OK;
    ledger_destroy(ledger);
    /* What the records contradict is damage, not the user's input. */
    return status == STATUS_INPUT ? status_within(STATUS_ENVIRONMENT, "%s is damaged", path) : status;
}

/* Networks too, of which a record tells only that they are there. */
static Status look_at(void *context, Record *record) {
    Status status = STATUS_OK;
    if (record->kind == RECORD_MEMBER) {
        MemberBlob blob;
        status = results_read_member(context, record->as.member.trial, &blob);
        if (status == STATUS_OK) member_blob_release(&blob);
    }
    record_release(record);
    return status;
}

Status results_read_all(char *path) {
    bool complete = false;
    TRY(results_verify(path));
    return read_records(path, look_at, path, &complete);
}

static Status try_to_read(void *context) {
    const char *path = *(const char *const *)context;
    Ledger *ledger = NULL;
    bool complete = false;
    TRY(read_ledger(path, &ledger, &complete));
    ledger_destroy(&ledger);
    return STATUS_OK;
}

#define READING_SECONDS 60 /* of computing; a sound file of a million trials takes two */

static Status guard_reading(const char *path) {
    Text died = {0};
    text_add(&died, "%s has changed so much since winnow wrote it that reading it crashes; restore a copy",
             path);
    Status status = guard_try(try_to_read, &path, READING_SECONDS, text_of(&died));
    text_release(&died);
    return status;
}

Status results_read(const char *path, bool unverified, Ledger **ledger, bool *complete) {
    *ledger = NULL;
    *complete = false;
    Status status = results_verify(path);
    if (status != STATUS_OK && !unverified) return status;
    if (status != STATUS_OK) TRY(guard_reading(path));
    return read_ledger(path, ledger, complete);
}

Status results_created(const char *path, double *created) {
    Hdf5File file;
    TRY(hdf5_open(&file, path));
    Status status = hdf5_get_number(&file, "/", "created", HDF5_F64, created);
    hdf5_abandon(&file);
    return status;
}

static Status count_row(void *context, uint64_t index, const void *row) {
    (void)row;
    *(uint64_t *)context = index + 1;
    return STATUS_OK;
}

Status results_test_evaluations(const char *path, uint64_t *count) {
    Hdf5File file;
    *count = 0;
    TRY(hdf5_open(&file, path));
    Status status =
        hdf5_has(&file, TEST_TABLE.path) ? hdf5_read_table(&file, &TEST_TABLE, count_row, count) : STATUS_OK;
    hdf5_abandon(&file);
    return status;
}

Status results_read_member(const char *path, uint64_t trial, MemberBlob *blob) {
    Hdf5File file;
    *blob = (MemberBlob){0};
    TRY(hdf5_open(&file, path));
    Status status = read_member(&file, trial, blob);
    hdf5_abandon(&file);
    return status;
}

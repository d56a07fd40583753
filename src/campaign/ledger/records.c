#include "campaign/records.h"

#include <stdlib.h>
#include <string.h>

#include "campaign/ledger/record_fields.h"

/* How much of a record one of that kind takes up: most are far smaller than the largest, and there are
 * millions. */
static size_t size_of(RecordKind kind) {
    size_t head = offsetof(Record, as);
    if (kind == (RecordKind)0) return head;
    switch (kind) {
    case RECORD_DRAW: return head + sizeof(DrawRecord);
    case RECORD_LEASE: return head + sizeof(LeaseRecord);
    case RECORD_MEMBER: return head + sizeof(MemberRecord);
    case RECORD_CHECKPOINT: return head + sizeof(CheckpointRecord);
    case RECORD_TRIAL:
    case RECORD_REPORT: return head + sizeof(TrialRecord);
    case RECORD_DECISION: return head + sizeof(DecisionRecord);
    default: return sizeof(Record);
    }
}

void record_encode(const Record *record, ByteWriter *writer) {
    Record copy; /* fields are described for writing and reading alike */
    memcpy(&copy, record, size_of(record->kind));
    Codec codec = {.writer = writer};
    record_fields(&codec, &copy);
}

Status record_decode(Record *record, const void *data, size_t length) {
    ByteReader reader = bytes_reader(data, length);
    Codec codec = {.reader = &reader};
    memset(record, 0, length > 0 ? size_of(reader.data[0]) : sizeof(*record));
    record_fields(&codec, record);
    if (!reader.failed && reader.position == length) return STATUS_OK;
    record_release(record);
    unsigned kind = length > 0 ? reader.data[0] : 0;
    if (codec.out_of_memory)
        return status_fail(STATUS_ENVIRONMENT, "out of memory while reading a record of %zu bytes", length);
    return status_fail(STATUS_INPUT, "record of kind %u (%s) is damaged", kind, record_kind_name(kind));
}

ChoicePart data_choice_part(const DataRecord *data) {
    if (data->selection_count > 0)
        return (ChoicePart){"selection", data->selection_count, data->selection_labels};
    return (ChoicePart){"validation", data->validation_count, data->validation_labels};
}

bool outcome_is_complete(uint8_t outcome) {
    return outcome == OUTCOME_FINISHED || outcome == OUTCOME_NONE_FINISHED;
}

static void data_release(DataRecord *data) {
    free(data->validation_index);
    free(data->validation_labels);
    free(data->selection_index);
    free(data->selection_labels);
    free(data->mean);
    free(data->deviation);
    for (uint32_t i = 0; data->class_names != NULL && i < data->classes; i++)
        free(data->class_names[i]);
    free(data->class_names);
}

void record_release(Record *record) {
    switch (record->kind) {
    case RECORD_CAMPAIGN:
        free(record->as.campaign.name);
        free(record->as.campaign.config_name);
        free(record->as.campaign.config_text);
        free(record->as.campaign.versions);
        break;
    case RECORD_DATA: data_release(&record->as.data); break;
    case RECORD_START: free(record->as.start.config_text); break;
    case RECORD_STAGE: free(record->as.stage.elites); break;
    case RECORD_TRIAL:
    case RECORD_REPORT: free(record->as.trial.curve); break;
    case RECORD_ENSEMBLE:
        free(record->as.ensemble.members);
        free(record->as.ensemble.counts);
        free(record->as.ensemble.epochs);
        free(record->as.ensemble.metric_after_pick);
        free(record->as.ensemble.test_probabilities);
        break;
    case RECORD_PREFLIGHT:
    case RECORD_DRAW:
    case RECORD_LEASE:
    case RECORD_MEMBER:
    case RECORD_END:
    case RECORD_FAILURE:
    case RECORD_DECISION:
    case RECORD_CHECKPOINT: break; /* these own nothing */
    }
    record_given(record);
}

void record_given(Record *record) {
    memset(record, 0, size_of(record->kind));
}

#include <string.h>

#include "made_up.h"

bool bytes_equal(const void *a, const void *b, size_t length) {
    return memcmp(a, b, length) == 0;
}

/* Owned arrays are compared by content and then taken out of both copies, which are compared as a whole. */
static bool same_array(const void *a, const void *b, size_t length) {
    if (length == 0) return a == NULL && b == NULL;
    return a != NULL && b != NULL && bytes_equal(a, b, length);
}

static bool same_text(const char *a, const char *b) {
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

#define TAKE_ARRAY(field, count, size)                                                                       \
    do {                                                                                                     \
        if (!same_array(x.field, y.field, (count) * (size))) return false;                                   \
        x.field = y.field = NULL;                                                                            \
    } while (0)

#define TAKE_TEXT(field)                                                                                     \
    do {                                                                                                     \
        if (!same_text(x.field, y.field)) return false;                                                      \
        x.field = y.field = NULL;                                                                            \
    } while (0)

static bool same_names(const DataRecord *a, const DataRecord *b) {
    if (a->classes != b->classes) return false;
    for (uint32_t i = 0; i < a->classes; i++) {
        if (!same_text(a->class_names[i], b->class_names[i])) return false;
    }
    return true;
}

bool records_equal(const Record *a, const Record *b) {
    Record x;
    Record y;
    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    if (x.kind != y.kind) return false;
    switch (x.kind) {
    case RECORD_CAMPAIGN:
        TAKE_TEXT(as.campaign.name);
        TAKE_TEXT(as.campaign.config_name);
        TAKE_TEXT(as.campaign.config_text);
        TAKE_TEXT(as.campaign.versions);
        break;
    case RECORD_DATA:
        if (x.as.data.validation_count != y.as.data.validation_count || x.as.data.period != y.as.data.period)
            return false;
        TAKE_ARRAY(as.data.validation_index, x.as.data.validation_count, sizeof(uint32_t));
        TAKE_ARRAY(as.data.validation_labels, x.as.data.validation_count, sizeof(uint16_t));
        if (x.as.data.selection_count != y.as.data.selection_count) return false;
        TAKE_ARRAY(as.data.selection_index, x.as.data.selection_count, sizeof(uint32_t));
        TAKE_ARRAY(as.data.selection_labels, x.as.data.selection_count, sizeof(uint16_t));
        TAKE_ARRAY(as.data.mean, x.as.data.period, sizeof(float));
        TAKE_ARRAY(as.data.deviation, x.as.data.period, sizeof(float));
        if (!same_names(&x.as.data, &y.as.data)) return false;
        x.as.data.class_names = y.as.data.class_names = NULL;
        break;
    case RECORD_START: TAKE_TEXT(as.start.config_text); break;
    case RECORD_STAGE:
        if (x.as.stage.elite_count != y.as.stage.elite_count) return false;
        TAKE_ARRAY(as.stage.elites, x.as.stage.elite_count, sizeof(uint64_t));
        break;
    case RECORD_TRIAL:
    case RECORD_REPORT:
        if (x.as.trial.curve_count != y.as.trial.curve_count) return false;
        TAKE_ARRAY(as.trial.curve, x.as.trial.curve_count, sizeof(EpochRow));
        break;
    case RECORD_ENSEMBLE:
        if (x.as.ensemble.member_count != y.as.ensemble.member_count ||
            x.as.ensemble.pick_count != y.as.ensemble.pick_count ||
            x.as.ensemble.test_count != y.as.ensemble.test_count ||
            x.as.ensemble.classes != y.as.ensemble.classes)
            return false;
        TAKE_ARRAY(as.ensemble.members, x.as.ensemble.member_count, sizeof(uint64_t));
        TAKE_ARRAY(as.ensemble.counts, x.as.ensemble.member_count, sizeof(uint32_t));
        TAKE_ARRAY(as.ensemble.epochs, x.as.ensemble.member_count, sizeof(uint32_t));
        TAKE_ARRAY(as.ensemble.metric_after_pick, x.as.ensemble.pick_count, sizeof(double));
        TAKE_ARRAY(as.ensemble.test_probabilities, x.as.ensemble.test_count * x.as.ensemble.classes,
                   sizeof(float));
        break;
    default: break;
    }
    return bytes_equal(&x, &y, sizeof(x));
}

bool messages_equal(const Message *a, const Message *b) {
    Message x;
    Message y;
    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    if (x.kind != y.kind) return false;
    switch (x.kind) {
    case MESSAGE_RESULT:
        if (x.as.result.record.curve_count != y.as.result.record.curve_count) return false;
        TAKE_ARRAY(as.result.record.curve, x.as.result.record.curve_count, sizeof(EpochRow));
        break;
    case MESSAGE_NETWORK:
        if (x.as.network.length != y.as.network.length) return false;
        TAKE_ARRAY(as.network.blob, x.as.network.length, 1);
        break;
    case MESSAGE_CHECKPOINT:
        if (x.as.checkpoint.length != y.as.checkpoint.length) return false;
        TAKE_ARRAY(as.checkpoint.blob, x.as.checkpoint.length, 1);
        break;
    case MESSAGE_LEASE:
        if (x.as.lease.length != y.as.lease.length) return false;
        TAKE_ARRAY(as.lease.blob, x.as.lease.length, 1);
        break;
    case MESSAGE_STORE:
        if (x.as.store.length != y.as.store.length) return false;
        TAKE_ARRAY(as.store.blob, x.as.store.length, 1);
        break;
    case MESSAGE_SETUP:
        TAKE_TEXT(as.setup.config_name);
        TAKE_TEXT(as.setup.config_text);
        TAKE_TEXT(as.setup.segment);
        TAKE_TEXT(as.setup.file);
        break;
    case MESSAGE_JOB:
        if (x.as.job.lease.length != y.as.job.lease.length) return false;
        TAKE_ARRAY(as.job.lease.blob, x.as.job.lease.length, 1);
        TAKE_TEXT(as.job.file);
        break;
    case MESSAGE_JOB_RESULT: return records_equal(&a->as.job_result.record, &b->as.job_result.record);
    default: break;
    }
    return bytes_equal(&x, &y, sizeof(x));
}

bool member_blobs_equal(const MemberBlob *a, const MemberBlob *b) {
    MemberBlob x;
    MemberBlob y;
    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    if (x.block_count != y.block_count || x.examples != y.examples || x.classes != y.classes) return false;
    TAKE_TEXT(network);
    TAKE_ARRAY(probabilities, x.examples * x.classes, sizeof(float));
    if (x.selection_examples != y.selection_examples) return false;
    TAKE_ARRAY(selection_probabilities, x.selection_examples * x.classes, sizeof(float));
    for (uint32_t i = 0; i < x.block_count; i++) {
        const struct MemberBlock *p = &x.blocks[i];
        const struct MemberBlock *q = &y.blocks[i];
        size_t count = 0;
        if (!same_text(p->layer, q->layer) || !same_text(p->role, q->role) ||
            !array_same(p->shape, q->shape) || !array_count(p->shape, &count) ||
            !same_array(p->values, q->values, count * sizeof(float)))
            return false;
    }
    x.blocks = y.blocks = NULL;
    if (x.snapshot_count != y.snapshot_count) return false;
    for (uint32_t i = 0; i < x.snapshot_count; i++) {
        if (!member_blobs_equal(&x.snapshots[i], &y.snapshots[i])) return false;
    }
    x.snapshots = y.snapshots = NULL;
    return bytes_equal(&x, &y, sizeof(x));
}

bool checkpoint_blobs_equal(const CheckpointBlob *a, const CheckpointBlob *b) {
    CheckpointBlob x;
    CheckpointBlob y;
    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    if (x.curve_count != y.curve_count || x.state_length != y.state_length) return false;
    TAKE_ARRAY(curve, x.curve_count, sizeof(EpochRow));
    TAKE_ARRAY(state, x.state_length, 1);
    return bytes_equal(&x, &y, sizeof(x));
}

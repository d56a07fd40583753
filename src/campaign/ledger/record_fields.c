#include "campaign/ledger/record_fields.h"

#include "base/size.h"
#include "search/zoom.h"

#define TEXT_LEAST_BYTES 4

void epoch_row_fields(Codec *codec, EpochRow *row) {
    codec_u32(codec, &row->epoch);
    codec_f64(codec, &row->learning_rate);
    codec_f64(codec, &row->momentum);
    codec_f64(codec, &row->train_loss);
    codec_f64(codec, &row->train_accuracy);
    codec_f64(codec, &row->val_loss);
    codec_f64(codec, &row->val_accuracy);
    codec_f64(codec, &row->update_ratio);
    codec_f64(codec, &row->seconds);
}

void draw_fields(Codec *codec, Draw *draw, uint32_t count) {
    codec_require(codec, count <= SPACE_MAX_PARAMETERS);
    for (uint32_t i = 0; i < count && i < SPACE_MAX_PARAMETERS; i++) {
        DrawnValue *value = &draw->value[i];
        codec_bool(codec, &value->present);
        codec_f64(codec, &value->number);
        value->choice = codec_choice(codec, value->choice, PARAMETER_MAX_VALUES);
    }
}

static void campaign_fields(Codec *codec, CampaignRecord *record) {
    codec_u32(codec, &record->format_version);
    codec_text_owned(codec, &record->name);
    codec_text_owned(codec, &record->config_name);
    codec_text_owned(codec, &record->config_text);
    codec_u64(codec, &record->config_hash);
    codec_f64(codec, &record->created);
    codec_text_owned(codec, &record->versions);
}

static void data_fields(Codec *codec, DataRecord *record) {
    codec_u64(codec, &record->data_hash);
    codec_size(codec, &record->shape.height);
    codec_size(codec, &record->shape.width);
    codec_size(codec, &record->shape.channels);
    codec_u32(codec, &record->classes);
    codec_u64(codec, &record->train_count);
    codec_u64(codec, &record->test_count);
    codec_u64(codec, &record->validation_count);
    codec_numbers(codec, &record->validation_index, record->validation_count, sizeof(uint32_t));
    codec_numbers(codec, &record->validation_labels, record->validation_count, sizeof(uint16_t));
    codec_u64(codec, &record->period);
    codec_numbers(codec, &record->mean, record->period, sizeof(float));
    codec_numbers(codec, &record->deviation, record->period, sizeof(float));
    if (!codec_array(codec, &record->class_names, record->classes, sizeof(char *), TEXT_LEAST_BYTES)) return;
    for (uint32_t i = 0; i < record->classes; i++)
        codec_text_owned(codec, &record->class_names[i]);
    if (!codec_tail(codec, record->selection_count > 0)) return;
    codec_u64(codec, &record->selection_count);
    codec_require(codec, record->selection_count > 0);
    codec_numbers(codec, &record->selection_index, record->selection_count, sizeof(uint32_t));
    codec_numbers(codec, &record->selection_labels, record->selection_count, sizeof(uint16_t));
}

static void start_fields(Codec *codec, StartRecord *record) {
    codec_f64(codec, &record->time);
    codec_u32(codec, &record->ranks);
    codec_u32(codec, &record->process);
    codec_text(codec, record->host, sizeof(record->host));
    codec_text(codec, record->arithmetic, sizeof(record->arithmetic));
    codec_bool(codec, &record->new_config);
    codec_text_owned(codec, &record->config_text);
}

static void preflight_fields(Codec *codec, PreflightRecord *record) {
    codec_u64(codec, &record->config_hash);
    codec_text(codec, record->arithmetic, sizeof(record->arithmetic));
    codec_f64(codec, &record->gradient_error);
    codec_f64(codec, &record->initial_loss);
    codec_f64(codec, &record->expected_loss);
    codec_f64(codec, &record->subset_accuracy);
    codec_f64(codec, &record->samples_per_second);
}

static void range_fields(Codec *codec, Range *range) {
    codec_f64(codec, &range->min);
    codec_f64(codec, &range->max);
    codec_u64(codec, &range->allowed);
}

static void stage_fields(Codec *codec, StageRecord *record) {
    codec_u32(codec, &record->stage);
    codec_u32(codec, &record->parameter_count);
    codec_require(codec, record->parameter_count <= SPACE_MAX_PARAMETERS);
    for (uint32_t i = 0; i < record->parameter_count && i < SPACE_MAX_PARAMETERS; i++) {
        range_fields(codec, &record->before.range[i]);
        range_fields(codec, &record->after.range[i]);
        record->reason[i] = (uint8_t)codec_choice(codec, record->reason[i], ZOOM_REASON_COUNT);
    }
    codec_u32(codec, &record->elite_count);
    codec_numbers(codec, &record->elites, record->elite_count, sizeof(uint64_t));
}

static void drawn_fields(Codec *codec, DrawRecord *record) {
    codec_u64(codec, &record->trial);
    codec_u32(codec, &record->parameter_count);
    draw_fields(codec, &record->draw, record->parameter_count);
}

static void lease_fields(Codec *codec, LeaseRecord *record) {
    codec_u64(codec, &record->lease);
    codec_u64(codec, &record->trial);
    codec_u32(codec, &record->rank);
    codec_text(codec, record->host, sizeof(record->host));
    codec_f64(codec, &record->start);
    codec_f64(codec, &record->end);
    codec_u32(codec, &record->first_epoch);
    codec_u32(codec, &record->last_epoch);
    record->outcome = (uint8_t)codec_choice(codec, record->outcome, LEASE_LAST + 1);
}

void member_fields(Codec *codec, MemberRecord *record) {
    codec_u64(codec, &record->trial);
    codec_u64(codec, &record->length);
    codec_u64(codec, &record->hash);
    codec_u32(codec, &record->epoch);
    codec_text(codec, record->blob, sizeof(record->blob));
}

void checkpoint_fields(Codec *codec, CheckpointRecord *record) {
    codec_u64(codec, &record->trial);
    codec_u64(codec, &record->length);
    codec_u64(codec, &record->hash);
    codec_u32(codec, &record->epoch);
    codec_f64(codec, &record->seconds);
    codec_text(codec, record->arithmetic, sizeof(record->arithmetic));
    codec_text(codec, record->blob, sizeof(record->blob));
}

void trial_fields(Codec *codec, TrialRecord *record) {
    TrainOutcome *outcome = &record->outcome;
    codec_u64(codec, &record->trial);
    codec_u32(codec, &record->stage);
    codec_u32(codec, &record->number);
    outcome->status = (TrialStatus)codec_choice(codec, outcome->status, TRIAL_FAILED + 1);
    codec_u32(codec, &outcome->epochs);
    codec_u32(codec, &outcome->best_epoch);
    codec_f64(codec, &outcome->val_accuracy);
    codec_f64(codec, &outcome->val_loss);
    codec_f64(codec, &outcome->train_loss);
    codec_f64(codec, &outcome->seconds);
    codec_f64(codec, &outcome->samples_per_second);
    codec_u64(codec, &outcome->weights_hash);
    codec_text(codec, record->reason, sizeof(record->reason));
    codec_f64(codec, &record->started);
    codec_u32(codec, &record->rank);
    codec_text(codec, record->host, sizeof(record->host));
    codec_text(codec, record->arithmetic, sizeof(record->arithmetic));
    codec_u32(codec, &record->curve_count);
    if (!codec_array(codec, &record->curve, record->curve_count, sizeof(EpochRow), EPOCH_ROW_BYTES)) return;
    for (uint32_t i = 0; i < record->curve_count; i++)
        epoch_row_fields(codec, &record->curve[i]);
}

static void decision_fields(Codec *codec, DecisionRecord *record) {
    codec_u64(codec, &record->trial);
    codec_u32(codec, &record->rung);
    codec_require(codec, record->rung < STOPPING_MAX_RUNGS);
    codec_u32(codec, &record->epoch);
    codec_f64(codec, &record->metric);
    record->verdict = (uint8_t)codec_choice(codec, record->verdict, VERDICT_LAST + 1);
}

static void optimism_fields(Codec *codec, Optimism *optimism) {
    codec_u32(codec, &optimism->networks);
    codec_f64(codec, &optimism->seen);
    codec_f64(codec, &optimism->unseen);
    codec_f64(codec, &optimism->margin);
}

static void ensemble_fields(Codec *codec, EnsembleRecord *record) {
    size_t probabilities = 0;
    codec_u32(codec, &record->member_count);
    codec_numbers(codec, &record->members, record->member_count, sizeof(uint64_t));
    codec_numbers(codec, &record->counts, record->member_count, sizeof(uint32_t));
    codec_u32(codec, &record->pick_count);
    codec_numbers(codec, &record->metric_after_pick, record->pick_count, sizeof(double));
    codec_f64(codec, &record->val_accuracy);
    codec_f64(codec, &record->val_loss);
    codec_bool(codec, &record->has_test);
    codec_f64(codec, &record->test_accuracy);
    codec_f64(codec, &record->test_loss);
    codec_u64(codec, &record->single);
    codec_f64(codec, &record->single_val_accuracy);
    codec_f64(codec, &record->single_val_loss);
    codec_f64(codec, &record->single_test_accuracy);
    codec_f64(codec, &record->single_test_loss);
    codec_u64(codec, &record->test_count);
    codec_u32(codec, &record->classes);
    codec_require(codec, size_mul((size_t)record->test_count, record->classes, &probabilities));
    codec_numbers(codec, &record->test_probabilities, probabilities, sizeof(float));
    if (codec_tail(codec, record->epochs != NULL))
        codec_numbers(codec, &record->epochs, record->member_count, sizeof(uint32_t));
    if (!codec_tail(codec, record->on_selection)) return;
    record->on_selection = true;
    codec_f64(codec, &record->selection_accuracy);
    codec_f64(codec, &record->selection_loss);
    codec_f64(codec, &record->single_selection_accuracy);
    codec_f64(codec, &record->single_selection_loss);
    optimism_fields(codec, &record->single_optimism);
    optimism_fields(codec, &record->pool_optimism);
}

static void end_fields(Codec *codec, EndRecord *record) {
    codec_f64(codec, &record->time);
    record->outcome = (uint8_t)codec_choice(codec, record->outcome, OUTCOME_MERGED + 1);
    codec_text(codec, record->reason, sizeof(record->reason));
}

static void failure_fields(Codec *codec, FailureRecord *record) {
    codec_f64(codec, &record->time);
    codec_text(codec, record->reason, sizeof(record->reason));
}

void record_fields(Codec *codec, Record *record) {
    record->kind = (RecordKind)codec_choice(codec, record->kind, RECORD_LAST + 1);
    switch (record->kind) {
    case RECORD_CAMPAIGN: campaign_fields(codec, &record->as.campaign); return;
    case RECORD_DATA: data_fields(codec, &record->as.data); return;
    case RECORD_START: start_fields(codec, &record->as.start); return;
    case RECORD_PREFLIGHT: preflight_fields(codec, &record->as.preflight); return;
    case RECORD_STAGE: stage_fields(codec, &record->as.stage); return;
    case RECORD_DRAW: drawn_fields(codec, &record->as.draw); return;
    case RECORD_LEASE: lease_fields(codec, &record->as.lease); return;
    case RECORD_MEMBER: member_fields(codec, &record->as.member); return;
    case RECORD_TRIAL:
    case RECORD_REPORT: trial_fields(codec, &record->as.trial); return;
    case RECORD_DECISION: decision_fields(codec, &record->as.decision); return;
    case RECORD_ENSEMBLE: ensemble_fields(codec, &record->as.ensemble); return;
    case RECORD_END: end_fields(codec, &record->as.end); return;
    case RECORD_FAILURE: failure_fields(codec, &record->as.failure); return;
    case RECORD_CHECKPOINT:
        checkpoint_fields(codec, &record->as.checkpoint);
        codec_require(codec, record->as.checkpoint.epoch > 0);
        return;
    }
    codec_require(codec, false); /* kind 0 */
}

const char *record_kind_name(unsigned kind) {
    static const char *const names[] = {"unknown", "campaign",   "data",   "start",   "preflight", "stage",
                                        "draw",    "lease",      "member", "trial",   "ensemble",  "end",
                                        "failure", "checkpoint", "report", "decision"};
    return names[kind <= RECORD_LAST ? kind : 0];
}

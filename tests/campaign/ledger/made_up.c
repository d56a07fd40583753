#include "made_up.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "search/zoom.h"

const MessageKind MESSAGE_KINDS[MESSAGE_KIND_COUNT] = {
    MESSAGE_HELLO,      MESSAGE_PROGRESS, MESSAGE_RESULT,    MESSAGE_NETWORK,  MESSAGE_FAREWELL,
    MESSAGE_CHECKPOINT, MESSAGE_LEASE,    MESSAGE_VERDICT,   MESSAGE_RECORDED, MESSAGE_STOP,
    MESSAGE_ALIVE,      MESSAGE_SETUP,    MESSAGE_JOB,       MESSAGE_CANCEL,   MESSAGE_SAVE,
    MESSAGE_STORE,      MESSAGE_READY,    MESSAGE_JOB_ENDED, MESSAGE_STORED,   MESSAGE_JOB_RESULT};

RandomStream made_up_stream(uint32_t number) {
    return random_stream(20171122, RANDOM_SYNTHETIC, 0, 0, number, 0);
}

static uint32_t any32(RandomStream *r) {
    return random_u32(r);
}

static uint64_t any64(RandomStream *r) {
    uint64_t high = random_u32(r);
    return high << 32 | random_u32(r);
}

static uint8_t below(RandomStream *r, uint32_t bound) {
    return (uint8_t)random_below(r, bound);
}

/* Any bits; every eighth one a NaN with some payload. */
static double any_number(RandomStream *r) {
    uint64_t bits = any64(r);
    double number;
    if (random_below(r, 8) == 0) bits |= (uint64_t)0x7FF << 52 | 1;
    memcpy(&number, &bits, sizeof(number));
    return number;
}

static void *any_bytes(RandomStream *r, size_t length) {
    if (length == 0) return NULL;
    uint8_t *bytes = malloc(length);
    if (bytes == NULL) abort();
    for (size_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)random_u32(r);
    return bytes;
}

static void any_text(RandomStream *r, char *text, size_t size) {
    size_t longest = size - 1 < 24 || random_below(r, 6) == 0 ? size - 1 : 24;
    size_t length = random_below(r, (uint32_t)longest + 1);
    for (size_t i = 0; i < length; i++)
        text[i] = (char)(1 + random_below(r, 255));
}

static char *any_text_new(RandomStream *r) {
    char *text = calloc(33, 1);
    if (text == NULL) abort();
    any_text(r, text, 33);
    return text;
}

static EpochRow any_row(RandomStream *r) {
    EpochRow row;
    memset(&row, 0, sizeof(row));
    row.epoch = any32(r);
    row.learning_rate = any_number(r);
    row.momentum = any_number(r);
    row.train_loss = any_number(r);
    row.train_accuracy = any_number(r);
    row.val_loss = any_number(r);
    row.val_accuracy = any_number(r);
    row.update_ratio = any_number(r);
    row.seconds = any_number(r);
    return row;
}

static void fill_draw(RandomStream *r, Draw *draw, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        draw->value[i].present = below(r, 2) == 1;
        draw->value[i].number = any_number(r);
        draw->value[i].choice = (uint32_t)below(r, PARAMETER_MAX_VALUES);
    }
}

static void fill_data(RandomStream *r, DataRecord *d) {
    d->data_hash = any64(r);
    d->shape = (Shape){any64(r), any64(r), any64(r)};
    d->classes = below(r, 4);
    d->train_count = any64(r);
    d->test_count = any64(r);
    d->validation_count = below(r, 6);
    d->validation_index = any_bytes(r, d->validation_count * sizeof(uint32_t));
    d->validation_labels = any_bytes(r, d->validation_count * sizeof(uint16_t));
    d->period = below(r, 5);
    d->mean = any_bytes(r, d->period * sizeof(float));
    d->deviation = any_bytes(r, d->period * sizeof(float));
    if (d->classes > 0) d->class_names = calloc(d->classes, sizeof(char *));
    for (uint32_t i = 0; i < d->classes; i++)
        d->class_names[i] = any_text_new(r);
    d->selection_count = below(r, 4);
    d->selection_index = any_bytes(r, d->selection_count * sizeof(uint32_t));
    d->selection_labels = any_bytes(r, d->selection_count * sizeof(uint16_t));
}

static void fill_start(RandomStream *r, StartRecord *s) {
    s->time = any_number(r);
    s->ranks = any32(r);
    s->process = any32(r);
    any_text(r, s->host, sizeof(s->host));
    any_text(r, s->arithmetic, sizeof(s->arithmetic));
    s->new_config = below(r, 2) == 1;
    s->config_text = any_text_new(r);
}

static void fill_stage(RandomStream *r, StageRecord *s) {
    s->stage = any32(r);
    s->parameter_count = random_below(r, 8) == 0 ? SPACE_MAX_PARAMETERS : below(r, 6);
    for (uint32_t i = 0; i < s->parameter_count; i++) {
        s->before.range[i] = (Range){any_number(r), any_number(r), any64(r)};
        s->after.range[i] = (Range){any_number(r), any_number(r), any64(r)};
        s->reason[i] = below(r, ZOOM_CATEGORIES + 1);
    }
    s->elite_count = below(r, 5);
    s->elites = any_bytes(r, s->elite_count * sizeof(uint64_t));
}

static void fill_lease(RandomStream *r, LeaseRecord *l) {
    l->lease = any64(r);
    l->trial = any64(r);
    l->rank = any32(r);
    any_text(r, l->host, sizeof(l->host));
    l->start = any_number(r);
    l->end = any_number(r);
    l->first_epoch = any32(r);
    l->last_epoch = any32(r);
    l->outcome = below(r, LEASE_LAST + 1);
}

static void fill_member(RandomStream *r, MemberRecord *m) {
    m->trial = any64(r);
    m->length = any64(r);
    m->hash = any64(r);
    m->epoch = any32(r);
    any_text(r, m->blob, sizeof(m->blob));
}

static void fill_checkpoint(RandomStream *r, CheckpointRecord *c) {
    c->trial = any64(r);
    c->length = any64(r);
    c->hash = any64(r);
    c->epoch = any32(r) | 1;
    c->seconds = any_number(r);
    any_text(r, c->arithmetic, sizeof(c->arithmetic));
    any_text(r, c->blob, sizeof(c->blob));
}

static EpochRow *any_curve(RandomStream *r, uint32_t count) {
    EpochRow *curve = count > 0 ? calloc(count, sizeof(EpochRow)) : NULL;
    for (uint32_t i = 0; i < count; i++)
        curve[i] = any_row(r);
    return curve;
}

static void fill_trial(RandomStream *r, TrialRecord *t) {
    t->trial = any64(r);
    t->stage = any32(r);
    t->number = any32(r);
    t->outcome.status = (TrialStatus)below(r, TRIAL_FAILED + 1);
    t->outcome.epochs = any32(r);
    t->outcome.best_epoch = any32(r);
    t->outcome.val_accuracy = any_number(r);
    t->outcome.val_loss = any_number(r);
    t->outcome.train_loss = any_number(r);
    t->outcome.seconds = any_number(r);
    t->outcome.samples_per_second = any_number(r);
    t->outcome.weights_hash = any64(r);
    any_text(r, t->reason, sizeof(t->reason));
    t->started = any_number(r);
    t->rank = any32(r);
    any_text(r, t->host, sizeof(t->host));
    any_text(r, t->arithmetic, sizeof(t->arithmetic));
    t->curve_count = below(r, 4);
    t->curve = any_curve(r, t->curve_count);
}

static void fill_optimism(RandomStream *r, Optimism *o) {
    o->networks = any32(r);
    o->seen = any_number(r);
    o->unseen = any_number(r);
    o->margin = any_number(r);
}

static void fill_ensemble(RandomStream *r, EnsembleRecord *e) {
    e->member_count = below(r, 5);
    e->members = any_bytes(r, e->member_count * sizeof(uint64_t));
    e->counts = any_bytes(r, e->member_count * sizeof(uint32_t));
    e->epochs = any_bytes(r, e->member_count * sizeof(uint32_t));
    e->pick_count = below(r, 6);
    e->metric_after_pick = any_bytes(r, e->pick_count * sizeof(double));
    e->val_accuracy = any_number(r);
    e->val_loss = any_number(r);
    e->has_test = below(r, 2) == 1;
    e->test_accuracy = any_number(r);
    e->test_loss = any_number(r);
    e->single = any64(r);
    e->single_val_accuracy = any_number(r);
    e->single_val_loss = any_number(r);
    e->single_test_accuracy = any_number(r);
    e->single_test_loss = any_number(r);
    e->test_count = below(r, 4);
    e->classes = below(r, 4);
    e->test_probabilities = any_bytes(r, e->test_count * e->classes * sizeof(float));
    e->on_selection = below(r, 2) == 1;
    if (!e->on_selection) return;
    e->selection_accuracy = any_number(r);
    e->selection_loss = any_number(r);
    e->single_selection_accuracy = any_number(r);
    e->single_selection_loss = any_number(r);
    fill_optimism(r, &e->single_optimism);
    fill_optimism(r, &e->pool_optimism);
}

size_t made_up_tails(const Record *record) {
    if (record->kind == RECORD_DATA) return record->as.data.selection_count > 0;
    if (record->kind != RECORD_ENSEMBLE) return 0;
    return (size_t)(record->as.ensemble.member_count > 0) + record->as.ensemble.on_selection;
}

Record made_up_record(RandomStream *r, RecordKind kind) {
    Record record;
    memset(&record, 0, sizeof(record));
    record.kind = kind;
    switch (kind) {
    case RECORD_CAMPAIGN:
        record.as.campaign.format_version = any32(r);
        record.as.campaign.name = any_text_new(r);
        record.as.campaign.config_name = any_text_new(r);
        record.as.campaign.config_text = any_text_new(r);
        record.as.campaign.config_hash = any64(r);
        record.as.campaign.created = any_number(r);
        record.as.campaign.versions = any_text_new(r);
        break;
    case RECORD_DATA: fill_data(r, &record.as.data); break;
    case RECORD_START: fill_start(r, &record.as.start); break;
    case RECORD_PREFLIGHT:
        record.as.preflight.config_hash = any64(r);
        any_text(r, record.as.preflight.arithmetic, ARITHMETIC_SIZE);
        record.as.preflight.gradient_error = any_number(r);
        record.as.preflight.initial_loss = any_number(r);
        record.as.preflight.expected_loss = any_number(r);
        record.as.preflight.subset_accuracy = any_number(r);
        record.as.preflight.samples_per_second = any_number(r);
        break;
    case RECORD_STAGE: fill_stage(r, &record.as.stage); break;
    case RECORD_DRAW:
        record.as.draw.trial = any64(r);
        record.as.draw.parameter_count = below(r, SPACE_MAX_PARAMETERS + 1);
        fill_draw(r, &record.as.draw.draw, record.as.draw.parameter_count);
        break;
    case RECORD_LEASE: fill_lease(r, &record.as.lease); break;
    case RECORD_MEMBER: fill_member(r, &record.as.member); break;
    case RECORD_CHECKPOINT: fill_checkpoint(r, &record.as.checkpoint); break;
    case RECORD_TRIAL:
    case RECORD_REPORT: fill_trial(r, &record.as.trial); break;
    case RECORD_DECISION:
        record.as.decision.trial = any64(r);
        record.as.decision.rung = below(r, STOPPING_MAX_RUNGS);
        record.as.decision.epoch = any32(r);
        record.as.decision.metric = any_number(r);
        record.as.decision.verdict = below(r, VERDICT_LAST + 1);
        break;
    case RECORD_ENSEMBLE: fill_ensemble(r, &record.as.ensemble); break;
    case RECORD_END:
        record.as.end.time = any_number(r);
        record.as.end.outcome = below(r, OUTCOME_MERGED + 1);
        any_text(r, record.as.end.reason, REASON_SIZE);
        break;
    case RECORD_FAILURE:
        record.as.failure.time = any_number(r);
        any_text(r, record.as.failure.reason, REASON_SIZE);
        break;
    }
    return record;
}

static void fill_lease_message(RandomStream *r, LeaseMessage *l) {
    l->lease = any64(r);
    l->trial = any64(r);
    l->stage = any32(r);
    l->number = any32(r);
    l->parameter_count = below(r, 6);
    fill_draw(r, &l->draw, l->parameter_count);
    l->until_epoch = any32(r);
    fill_checkpoint(r, &l->checkpoint);
    l->length = below(r, 100);
    l->blob = any_bytes(r, l->length);
}

static void fill_network(RandomStream *r, NetworkMessage *n) {
    n->lease = any64(r);
    n->trial = any64(r);
    n->stored = below(r, 2) == 1;
    if (n->stored) fill_member(r, &n->record);
    n->length = n->stored ? 0 : below(r, 200);
    n->blob = any_bytes(r, n->length);
}

static void fill_progress(RandomStream *r, ProgressMessage *p) {
    p->lease = any64(r);
    p->trial = any64(r);
    p->has_row = below(r, 2) == 1;
    if (p->has_row) p->row = any_row(r);
    p->begun = below(r, 2) == 1;
    if (!p->begun) return;
    p->from_epoch = any32(r);
    any_text(r, p->note, sizeof(p->note));
}

static uint32_t any_status(RandomStream *r) {
    static const Status states[] = {STATUS_OK, STATUS_ENVIRONMENT, STATUS_INPUT, STATUS_RESUMABLE};
    return (uint32_t)states[below(r, 4)];
}

Message made_up_message(RandomStream *r, MessageKind kind) {
    Message m;
    memset(&m, 0, sizeof(m));
    m.kind = kind;
    switch (kind) {
    case MESSAGE_HELLO:
        any_text(r, m.as.hello.host, HOST_NAME_SIZE);
        any_text(r, m.as.hello.arithmetic, ARITHMETIC_SIZE);
        m.as.hello.sees_parts = below(r, 2) == 1;
        m.as.hello.relayed = below(r, 2) == 1;
        m.as.hello.lease = any64(r);
        break;
    case MESSAGE_PROGRESS: fill_progress(r, &m.as.progress); break;
    case MESSAGE_RESULT:
        m.as.result.lease = any64(r);
        fill_trial(r, &m.as.result.record);
        m.as.result.has_network = below(r, 2) == 1;
        m.as.result.crashed = below(r, 2) == 1;
        break;
    case MESSAGE_NETWORK: fill_network(r, &m.as.network); break;
    case MESSAGE_CHECKPOINT:
        m.as.checkpoint.lease = any64(r);
        fill_checkpoint(r, &m.as.checkpoint.record);
        m.as.checkpoint.stored = below(r, 2) == 1;
        m.as.checkpoint.length = m.as.checkpoint.stored ? 0 : below(r, 200);
        m.as.checkpoint.blob = any_bytes(r, m.as.checkpoint.length);
        break;
    case MESSAGE_FAREWELL: any_text(r, m.as.farewell.reason, ERROR_TEXT_SIZE); break;
    case MESSAGE_LEASE: fill_lease_message(r, &m.as.lease); break;
    case MESSAGE_VERDICT:
        m.as.verdict.lease = any64(r);
        m.as.verdict.trial = any64(r);
        m.as.verdict.what = below(r, BLOB_KIND_COUNT);
        m.as.verdict.keep = below(r, 2) == 1;
        break;
    case MESSAGE_RECORDED: m.as.recorded.trial = any64(r); break;
    case MESSAGE_STOP:
        m.as.stop.save = below(r, 2) == 1;
        m.as.stop.ranks_lost = below(r, 2) == 1;
        break;
    case MESSAGE_ALIVE:
    case MESSAGE_BUNDLE: /* no single message: not asked for */
    case MESSAGE_SAVE: break;
    case MESSAGE_SETUP:
        m.as.setup.config_name = any_text_new(r);
        m.as.setup.config_text = any_text_new(r);
        m.as.setup.segment = any_text_new(r);
        m.as.setup.segment_length = any64(r);
        m.as.setup.data_hash = any64(r);
        m.as.setup.threads = any32(r);
        m.as.setup.file = any_text_new(r);
        break;
    case MESSAGE_JOB:
        m.as.job.kind = below(r, JOB_KIND_COUNT);
        fill_lease_message(r, &m.as.job.lease);
        m.as.job.file = any_text_new(r);
        m.as.job.journal_length = any64(r);
        break;
    case MESSAGE_CANCEL: m.as.cancel.slot = below(r, JOB_SLOT_COUNT); break;
    case MESSAGE_STORE:
        m.as.store.owner = below(r, STORE_OWNER_COUNT);
        any_text(r, m.as.store.name, BLOB_NAME_SIZE);
        m.as.store.length = below(r, 200);
        m.as.store.blob = any_bytes(r, m.as.store.length);
        break;
    case MESSAGE_STORED:
        m.as.stored.owner = below(r, STORE_OWNER_COUNT);
        any_text(r, m.as.stored.name, BLOB_NAME_SIZE);
        m.as.stored.status = any_status(r);
        any_text(r, m.as.stored.text, ERROR_TEXT_SIZE);
        break;
    case MESSAGE_READY:
        m.as.ready.status = any_status(r);
        any_text(r, m.as.ready.text, ERROR_TEXT_SIZE);
        break;
    case MESSAGE_JOB_ENDED:
        m.as.job_ended.slot = below(r, JOB_SLOT_COUNT);
        m.as.job_ended.kind = below(r, JOB_KIND_COUNT);
        m.as.job_ended.exit_code = (int32_t)random_below(r, 257) - 1;
        m.as.job_ended.signal = (int32_t)random_below(r, 128);
        m.as.job_ended.seconds = any_number(r);
        any_text(r, m.as.job_ended.text, ERROR_TEXT_SIZE);
        break;
    case MESSAGE_JOB_RESULT:
        m.as.job_result.record = made_up_record(r, (RecordKind)(1 + below(r, RECORD_LAST)));
        break;
    }
    return m;
}

static MemberBlob any_network(RandomStream *r, uint64_t trial, uint32_t epoch) {
    MemberBlob blob;
    memset(&blob, 0, sizeof(blob));
    blob.trial = trial;
    blob.epoch = epoch;
    blob.network = any_text_new(r);
    blob.block_count = below(r, 4);
    if (blob.block_count > 0) blob.blocks = calloc(blob.block_count, sizeof(*blob.blocks));
    for (uint32_t i = 0; i < blob.block_count; i++) {
        any_text(r, blob.blocks[i].layer, sizeof(blob.blocks[i].layer));
        any_text(r, blob.blocks[i].role, sizeof(blob.blocks[i].role));
        size_t count = 1;
        blob.blocks[i].shape.rank = 1 + below(r, ARRAY_MAX_RANK);
        for (size_t d = 0; d < blob.blocks[i].shape.rank; d++) {
            blob.blocks[i].shape.dims[d] = below(r, 4);
            count *= blob.blocks[i].shape.dims[d];
        }
        blob.blocks[i].values = any_bytes(r, count * sizeof(float));
    }
    blob.examples = below(r, 4);
    blob.classes = below(r, 4);
    blob.probabilities = any_bytes(r, blob.examples * blob.classes * sizeof(float));
    blob.selection_examples = below(r, 4);
    blob.selection_probabilities = any_bytes(r, blob.selection_examples * blob.classes * sizeof(float));
    return blob;
}

MemberBlob made_up_member_blob(RandomStream *r) {
    MemberBlob blob = any_network(r, any64(r), any32(r) | 1U << 20);
    blob.snapshot_count = below(r, 4);
    if (blob.snapshot_count > 0) blob.snapshots = calloc(blob.snapshot_count, sizeof(*blob.snapshots));
    for (uint32_t i = 0; i < blob.snapshot_count; i++)
        blob.snapshots[i] = any_network(r, blob.trial, 1 + 10 * i + below(r, 10));
    return blob;
}

CheckpointBlob made_up_checkpoint_blob(RandomStream *r) {
    CheckpointBlob blob;
    memset(&blob, 0, sizeof(blob));
    blob.trial = any64(r);
    blob.epoch = 1U + below(r, 5);
    any_text(r, blob.arithmetic, sizeof(blob.arithmetic));
    blob.curve_count = blob.epoch;
    blob.curve = any_curve(r, blob.curve_count);
    blob.state_length = below(r, 200);
    blob.state = any_bytes(r, blob.state_length);
    return blob;
}

#include "campaign/wire.h"

#include <stdlib.h>
#include <string.h>

#include "campaign/ledger/record_fields.h"

#define LARGEST_SIGNAL 127 /* what a wait status has room for */

static void hello_fields(Codec *codec, HelloMessage *hello) {
    codec_text(codec, hello->host, sizeof(hello->host));
    codec_text(codec, hello->arithmetic, sizeof(hello->arithmetic));
    codec_bool(codec, &hello->sees_parts);
    codec_bool(codec, &hello->relayed);
    codec_u64(codec, &hello->lease);
}

static void progress_fields(Codec *codec, ProgressMessage *progress) {
    codec_u64(codec, &progress->lease);
    codec_u64(codec, &progress->trial);
    codec_bool(codec, &progress->has_row);
    if (progress->has_row) epoch_row_fields(codec, &progress->row);
    codec_bool(codec, &progress->begun);
    if (!progress->begun) return;
    codec_u32(codec, &progress->from_epoch);
    codec_text(codec, progress->note, sizeof(progress->note));
}

static void result_fields(Codec *codec, ResultMessage *result) {
    codec_u64(codec, &result->lease);
    trial_fields(codec, &result->record);
    codec_bool(codec, &result->has_network);
    codec_bool(codec, &result->crashed);
}

static void network_fields(Codec *codec, NetworkMessage *network) {
    codec_u64(codec, &network->lease);
    codec_u64(codec, &network->trial);
    codec_bool(codec, &network->stored);
    if (network->stored) member_fields(codec, &network->record);
    codec_size(codec, &network->length);
    codec_numbers(codec, &network->blob, network->length, 1);
}

static void checkpoint_message_fields(Codec *codec, CheckpointMessage *checkpoint) {
    codec_u64(codec, &checkpoint->lease);
    checkpoint_fields(codec, &checkpoint->record);
    codec_require(codec, checkpoint->record.epoch > 0);
    codec_bool(codec, &checkpoint->stored);
    codec_size(codec, &checkpoint->length);
    codec_numbers(codec, &checkpoint->blob, checkpoint->length, 1);
}

static void lease_message_fields(Codec *codec, LeaseMessage *lease) {
    codec_u64(codec, &lease->lease);
    codec_u64(codec, &lease->trial);
    codec_u32(codec, &lease->stage);
    codec_u32(codec, &lease->number);
    codec_u32(codec, &lease->parameter_count);
    draw_fields(codec, &lease->draw, lease->parameter_count);
    codec_u32(codec, &lease->until_epoch);
    checkpoint_fields(codec, &lease->checkpoint);
    codec_size(codec, &lease->length);
    codec_numbers(codec, &lease->blob, lease->length, 1);
}

static void verdict_fields(Codec *codec, VerdictMessage *verdict) {
    codec_u64(codec, &verdict->lease);
    codec_u64(codec, &verdict->trial);
    verdict->what = (uint8_t)codec_choice(codec, verdict->what, BLOB_KIND_COUNT);
    codec_bool(codec, &verdict->keep);
}

static void setup_fields(Codec *codec, SetupMessage *setup) {
    codec_text_owned(codec, &setup->config_name);
    codec_text_owned(codec, &setup->config_text);
    codec_text_owned(codec, &setup->segment);
    codec_u64(codec, &setup->segment_length);
    codec_u64(codec, &setup->data_hash);
    codec_u32(codec, &setup->threads);
    codec_text_owned(codec, &setup->file);
}

static void store_fields(Codec *codec, StoreMessage *store) {
    store->owner = (uint8_t)codec_choice(codec, store->owner, STORE_OWNER_COUNT);
    codec_text(codec, store->name, sizeof(store->name));
    codec_size(codec, &store->length);
    codec_numbers(codec, &store->blob, store->length, 1);
}

static void job_fields(Codec *codec, JobMessage *job) {
    job->kind = (uint8_t)codec_choice(codec, job->kind, JOB_KIND_COUNT);
    lease_message_fields(codec, &job->lease);
    codec_text_owned(codec, &job->file);
    codec_u64(codec, &job->journal_length);
}

static void status_fields(Codec *codec, uint32_t *status) {
    codec_u32(codec, status);
    codec_require(codec, *status == STATUS_OK || *status == STATUS_ENVIRONMENT || *status == STATUS_INPUT ||
                             *status == STATUS_RESUMABLE);
}

static void ready_fields(Codec *codec, ReadyMessage *ready) {
    status_fields(codec, &ready->status);
    codec_text(codec, ready->text, sizeof(ready->text));
}

static void stored_fields(Codec *codec, StoredMessage *stored) {
    stored->owner = (uint8_t)codec_choice(codec, stored->owner, STORE_OWNER_COUNT);
    codec_text(codec, stored->name, sizeof(stored->name));
    status_fields(codec, &stored->status);
    codec_text(codec, stored->text, sizeof(stored->text));
}

static void job_ended_fields(Codec *codec, JobEndedMessage *ended) {
    ended->slot = (uint8_t)codec_choice(codec, ended->slot, JOB_SLOT_COUNT);
    ended->kind = (uint8_t)codec_choice(codec, ended->kind, JOB_KIND_COUNT);
    codec_i32(codec, &ended->exit_code);
    codec_require(codec, ended->exit_code >= -1 && ended->exit_code <= 255);
    codec_i32(codec, &ended->signal);
    codec_require(codec, ended->signal >= 0 && ended->signal <= LARGEST_SIGNAL);
    codec_f64(codec, &ended->seconds);
    codec_text(codec, ended->text, sizeof(ended->text));
}

static void message_fields(Codec *codec, Message *message) {
    switch (message->kind) {
    case MESSAGE_HELLO: hello_fields(codec, &message->as.hello); return;
    case MESSAGE_PROGRESS: progress_fields(codec, &message->as.progress); return;
    case MESSAGE_RESULT: result_fields(codec, &message->as.result); return;
    case MESSAGE_NETWORK: network_fields(codec, &message->as.network); return;
    case MESSAGE_FAREWELL:
        codec_text(codec, message->as.farewell.reason, sizeof(message->as.farewell.reason));
        return;
    case MESSAGE_LEASE: lease_message_fields(codec, &message->as.lease); return;
    case MESSAGE_VERDICT: verdict_fields(codec, &message->as.verdict); return;
    case MESSAGE_RECORDED: codec_u64(codec, &message->as.recorded.trial); return;
    case MESSAGE_STOP:
        codec_bool(codec, &message->as.stop.save);
        codec_bool(codec, &message->as.stop.ranks_lost);
        return;
    case MESSAGE_ALIVE:
    case MESSAGE_SAVE: return;
    case MESSAGE_CHECKPOINT: checkpoint_message_fields(codec, &message->as.checkpoint); return;
    case MESSAGE_STORE: store_fields(codec, &message->as.store); return;
    case MESSAGE_STORED: stored_fields(codec, &message->as.stored); return;
    case MESSAGE_SETUP: setup_fields(codec, &message->as.setup); return;
    case MESSAGE_JOB: job_fields(codec, &message->as.job); return;
    case MESSAGE_CANCEL:
        message->as.cancel.slot = (uint8_t)codec_choice(codec, message->as.cancel.slot, JOB_SLOT_COUNT);
        return;
    case MESSAGE_READY: ready_fields(codec, &message->as.ready); return;
    case MESSAGE_JOB_ENDED: job_ended_fields(codec, &message->as.job_ended); return;
    case MESSAGE_JOB_RESULT: record_fields(codec, &message->as.job_result.record); return;
    case MESSAGE_BUNDLE: break; /* no single message */
    }
    codec_require(codec, false); /* no such kind */
}

/* Bytes of a message of the kind that are in use: the longest kind is many times longer than most. */
static size_t size_of(MessageKind kind) {
#define SIZE_WITH(member_) (offsetof(Message, as) + sizeof(((Message *)0)->as.member_))
    switch (kind) {
    case MESSAGE_HELLO: return SIZE_WITH(hello);
    case MESSAGE_PROGRESS: return SIZE_WITH(progress);
    case MESSAGE_RESULT: return SIZE_WITH(result);
    case MESSAGE_NETWORK: return SIZE_WITH(network);
    case MESSAGE_LEASE: return SIZE_WITH(lease);
    case MESSAGE_VERDICT: return SIZE_WITH(verdict);
    case MESSAGE_RECORDED: return SIZE_WITH(recorded);
    case MESSAGE_STOP: return SIZE_WITH(stop);
    case MESSAGE_ALIVE:
    case MESSAGE_SAVE: return offsetof(Message, as);
    case MESSAGE_CHECKPOINT: return SIZE_WITH(checkpoint);
    case MESSAGE_STORE: return SIZE_WITH(store);
    case MESSAGE_SETUP: return SIZE_WITH(setup);
    case MESSAGE_JOB: return SIZE_WITH(job);
    case MESSAGE_CANCEL: return SIZE_WITH(cancel);
    default: return sizeof(Message);
    }
#undef SIZE_WITH
}

Status message_duplicate(Message **out, const Message *message) {
    size_t size = size_of(message->kind);
    *out = malloc(size);
    if (*out == NULL)
        return status_fail(STATUS_ENVIRONMENT, "out of memory for a message of %zu bytes", size);
    memcpy(*out, message, size);
    return STATUS_OK;
}

static const char *message_kind_name(unsigned kind) {
    switch (kind) {
    case MESSAGE_HELLO: return "hello";
    case MESSAGE_PROGRESS: return "progress";
    case MESSAGE_RESULT: return "result";
    case MESSAGE_NETWORK: return "network";
    case MESSAGE_FAREWELL: return "farewell";
    case MESSAGE_LEASE: return "lease";
    case MESSAGE_VERDICT: return "verdict";
    case MESSAGE_RECORDED: return "recorded";
    case MESSAGE_STOP: return "stop";
    case MESSAGE_ALIVE: return "alive";
    case MESSAGE_SAVE: return "save";
    case MESSAGE_CHECKPOINT: return "checkpoint";
    case MESSAGE_STORE: return "store";
    case MESSAGE_STORED: return "stored";
    case MESSAGE_SETUP: return "setup";
    case MESSAGE_JOB: return "job";
    case MESSAGE_CANCEL: return "cancel";
    case MESSAGE_READY: return "ready";
    case MESSAGE_JOB_ENDED: return "job ended";
    case MESSAGE_JOB_RESULT: return "job result";
    case MESSAGE_BUNDLE: return "bundle";
    default: return "unknown";
    }
}

MessageKind message_kind(const void *data, size_t length) {
    const uint8_t *bytes = data;
    return length >= 2 && bytes[0] == WIRE_VERSION ? (MessageKind)bytes[1] : (MessageKind)0;
}

void message_encode(const Message *message, ByteWriter *writer) {
    Message copy; /* fields are described for writing and reading alike */
    memcpy(&copy, message, size_of(message->kind));
    Codec codec = {.writer = writer};
    bytes_put_u8(writer, WIRE_VERSION);
    bytes_put_u8(writer, (uint8_t)message->kind);
    message_fields(&codec, &copy);
}

Status message_decode(Message *message, const void *data, size_t length) {
    ByteReader reader = bytes_reader(data, length);
    Codec codec = {.reader = &reader};
    unsigned version = bytes_get_u8(&reader), kind = bytes_get_u8(&reader);
    memset(message, 0, size_of((MessageKind)kind));
    if (length > 0 && version != WIRE_VERSION)
        return status_fail(
            STATUS_ENVIRONMENT,
            "a message of wire version %u has come, and this winnow speaks version %d: all ranks must "
            "run the same winnow",
            version, WIRE_VERSION);
    message->kind = (MessageKind)kind;
    message_fields(&codec, message);
    if (!reader.failed && reader.position == length) return STATUS_OK;
    message_release(message);
    if (codec.out_of_memory)
        return status_fail(STATUS_ENVIRONMENT, "out of memory while reading a message of %zu bytes", length);
    return status_fail(STATUS_ENVIRONMENT, "a message of kind %u (%s), %zu bytes, is damaged", kind,
                       message_kind_name(kind), length);
}

void message_release(Message *message) {
    switch (message->kind) {
    case MESSAGE_RESULT: free(message->as.result.record.curve); break;
    case MESSAGE_NETWORK: free(message->as.network.blob); break;
    case MESSAGE_CHECKPOINT: free(message->as.checkpoint.blob); break;
    case MESSAGE_LEASE: free(message->as.lease.blob); break;
    case MESSAGE_STORE: free(message->as.store.blob); break;
    case MESSAGE_SETUP:
        free(message->as.setup.config_name);
        free(message->as.setup.config_text);
        free(message->as.setup.segment);
        free(message->as.setup.file);
        break;
    case MESSAGE_JOB:
        free(message->as.job.file);
        free(message->as.job.lease.blob);
        break;
    case MESSAGE_JOB_RESULT: record_release(&message->as.job_result.record); break;
    default: break; /* the others own nothing */
    }
    memset(message, 0, size_of(message->kind));
}

Status message_send(Channel *channel, int peer, const Message *message) {
    ByteWriter writer = {0};
    message_encode(message, &writer);
    Status status = bytes_writer_status(&writer);
    if (status == STATUS_OK) status = channel_send(channel, peer, writer.data, writer.length);
    bytes_writer_release(&writer);
    return status;
}

Status message_receive(Channel *channel, int *peer, Message *message, bool *got) {
    uint8_t *data;
    size_t length;
    *got = false;
    TRY(channel_receive(channel, peer, &data, &length));
    if (data == NULL) return STATUS_OK;
    Status status = message_decode(message, data, length);
    free(data);
    *got = status == STATUS_OK;
    return status;
}

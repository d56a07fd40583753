#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "campaign/ledger/codec.h"
#include "campaign/ledger/record_fields.h"
#include "campaign/records.h"

#define CHECKPOINT_BLOB_VERSION 2

static void blob_fields(Codec *codec, CheckpointBlob *blob) {
    uint8_t version = CHECKPOINT_BLOB_VERSION;
    codec_u8(codec, &version);
    codec_require(codec, version == CHECKPOINT_BLOB_VERSION);
    codec_u64(codec, &blob->trial);
    codec_u32(codec, &blob->epoch);
    codec_require(codec, blob->epoch >= 1);
    codec_text(codec, blob->arithmetic, sizeof(blob->arithmetic));
    codec_u32(codec, &blob->curve_count);
    codec_require(codec, blob->curve_count == blob->epoch);
    if (!codec_array(codec, &blob->curve, blob->curve_count, sizeof(EpochRow), EPOCH_ROW_BYTES)) return;
    for (uint32_t i = 0; i < blob->curve_count; i++)
        epoch_row_fields(codec, &blob->curve[i]);
    codec_size(codec, &blob->state_length);
    codec_numbers(codec, &blob->state, blob->state_length, 1);
}

void checkpoint_blob_encode(const CheckpointBlob *blob, ByteWriter *writer) {
    CheckpointBlob copy = *blob; /* fields are described for writing and reading alike */
    Codec codec = {.writer = writer};
    blob_fields(&codec, &copy);
}

Status checkpoint_blob_decode(CheckpointBlob *blob, const void *data, size_t length) {
    ByteReader reader = bytes_reader(data, length);
    Codec codec = {.reader = &reader};
    memset(blob, 0, sizeof(*blob));
    blob_fields(&codec, blob);
    if (!reader.failed && reader.position == length) return STATUS_OK;
    checkpoint_blob_release(blob);
    if (codec.out_of_memory)
        return status_fail(STATUS_ENVIRONMENT, "out of memory while reading a checkpoint of %zu bytes",
                           length);
    return status_fail(STATUS_INPUT, "a checkpoint of %zu bytes is damaged", length);
}

void checkpoint_blob_release(CheckpointBlob *blob) {
    free(blob->curve);
    free(blob->state);
    memset(blob, 0, sizeof(*blob));
}

CheckpointRecord checkpoint_record_of(const CheckpointBlob *blob, uint64_t lease, double seconds,
                                      const void *bytes, size_t length) {
    CheckpointRecord record = {.trial = blob->trial,
                               .epoch = blob->epoch,
                               .seconds = seconds,
                               .length = length,
                               .hash = hash64(bytes, length)};
    text_copy(record.arithmetic, sizeof(record.arithmetic), blob->arithmetic);
    (void)snprintf(record.blob, sizeof(record.blob), "checkpoint-%" PRIu64 "-%" PRIu64 "-%" PRIu32,
                   blob->trial, lease, blob->epoch);
    return record;
}

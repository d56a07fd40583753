#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/size.h"
#include "campaign/ledger/codec.h"
#include "campaign/records.h"

#define VERSION_ALONE 2         /* one network, judged on the validation part alone */
#define VERSION_WITH_MORE 3     /* snapshots, or a selection part */
#define BLOCK_LEAST_BYTES 17    /* two empty texts, a rank, one dimension */
#define SNAPSHOT_LEAST_BYTES 32 /* epoch, an empty text, no blocks, no examples of either part */

static void block_fields(Codec *codec, struct MemberBlock *block) {
    size_t values = 0;
    codec_text(codec, block->layer, sizeof(block->layer));
    codec_text(codec, block->role, sizeof(block->role));
    uint8_t rank = (uint8_t)block->shape.rank;
    codec_u8(codec, &rank);
    codec_require(codec, rank >= 1 && rank <= ARRAY_MAX_RANK);
    block->shape.rank = rank <= ARRAY_MAX_RANK ? rank : 0;
    for (size_t i = 0; i < block->shape.rank; i++)
        codec_size(codec, &block->shape.dims[i]);
    codec_require(codec, array_count(block->shape, &values));
    codec_numbers(codec, &block->values, values, sizeof(float));
}

static void network_fields(Codec *codec, MemberBlob *blob, uint8_t version) {
    size_t values = 0;
    codec_u32(codec, &blob->epoch);
    codec_text_owned(codec, &blob->network);
    codec_u32(codec, &blob->block_count);
    if (!codec_array(codec, &blob->blocks, blob->block_count, sizeof(*blob->blocks), BLOCK_LEAST_BYTES))
        return;
    for (uint32_t i = 0; i < blob->block_count; i++)
        block_fields(codec, &blob->blocks[i]);
    codec_u64(codec, &blob->examples);
    codec_u32(codec, &blob->classes);
    codec_require(codec, size_mul((size_t)blob->examples, blob->classes, &values));
    codec_numbers(codec, &blob->probabilities, values, sizeof(float));
    if (version == VERSION_ALONE) return;
    codec_u64(codec, &blob->selection_examples);
    codec_require(codec, size_mul((size_t)blob->selection_examples, blob->classes, &values));
    codec_numbers(codec, &blob->selection_probabilities, values, sizeof(float));
}

static void snapshot_fields(Codec *codec, MemberBlob *blob) {
    codec_u32(codec, &blob->snapshot_count);
    codec_require(codec, blob->snapshot_count <= SNAPSHOTS_MAX);
    codec_require(codec, blob->snapshot_count > 0 || blob->selection_examples > 0);
    if (!codec_array(codec, &blob->snapshots, blob->snapshot_count, sizeof(*blob->snapshots),
                     SNAPSHOT_LEAST_BYTES))
        return;
    for (uint32_t i = 0; i < blob->snapshot_count; i++) {
        MemberBlob *snapshot = &blob->snapshots[i];
        snapshot->trial = blob->trial;
        network_fields(codec, snapshot, VERSION_WITH_MORE);
        codec_require(codec, snapshot->epoch != blob->epoch);
        codec_require(codec, i == 0 || snapshot->epoch > blob->snapshots[i - 1].epoch);
    }
}

static void blob_fields(Codec *codec, MemberBlob *blob) {
    bool more = blob->snapshot_count > 0 || blob->selection_examples > 0;
    uint8_t version = more ? VERSION_WITH_MORE : VERSION_ALONE;
    codec_u8(codec, &version);
    codec_require(codec, version == VERSION_ALONE || version == VERSION_WITH_MORE);
    codec_u64(codec, &blob->trial);
    network_fields(codec, blob, version);
    if (version == VERSION_WITH_MORE) snapshot_fields(codec, blob);
}

void member_blob_encode(const MemberBlob *blob, ByteWriter *writer) {
    MemberBlob copy = *blob; /* fields are described for writing and reading alike */
    Codec codec = {.writer = writer};
    blob_fields(&codec, &copy);
}

Status member_blob_decode(MemberBlob *blob, const void *data, size_t length) {
    ByteReader reader = bytes_reader(data, length);
    Codec codec = {.reader = &reader};
    memset(blob, 0, sizeof(*blob));
    blob_fields(&codec, blob);
    if (!reader.failed && reader.position == length) return STATUS_OK;
    member_blob_release(blob);
    if (codec.out_of_memory)
        return status_fail(STATUS_ENVIRONMENT, "out of memory while reading a network of %zu bytes", length);
    return status_fail(STATUS_INPUT, "a kept network of %zu bytes is damaged", length);
}

const MemberBlob *member_blob_at(const MemberBlob *blob, uint32_t epoch) {
    if (blob->epoch == epoch) return blob;
    for (uint32_t i = 0; i < blob->snapshot_count; i++) {
        if (blob->snapshots[i].epoch == epoch) return &blob->snapshots[i];
    }
    return NULL;
}

static void network_release(MemberBlob *blob) {
    free(blob->network);
    for (uint32_t i = 0; blob->blocks != NULL && i < blob->block_count; i++)
        free(blob->blocks[i].values);
    free(blob->blocks);
    free(blob->probabilities);
    free(blob->selection_probabilities);
}

void member_blob_release(MemberBlob *blob) {
    for (uint32_t i = 0; blob->snapshots != NULL && i < blob->snapshot_count; i++)
        network_release(&blob->snapshots[i]);
    free(blob->snapshots);
    network_release(blob);
    memset(blob, 0, sizeof(*blob));
}

const float *member_choice_probabilities(const MemberBlob *blob) {
    return blob->selection_examples > 0 ? blob->selection_probabilities : blob->probabilities;
}

uint64_t member_choice_examples(const MemberBlob *blob) {
    return blob->selection_examples > 0 ? blob->selection_examples : blob->examples;
}

MemberRecord member_record_of(uint64_t trial, uint32_t epoch, const void *blob, size_t length) {
    MemberRecord record = {.trial = trial, .epoch = epoch, .length = length, .hash = hash64(blob, length)};
    (void)snprintf(record.blob, sizeof(record.blob), "member-%" PRIu64, trial);
    return record;
}

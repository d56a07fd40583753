/* A kept network or a checkpoint, as the folder of parts holds them: the first byte says which. What is read
 * is written again with the same bytes. */
#include "campaign/records.h"
#include "fuzz.h"

static void member(const uint8_t *data, size_t size) {
    MemberBlob blob;
    ByteWriter again = {0};
    if (!fuzz_accepted(member_blob_decode(&blob, data, size))) return;
    member_blob_encode(&blob, &again);
    fuzz_require_bytes(&again, data, size);
    member_blob_release(&blob);
}

static void checkpoint(const uint8_t *data, size_t size) {
    CheckpointBlob blob;
    ByteWriter again = {0};
    if (!fuzz_accepted(checkpoint_blob_decode(&blob, data, size))) return;
    checkpoint_blob_encode(&blob, &again);
    fuzz_require_bytes(&again, data, size);
    checkpoint_blob_release(&blob);
}

int fuzz_blobs(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    (data[0] % 2 == 0 ? member : checkpoint)(data + 1, size - 1);
    return 0;
}

#include "campaign/bundle.h"

#define HEAD_BYTES 2                 /* version and kind */
#define FULL_BYTES ((size_t)1 << 20) /* a long blob is alone in its bundle, about */

void bundle_add(Bundle *bundle, uint32_t rank, const void *data, size_t length) {
    if (bundle->writer.length == 0) {
        bytes_put_u8(&bundle->writer, WIRE_VERSION);
        bytes_put_u8(&bundle->writer, MESSAGE_BUNDLE);
    }
    bytes_put_u32(&bundle->writer, rank);
    bytes_put_block(&bundle->writer, data, length);
}

bool bundle_is_empty(const Bundle *bundle) {
    return bundle->writer.length == 0 && !bundle->writer.failed;
}

bool bundle_is_full(const Bundle *bundle) {
    return bundle->writer.length > FULL_BYTES;
}

void bundle_empty(Bundle *bundle) {
    if (bundle_is_full(bundle))
        bytes_writer_release(&bundle->writer);
    else
        bytes_writer_reset(&bundle->writer);
}

Status bundle_send(Bundle *bundle, Channel *channel, int peer) {
    if (bundle_is_empty(bundle)) return STATUS_OK;
    Status status = bytes_writer_status(&bundle->writer);
    if (status == STATUS_OK) status = channel_send(channel, peer, bundle->writer.data, bundle->writer.length);
    bundle_empty(bundle);
    return status;
}

void bundle_release(Bundle *bundle) {
    bytes_writer_release(&bundle->writer);
}

bool bundle_is(const void *data, size_t length) {
    return message_kind(data, length) == MESSAGE_BUNDLE;
}

ByteReader bundle_reader(const void *data, size_t length) {
    ByteReader reader = bytes_reader(data, length);
    (void)bytes_get_raw(&reader, HEAD_BYTES);
    return reader;
}

Status bundle_next(ByteReader *reader, uint32_t *rank, const uint8_t **data, size_t *length, bool *got) {
    *got = false;
    if (!reader->failed && reader->position == reader->length) return STATUS_OK;
    *rank = bytes_get_u32(reader);
    *data = bytes_get_block(reader, length);
    *got = !reader->failed;
    return *got ? STATUS_OK
                : status_fail(STATUS_ENVIRONMENT, "a bundle of messages, %zu bytes, is damaged",
                              reader->length);
}

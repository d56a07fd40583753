#include "campaign/channel/frames.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

#define FRAME_ROOM (FRAME_BYTES - FRAME_HEADER_BYTES)

static void header_write(uint8_t *at, size_t length, size_t offset) {
    for (size_t i = 0; i < 4; i++) {
        at[i] = (uint8_t)(length >> 8 * i);
        at[4 + i] = (uint8_t)(offset >> 8 * i);
    }
}

Status frames_pack(const void *data, size_t length, uint8_t **frames, size_t *total) {
    size_t count = length > 0 ? (length + FRAME_ROOM - 1) / FRAME_ROOM : 1;
    *total = length + count * FRAME_HEADER_BYTES;
    *frames = malloc(*total);
    if (*frames == NULL)
        return status_fail(STATUS_ENVIRONMENT, "out of memory for a message of %zu bytes", length);
    uint8_t *at = *frames;
    size_t offset = 0;
    do {
        size_t part = length - offset < FRAME_ROOM ? length - offset : FRAME_ROOM;
        header_write(at, length, offset);
        if (part > 0) memcpy(at + FRAME_HEADER_BYTES, (const uint8_t *)data + offset, part);
        at += FRAME_HEADER_BYTES + part;
        offset += part;
    } while (offset < length);
    return STATUS_OK;
}

Status frames_take(Incoming *incoming, const uint8_t *frame, size_t size, uint8_t **data, size_t *length) {
    ByteReader reader = bytes_reader(frame, size);
    size_t announced = bytes_get_u32(&reader);
    size_t offset = bytes_get_u32(&reader);
    *data = NULL;
    *length = 0;
    if (reader.failed) return status_fail(STATUS_ENVIRONMENT, "a frame of %zu bytes has no header", size);
    if (!incoming->begun) TRY(incoming_begin(incoming, announced));
    size_t part = size - FRAME_HEADER_BYTES;
    if (announced != incoming->length || offset != incoming->filled || part > announced - offset ||
        (part == 0 && announced > 0))
        return status_fail(STATUS_ENVIRONMENT,
                           "a frame brings bytes %zu to %zu of %zu, where those after %zu of %zu are due",
                           offset, offset + part, announced, incoming->filled, incoming->length);
    const uint8_t *from = frame + FRAME_HEADER_BYTES;
    while (part > 0) {
        uint8_t *at = NULL;
        size_t room = 0;
        TRY(incoming_room(incoming, &at, &room));
        size_t now = room < part ? room : part;
        memcpy(at, from, now);
        incoming_filled(incoming, now);
        from += now;
        part -= now;
    }
    if (incoming_whole(incoming)) *data = incoming_take(incoming, length);
    return STATUS_OK;
}

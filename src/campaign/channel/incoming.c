#include "campaign/channel/incoming.h"

#include <stdlib.h>

#include "campaign/wire.h"

#define FIRST_ROOM ((size_t)64 << 10)

Status incoming_begin(Incoming *incoming, uint64_t length) {
    if (length > WIRE_MAX_BYTES)
        return status_fail(STATUS_ENVIRONMENT,
                           "a message announces %llu bytes, and %zu is the most there can be",
                           (unsigned long long)length, WIRE_MAX_BYTES);
    size_t room = length < FIRST_ROOM ? (size_t)length : FIRST_ROOM;
    uint8_t *data = malloc(room > 0 ? room : 1);
    if (data == NULL)
        return status_fail(STATUS_ENVIRONMENT, "out of memory for a message of %zu bytes", room);
    *incoming = (Incoming){.begun = true, .data = data, .length = (size_t)length, .capacity = room};
    return STATUS_OK;
}

Status incoming_room(Incoming *incoming, uint8_t **at, size_t *room) {
    if (incoming->filled == incoming->capacity) {
        size_t wanted = 2 * incoming->capacity;
        if (wanted > incoming->length) wanted = incoming->length;
        uint8_t *data = realloc(incoming->data, wanted);
        if (data == NULL)
            return status_fail(STATUS_ENVIRONMENT, "out of memory for a message of %zu bytes",
                               incoming->length);
        incoming->data = data;
        incoming->capacity = wanted;
    }
    *at = incoming->data + incoming->filled;
    *room = incoming->capacity - incoming->filled;
    return STATUS_OK;
}

void incoming_filled(Incoming *incoming, size_t bytes) {
    incoming->filled += bytes;
}

bool incoming_whole(const Incoming *incoming) {
    return incoming->begun && incoming->filled == incoming->length;
}

uint8_t *incoming_take(Incoming *incoming, size_t *length) {
    uint8_t *data = incoming->data;
    *length = incoming->length;
    *incoming = (Incoming){0};
    return data;
}

void incoming_release(Incoming *incoming) {
    free(incoming->data);
    *incoming = (Incoming){0};
}

/* A message that arrives in pieces. Its length is known first, and not believed: memory is taken as bytes
 * come. */
#ifndef WINNOW_CAMPAIGN_INCOMING_H
#define WINNOW_CAMPAIGN_INCOMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* All zeros between messages. */
typedef struct Incoming {
    bool begun;
    uint8_t *data; /* owned */
    size_t length; /* of the whole message */
    size_t filled;
    size_t capacity;
} Incoming;

/* STATUS_ENVIRONMENT where the length is above WIRE_MAX_BYTES. */
Status incoming_begin(Incoming *incoming, uint64_t length) MUST_CHECK;

/* *at receives the place for the next bytes and *room how many fit there: more than 0, no more than are
 * missing. The message is not whole yet. */
Status incoming_room(Incoming *incoming, uint8_t **at, size_t *room) MUST_CHECK;
void incoming_filled(Incoming *incoming, size_t bytes);

bool incoming_whole(const Incoming *incoming);

/* Hand the whole message over (never NULL) and be ready for the next. */
uint8_t *incoming_take(Incoming *incoming, size_t *length);

void incoming_release(Incoming *incoming);

#endif

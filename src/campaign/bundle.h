/* Messages of several ranks as one: what a relay sends to the coordinator, and gets from it. */
#ifndef WINNOW_CAMPAIGN_BUNDLE_H
#define WINNOW_CAMPAIGN_BUNDLE_H

#include "campaign/wire.h"

/* All zeros when empty. Encoding: u8 version, u8 MESSAGE_BUNDLE, then a part for each message: u32 rank whom
 * it is from or for, u64 length, its bytes. A part of no bytes says that the rank's process has ended. */
typedef struct Bundle {
    ByteWriter writer; /* owned */
} Bundle;

/* A failure sticks, and bytes_writer_status(&bundle->writer) tells. */
void bundle_add(Bundle *bundle, uint32_t rank, const void *data, size_t length);
bool bundle_is_empty(const Bundle *bundle);
/* It should go without waiting for more. */
bool bundle_is_full(const Bundle *bundle);
/* What it held has gone. Memory is kept, unless a long message has taken much of it. */
void bundle_empty(Bundle *bundle);
/* Send it to `peer` and empty it; nothing is sent where it is empty. It is empty after a failure as well. */
Status bundle_send(Bundle *bundle, Channel *channel, int peer) MUST_CHECK;
void bundle_release(Bundle *bundle);

/* Are these bytes a bundle, of this version? */
bool bundle_is(const void *data, size_t length);
/* Reads a bundle's parts; `data` stays borrowed. */
ByteReader bundle_reader(const void *data, size_t length);
/* The next part, which points into the bundle; *got is false at the end. STATUS_ENVIRONMENT where it is
 * damaged.
 */
Status bundle_next(ByteReader *reader, uint32_t *rank, const uint8_t **data, size_t *length,
                   bool *got) MUST_CHECK;

#endif

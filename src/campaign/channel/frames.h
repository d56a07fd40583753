/* Messages cut into frames, for a carrier whose receive buffers have a fixed size: u32 length of the message,
 * u32 offset of the frame's bytes in it, bytes. All frames but the last are full; an empty message is one
 * frame. */
#ifndef WINNOW_CAMPAIGN_FRAMES_H
#define WINNOW_CAMPAIGN_FRAMES_H

#include "campaign/channel/incoming.h"

#define FRAME_BYTES ((size_t)64 << 10) /* header included */
#define FRAME_HEADER_BYTES 8

/* The message's frames one after another, FRAME_BYTES apart: owned array of *total bytes. `length` <=
 * WIRE_MAX_BYTES. */
Status frames_pack(const void *data, size_t length, uint8_t **frames, size_t *total) MUST_CHECK;

/* Take the next frame of a peer. *data receives the message that it completes (owned), else NULL.
 * STATUS_ENVIRONMENT where the frame does not go on from the one before. */
Status frames_take(Incoming *incoming, const uint8_t *frame, size_t size, uint8_t **data,
                   size_t *length) MUST_CHECK;

#endif

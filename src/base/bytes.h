/* Packing and unpacking of messages and records: little-endian, no padding, every read checked.
 *
 * Neither writer nor reader needs a check after each call: the first failure sticks, later calls do nothing
 * (reads give zeros), and bytes_writer_status or bytes_reader_status is asked once at the end. */
#ifndef WINNOW_BASE_BYTES_H
#define WINNOW_BASE_BYTES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

typedef struct ByteWriter {
    uint8_t *data; /* owned; bytes_writer_release */
    size_t length;
    size_t capacity;
    bool failed; /* out of memory */
} ByteWriter;

void bytes_put_u8(ByteWriter *w, uint8_t value);
void bytes_put_u32(ByteWriter *w, uint32_t value);
void bytes_put_u64(ByteWriter *w, uint64_t value);
void bytes_put_f64(ByteWriter *w, double value);      /* the bits of it, so NaN stays as it is */
void bytes_put_text(ByteWriter *w, const char *text); /* u32 length, bytes, no zero */
void bytes_put_block(ByteWriter *w, const void *data, size_t length); /* u64 length, bytes */
void bytes_put_raw(ByteWriter *w, const void *data, size_t length);
Status bytes_writer_status(const ByteWriter *w) MUST_CHECK; /* STATUS_ENVIRONMENT when memory ran out */
void bytes_writer_reset(ByteWriter *w); /* length 0, memory and failure: kept, forgotten */
void bytes_writer_release(ByteWriter *w);

typedef struct ByteReader {
    const uint8_t *data; /* borrowed */
    size_t length;
    size_t position;
    bool failed; /* read past the end or a length that cannot be */
} ByteReader;

ByteReader bytes_reader(const void *data, size_t length);
uint8_t bytes_get_u8(ByteReader *r);
uint32_t bytes_get_u32(ByteReader *r);
uint64_t bytes_get_u64(ByteReader *r);
double bytes_get_f64(ByteReader *r);
/* Into a buffer of `size` bytes, zero-ended; a text that does not fit or holds a zero byte fails the reader.
 */
void bytes_get_text(ByteReader *r, char *out, size_t size);
/* A text of any length as an owned string; NULL where the reader has failed (or memory ran out, which fails
 * it). */
char *bytes_get_text_new(ByteReader *r);
/* Both point into the reader's data; NULL, and *length 0, where it failed. */
const uint8_t *bytes_get_block(ByteReader *r, size_t *length);
const uint8_t *bytes_get_raw(ByteReader *r, size_t length);
/* A block of exactly `length` bytes into `out`; one of another length fails the reader and leaves `out` as it
 * was. */
void bytes_get_block_into(ByteReader *r, void *out, size_t length);
/* STATUS_INPUT "`what` is cut short or damaged" where a read failed or bytes are left over. */
Status bytes_reader_status(const ByteReader *r, const char *what) MUST_CHECK;

#endif

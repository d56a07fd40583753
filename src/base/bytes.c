#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/size.h"

#define FIRST_ROOM 256 /* bytes: most messages and records need no more */
#define DOUBLED 65536  /* bytes: up to there the room doubles each time */

/* Numbers are copied as they lie in memory. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "encodings are little-endian");

/* Room for `length` more bytes, taken at once; NULL after a failure. */
static uint8_t *writer_extend(ByteWriter *w, size_t length) {
    size_t needed = 0;
    if (w->failed) return NULL;
    bool fits = size_add(w->length, length, &needed);
    if (fits && (needed > w->capacity || w->data == NULL)) {
        size_t room = w->capacity == 0 ? FIRST_ROOM : w->capacity < DOUBLED ? 2 * w->capacity : needed;
        fits = memory_grow(&w->data, &w->capacity, needed > room ? needed : room, 1) == STATUS_OK;
    }
    if (!fits) {
        w->failed = true;
        return NULL;
    }
    uint8_t *at = w->data + w->length;
    w->length = needed;
    return at;
}

static inline void put_number(ByteWriter *w, const void *value, size_t size) {
    uint8_t *at = writer_extend(w, size);
    if (at != NULL) memcpy(at, value, size);
}

void bytes_put_u8(ByteWriter *w, uint8_t value) {
    put_number(w, &value, sizeof(value));
}
void bytes_put_u32(ByteWriter *w, uint32_t value) {
    put_number(w, &value, sizeof(value));
}
void bytes_put_u64(ByteWriter *w, uint64_t value) {
    put_number(w, &value, sizeof(value));
}
void bytes_put_f64(ByteWriter *w, double value) {
    put_number(w, &value, sizeof(value));
}

void bytes_put_text(ByteWriter *w, const char *text) {
    size_t length = strlen(text);
    if (length > UINT32_MAX) {
        w->failed = true;
        return;
    }
    bytes_put_u32(w, (uint32_t)length);
    bytes_put_raw(w, text, length);
}

void bytes_put_block(ByteWriter *w, const void *data, size_t length) {
    bytes_put_u64(w, length);
    bytes_put_raw(w, data, length);
}

void bytes_put_raw(ByteWriter *w, const void *data, size_t length) {
    uint8_t *at = writer_extend(w, length);
    if (at != NULL && length > 0) memcpy(at, data, length);
}

Status bytes_writer_status(const ByteWriter *w) {
    if (!w->failed) return STATUS_OK;
    return status_fail(STATUS_ENVIRONMENT, "out of memory while packing a message, after %zu bytes",
                       w->length);
}

void bytes_writer_reset(ByteWriter *w) {
    w->length = 0;
    w->failed = false;
}

void bytes_writer_release(ByteWriter *w) {
    free(w->data);
    *w = (ByteWriter){0};
}

ByteReader bytes_reader(const void *data, size_t length) {
    return (ByteReader){.data = length > 0 ? data : "", .length = length};
}

const uint8_t *bytes_get_raw(ByteReader *r, size_t length) {
    if (r->failed || length > r->length - r->position) {
        r->failed = true;
        return NULL;
    }
    const uint8_t *at = r->data + r->position;
    r->position += length;
    return at;
}

/* `value` is left as it was after a failure. */
static inline void get_number(ByteReader *r, void *value, size_t size) {
    const uint8_t *at = bytes_get_raw(r, size);
    if (at != NULL) memcpy(value, at, size);
}

uint8_t bytes_get_u8(ByteReader *r) {
    uint8_t value = 0;
    get_number(r, &value, sizeof(value));
    return value;
}
uint32_t bytes_get_u32(ByteReader *r) {
    uint32_t value = 0;
    get_number(r, &value, sizeof(value));
    return value;
}
uint64_t bytes_get_u64(ByteReader *r) {
    uint64_t value = 0;
    get_number(r, &value, sizeof(value));
    return value;
}
double bytes_get_f64(ByteReader *r) {
    double value = 0;
    get_number(r, &value, sizeof(value));
    return value;
}

/* The bytes of a text without a zero byte among them; NULL where the reader has failed. */
static const uint8_t *get_text_bytes(ByteReader *r, size_t *length) {
    *length = bytes_get_u32(r);
    const uint8_t *at = bytes_get_raw(r, *length);
    if (at != NULL && memchr(at, 0, *length) != NULL) r->failed = true;
    return r->failed ? NULL : at;
}

void bytes_get_text(ByteReader *r, char *out, size_t size) {
    size_t length = 0;
    const uint8_t *at = get_text_bytes(r, &length);
    if (at != NULL && length < size) {
        memcpy(out, at, length);
        out[length] = '\0';
        return;
    }
    r->failed = true;
    if (size > 0) out[0] = '\0';
}

char *bytes_get_text_new(ByteReader *r) {
    size_t length = 0;
    const uint8_t *at = get_text_bytes(r, &length);
    if (at == NULL) return NULL;
    char *text = malloc(length + 1);
    if (text == NULL) {
        r->failed = true;
        return NULL;
    }
    memcpy(text, at, length);
    text[length] = '\0';
    return text;
}

const uint8_t *bytes_get_block(ByteReader *r, size_t *length) {
    uint64_t announced = bytes_get_u64(r);
    const uint8_t *at = announced <= SIZE_MAX ? bytes_get_raw(r, (size_t)announced) : NULL;
    if (at == NULL) r->failed = true;
    *length = at != NULL ? (size_t)announced : 0;
    return at;
}

void bytes_get_block_into(ByteReader *r, void *out, size_t length) {
    size_t announced = 0;
    const uint8_t *at = bytes_get_block(r, &announced);
    if (announced != length) r->failed = true;
    if (!r->failed && length > 0) memcpy(out, at, length);
}

Status bytes_reader_status(const ByteReader *r, const char *what) {
    if (!r->failed && r->position == r->length) return STATUS_OK;
    return status_fail(STATUS_INPUT, "%s is cut short or damaged", what);
}

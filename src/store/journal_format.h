/* The bytes of a journal, shared by its writer and its reader. */
#ifndef WINNOW_STORE_JOURNAL_FORMAT_H
#define WINNOW_STORE_JOURNAL_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

#define JOURNAL_MAGIC_SIZE 16
#define JOURNAL_MARK_AT 14  /* of the two bytes of byte order mark within the magic */
#define JOURNAL_HEAD_SIZE 8 /* u32 length, u32 CRC-32C */
#define JOURNAL_MAGIC "winnow journal\xFF\xFE"

static inline uint32_t journal_u32(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* CRC-32C of a record's four length bytes and its `length` bytes. */
static inline uint32_t journal_sum(const uint8_t length_bytes[4], const void *data, size_t length) {
    return crc32c(crc32c(0, length_bytes, 4), data, length);
}

#endif

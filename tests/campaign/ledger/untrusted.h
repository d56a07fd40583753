/* What every decoder here must stand. */
#ifndef WINNOW_TESTS_CAMPAIGN_UNTRUSTED_H
#define WINNOW_TESTS_CAMPAIGN_UNTRUSTED_H

#include "base/bytes.h"

/* Decode the bytes; where that works, put the encoding of what came out into `again`. Nothing stays
 * allocated. */
typedef Status (*Decoder)(const uint8_t *bytes, size_t length, ByteWriter *again);

/* Every truncation, and one byte too many, fails, but for `older` truncations that are what an older version
 * wrote; those, and every single-bit flip that does not fail, give something whose encoding is exactly these
 * bytes. */
void untrusted_check(Decoder decoder, const uint8_t *bytes, size_t length, size_t older);

/* Decode a copy of exactly this size, so that the address sanitizer sees reads past its end. */
Status untrusted_decode(Decoder decoder, const uint8_t *bytes, size_t length, ByteWriter *again);

#endif

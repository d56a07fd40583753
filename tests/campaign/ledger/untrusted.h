/* What every decoder here must stand. */
#ifndef WINNOW_TESTS_CAMPAIGN_UNTRUSTED_H
#define WINNOW_TESTS_CAMPAIGN_UNTRUSTED_H

#include "base/bytes.h"

/* Decode the bytes; where that works, put the encoding of what came out into `again`. Nothing stays
 * allocated. */
typedef Status (*Decoder)(const uint8_t *bytes, size_t length, ByteWriter *again);

/* Every truncation, and one byte too many, fails; every single-bit flip fails or gives something whose
 * encoding is exactly the flipped bytes. */
void untrusted_check(Decoder decoder, const uint8_t *bytes, size_t length);

/* Decode a copy of exactly this size, so that the address sanitizer sees reads past its end. */
Status untrusted_decode(Decoder decoder, const uint8_t *bytes, size_t length, ByteWriter *again);

#endif

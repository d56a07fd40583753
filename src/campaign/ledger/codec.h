/* One description of a struct's fields serves both ways: it writes them where the codec has a writer and
 * reads them where it has a reader. So an encoding and its decoding cannot drift apart.
 *
 * As with bytes.h the first failure sticks. Reading takes memory only for what the bytes left can hold. */
#ifndef WINNOW_CAMPAIGN_CODEC_H
#define WINNOW_CAMPAIGN_CODEC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

typedef struct Codec {
    ByteWriter *writer; /* NULL when reading */
    ByteReader *reader; /* NULL when writing */
    bool out_of_memory; /* reading failed for this and not for the bytes */
} Codec;

/* Fail unless `holds`. Writing fails as well, so that nothing is written which reading would refuse. */
void codec_require(Codec *codec, bool holds);

void codec_u8(Codec *codec, uint8_t *value);
void codec_u32(Codec *codec, uint32_t *value);
void codec_u64(Codec *codec, uint64_t *value);
void codec_i32(Codec *codec, int32_t *value);
void codec_f64(Codec *codec, double *value);
void codec_size(Codec *codec, size_t *value); /* as u64 */
void codec_bool(Codec *codec, bool *value);   /* u8, 0 or 1 */

/* Fields at the end that a later version brought. Writing: are they `present`? Reading: is anything left to
 * read? So what lacks them is encoded as it was before. */
bool codec_tail(const Codec *codec, bool present);

/* An enumeration as u8: writes `value`, or gives the one read; it is below `count`, 0 after a failure. */
unsigned codec_choice(Codec *codec, size_t value, unsigned count);

void codec_text(Codec *codec, char *text, size_t size); /* zero-ended in `size` bytes */
void codec_text_owned(Codec *codec, char **text);       /* writing: NULL counts as "" */

/* `array` is the address of a pointer to `count` elements of `element` bytes, each of which takes `least`
 * bytes or more when encoded. Reading: allocates them, zeroed, NULL where there are none. False after a
 * failure; else the caller goes through the elements. */
bool codec_array(Codec *codec, void *array, uint64_t count, size_t element, size_t least);

/* The same for numbers of `width` bytes, bit for bit, and done with that. */
void codec_numbers(Codec *codec, void *array, uint64_t count, size_t width);

#endif

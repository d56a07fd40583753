#include "untrusted.h"

#include <stdlib.h>
#include <string.h>

#include "suite.h"

Status untrusted_decode(Decoder decoder, const uint8_t *bytes, size_t length, ByteWriter *again) {
    uint8_t *copy = malloc(length > 0 ? length : 1);
    if (copy == NULL) abort();
    memcpy(copy, bytes, length);
    bytes_writer_reset(again);
    Status status = decoder(copy, length, again);
    free(copy);
    return status;
}

void untrusted_check(Decoder decoder, const uint8_t *bytes, size_t length, size_t older) {
    ByteWriter again = {0};
    uint8_t *changed = calloc(length + 1, 1);
    if (changed == NULL) abort();
    memcpy(changed, bytes, length);
    size_t wrong = 0, sound = 0;
    for (size_t cut = 0; cut < length; cut++) {
        if (untrusted_decode(decoder, bytes, cut, &again) != STATUS_OK) continue;
        sound++;
        wrong += again.failed || again.length != cut || memcmp(again.data, bytes, cut) != 0;
    }
    CU_ASSERT_EQUAL(sound, older);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_NOT_EQUAL(untrusted_decode(decoder, changed, length + 1, &again), STATUS_OK);
    for (size_t bit = 0; bit < 8 * length; bit++) {
        changed[bit / 8] ^= (uint8_t)(1U << bit % 8);
        if (untrusted_decode(decoder, changed, length, &again) == STATUS_OK)
            wrong += again.failed || again.length != length || memcmp(again.data, changed, length) != 0;
        changed[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(changed);
    bytes_writer_release(&again);
}

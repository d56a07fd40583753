#include "base/crc32c_sliced.h"

#include <threads.h>

#define POLYNOMIAL UINT32_C(0x82F63B78) /* Castagnoli's, bits reversed */
#define SLICES 8

static uint32_t table[SLICES][256]; /* [s][b]: the sum of byte b followed by s zero bytes */
static once_flag table_once = ONCE_FLAG_INIT;

static void make_table(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t sum = byte;
        for (int bit = 0; bit < 8; bit++)
            sum = (sum >> 1) ^ ((sum & 1) != 0 ? POLYNOMIAL : 0);
        table[0][byte] = sum;
    }
    for (uint32_t byte = 0; byte < 256; byte++) {
        for (int slice = 1; slice < SLICES; slice++) {
            uint32_t shorter = table[slice - 1][byte];
            table[slice][byte] = (shorter >> 8) ^ table[0][shorter & 0xFF];
        }
    }
}

uint32_t crc32c_sliced(uint32_t sum, const void *data, size_t length) {
    const uint8_t *at = data;
    call_once(&table_once, make_table);
    sum = ~sum;
    for (; length >= SLICES; length -= SLICES, at += SLICES) {
        sum ^= (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
        sum = table[7][sum & 0xFF] ^ table[6][sum >> 8 & 0xFF] ^ table[5][sum >> 16 & 0xFF] ^
              table[4][sum >> 24] ^ table[3][at[4]] ^ table[2][at[5]] ^ table[1][at[6]] ^ table[0][at[7]];
    }
    for (; length > 0; length--)
        sum = (sum >> 8) ^ table[0][(sum ^ *at++) & 0xFF];
    return ~sum;
}

/* Bytes that tell which message they are of. */
#ifndef WINNOW_TESTS_CAMPAIGN_PATTERN_H
#define WINNOW_TESTS_CAMPAIGN_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static inline uint8_t pattern_byte(uint32_t message, size_t i) {
    uint32_t mixed = (message + 1) * 2654435761U + (uint32_t)i * 2246822519U;
    return (uint8_t)(mixed >> 24 ^ mixed >> 11);
}

/* Owned; never NULL. */
static inline uint8_t *pattern_new(uint32_t message, size_t length) {
    uint8_t *bytes = malloc(length + 1);
    if (bytes == NULL) abort();
    for (size_t i = 0; i < length; i++)
        bytes[i] = pattern_byte(message, i);
    return bytes;
}

static inline bool pattern_holds(uint32_t message, const uint8_t *bytes, size_t length) {
    if (bytes == NULL) return false;
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != pattern_byte(message, i)) return false;
    }
    return true;
}

/* Around the size of a frame, and well above. */
static const size_t PATTERN_SIZES[] = {0,     1,     17,    65527, 65528,  65529,
                                       65535, 65536, 65537, 0,     131056, (size_t)3 << 20};
#define PATTERN_COUNT (sizeof(PATTERN_SIZES) / sizeof(PATTERN_SIZES[0]))

#endif

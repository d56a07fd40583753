#include "data/block.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/size.h"

#define BLOCK_MAGIC UINT64_C(0x41544144574f4e57) /* "WNOWDATA" as it lies in memory */
#define BLOCK_VERSION 2

static_assert(sizeof(BlockHeader) == 27 * sizeof(uint64_t), "the header has no padding");

/* Put a section of count * size bytes at *end. False where that overflows. */
static bool place(uint64_t *end, uint64_t *offset, size_t count, size_t size) {
    size_t bytes;
    size_t next;
    *offset = *end;
    if (!size_mul(count, size, &bytes) || !size_add(*end, bytes, &next)) return false;
    if (!size_add(next, BLOCK_ALIGNMENT - 1, &next)) return false;
    *end = next - next % BLOCK_ALIGNMENT;
    return true;
}

/* The training file's parts make up all of it; no sum of theirs can overflow. */
static bool parts_fill(const BlockHeader *h) {
    uint64_t left = h->rows[SET_TRAIN];
    static const DataPart parts[] = {PART_TRAIN, PART_VALIDATION, PART_SELECTION};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (h->count[parts[i]] > left) return false;
        left -= h->count[parts[i]];
    }
    return left == 0;
}

static bool counts_agree(const BlockHeader *h) {
    return h->type <= VALUE_F32 && h->height > 0 && h->width > 0 && h->channels > 0 && h->classes >= 1 &&
           h->classes <= DATA_MAX_CLASSES && h->rows[SET_TRAIN] <= UINT32_MAX &&
           h->rows[SET_TEST] <= UINT32_MAX && h->count[PART_TRAIN] > 0 && parts_fill(h) &&
           h->count[PART_TEST] == h->rows[SET_TEST];
}

Status block_plan(BlockHeader *header) {
    header->magic = BLOCK_MAGIC;
    header->version = BLOCK_VERSION;
    if (!counts_agree(header))
        return status_fail(STATUS_ENVIRONMENT, "a data block's counts contradict each other");
    size_t values = 0;
    bool fits =
        size_mul(header->height, header->width, &values) && size_mul(values, header->channels, &values);
    header->values_per_example = values;
    size_t value_size = header->type == VALUE_U8 ? sizeof(uint8_t) : sizeof(float);
    uint64_t end = 0;
    uint64_t start;
    fits = fits && place(&end, &start, 1, sizeof *header);
    for (size_t set = 0; set < SET_COUNT; set++) {
        size_t count = 0;
        fits = fits && size_mul(header->rows[set], values, &count);
        fits = fits && place(&end, &header->values[set], count, value_size);
        fits = fits && place(&end, &header->labels[set], header->rows[set], sizeof(uint16_t));
    }
    for (size_t part = 0; part < PART_COUNT; part++) {
        fits = fits && place(&end, &header->index[part], header->count[part], sizeof(uint32_t));
    }
    fits = fits && place(&end, &header->mean, header->channels, sizeof(float));
    fits = fits && place(&end, &header->deviation, header->channels, sizeof(float));
    fits = fits && place(&end, &header->names, header->names_length, 1);
    header->length = end;
    if (fits) return STATUS_OK;
    return status_fail(STATUS_ENVIRONMENT, "the data are larger than this machine can address");
}

static bool header_is_sound(const void *block, size_t length) {
    if (length < sizeof(BlockHeader)) return false;
    BlockHeader given;
    memcpy(&given, block, sizeof given);
    BlockHeader planned = given;
    return block_plan(&planned) == STATUS_OK && memcmp(&given, &planned, sizeof given) == 0 &&
           given.length == length;
}

static bool labels_are_sound(const BlockHeader *header, const unsigned char *base) {
    for (size_t set = 0; set < SET_COUNT; set++) {
        const uint16_t *labels = (const uint16_t *)(const void *)(base + header->labels[set]);
        for (size_t i = 0; i < header->rows[set]; i++) {
            if (labels[i] >= header->classes) return false;
        }
    }
    return true;
}

static bool indices_are_sound(const BlockHeader *header, const unsigned char *base) {
    for (size_t part = 0; part < PART_COUNT; part++) {
        const uint32_t *index = (const uint32_t *)(const void *)(base + header->index[part]);
        uint64_t rows = header->rows[part == PART_TEST ? SET_TEST : SET_TRAIN];
        for (size_t i = 0; i < header->count[part]; i++) {
            if (index[i] >= rows || (i > 0 && index[i] <= index[i - 1])) return false;
        }
    }
    return true;
}

static bool scales_are_sound(const BlockHeader *header, const unsigned char *base) {
    const float *mean = (const float *)(const void *)(base + header->mean);
    const float *deviation = (const float *)(const void *)(base + header->deviation);
    for (size_t c = 0; c < header->channels; c++) {
        if (!isfinite(mean[c]) || !isfinite(deviation[c]) || deviation[c] <= 0) return false;
    }
    return true;
}

static bool names_are_sound(const BlockHeader *header, const unsigned char *base) {
    uint64_t ends = 0;
    for (size_t i = 0; i < header->names_length; i++) {
        ends += base[header->names + i] == 0;
    }
    return ends == header->classes && base[header->names + header->names_length - 1] == 0;
}

Status block_check(const void *block, size_t length) {
    const BlockHeader *header = block;
    const unsigned char *base = block;
    if ((uintptr_t)block % sizeof(uint64_t) == 0 && header_is_sound(block, length) &&
        labels_are_sound(header, base) && indices_are_sound(header, base) && scales_are_sound(header, base) &&
        names_are_sound(header, base)) {
        return STATUS_OK;
    }
    return status_fail(STATUS_ENVIRONMENT,
                       "these %zu bytes are no data block of this version of winnow, or a damaged "
                       "one",
                       length);
}

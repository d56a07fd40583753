#include "store/journal_search.h"

#include <stdlib.h>

#include "base/memory.h"
#include "campaign/records.h"
#include "store/journal_format.h"

#define LONGEST ((size_t)1 << 20) /* bytes of a record whose sum is looked up */
#define AHEAD (2 * LONGEST + JOURNAL_HEAD_SIZE)
#define POLYNOMIAL UINT32_C(0x82F63B78) /* Castagnoli's, bits reversed */

/* The product of two polynomials modulo Castagnoli's, bits reversed. */
static uint32_t multiply(uint32_t a, uint32_t b) {
    uint32_t product = 0;
    for (uint32_t bit = UINT32_C(1) << 31; bit != 0; bit >>= 1) {
        if ((a & bit) != 0) product ^= b;
        b = (b >> 1) ^ ((b & 1) != 0 ? POLYNOMIAL : 0);
    }
    return product;
}

/* What a sum over some bytes adds to the sum when `length` bytes follow them: crc(AB) is
 * shifted(crc(A), |B|) ^ crc(B) (Adler's crc32_combine in zlib). */
static uint32_t shifted(uint32_t sum, size_t length) {
    uint32_t power = UINT32_C(1) << 23; /* x^8: one byte; then two, four.. */
    for (; length > 0; length >>= 1) {
        if ((length & 1) != 0) sum = multiply(power, sum);
        power = multiply(power, power);
    }
    return sum;
}

void journal_search_begin(JournalSearch *s, const JournalWindow *reader) {
    *s = (JournalSearch){
        .window = {.descriptor = reader->descriptor, .path = reader->path, .end = reader->end},
        .budget = reader->end < UINT64_MAX / 8 ? 4 * reader->end + 64 * LONGEST : UINT64_MAX};
}

/* Move the window so that it begins at `offset`. */
static Status anchor(JournalSearch *s, uint64_t offset) {
    size_t ahead = s->window.end - offset < AHEAD ? (size_t)(s->window.end - offset) : AHEAD;
    TRY(memory_grow(&s->sums, &s->capacity, ahead + 1, sizeof(*s->sums)));
    s->summed = 0;
    s->sums[0] = 0;
    return window_fill(&s->window, offset, AHEAD);
}

static uint32_t sum_to(JournalSearch *s, size_t end) {
    for (; s->summed < end; s->summed++)
        s->sums[s->summed + 1] = crc32c(s->sums[s->summed], s->window.data + s->summed, 1);
    return s->sums[end];
}

/* Has the record that would begin at byte `place` of the window the right sum? It ends within the window. */
static bool is_whole(JournalSearch *s, size_t place, size_t length) {
    const uint8_t *head = s->window.data + place;
    size_t begin = place + JOURNAL_HEAD_SIZE;
    uint32_t after = sum_to(s, begin + length);
    return (shifted(crc32c(0, head, 4) ^ s->sums[begin], length) ^ after) == journal_u32(head + 4);
}

/* The same for one that is too long for the sums; it reads the record and moves the window back. */
static Status check_long(JournalSearch *s, uint64_t offset, size_t length, bool *whole) {
    uint64_t start = s->window.start;
    const uint8_t *record = NULL;
    *whole = false;
    if (length > s->budget) return STATUS_OK;
    s->budget -= length;
    TRY(window_at(&s->window, offset, JOURNAL_HEAD_SIZE + length, &record));
    *whole =
        record != NULL && journal_sum(record, record + JOURNAL_HEAD_SIZE, length) == journal_u32(record + 4);
    if (!*whole) return window_fill(&s->window, start, AHEAD);
    s->window.filled = 0; /* the sums are of other bytes */
    return STATUS_OK;
}

/* Kinds whose records grow with the campaign or its data. */
static bool may_be_long(uint8_t kind) {
    return kind == RECORD_CAMPAIGN || kind == RECORD_DATA || kind == RECORD_START || kind == RECORD_STAGE ||
           kind == RECORD_TRIAL || kind == RECORD_ENSEMBLE;
}

static Status look(JournalSearch *s, uint64_t offset, bool *whole) {
    size_t place = (size_t)(offset - s->window.start);
    const uint8_t *head = s->window.data + place;
    size_t length = journal_u32(head);
    uint8_t kind = head[JOURNAL_HEAD_SIZE];
    *whole = false;
    if (length == 0 || kind == 0 || kind > RECORD_LAST) return STATUS_OK;
    if (length > s->window.end - offset - JOURNAL_HEAD_SIZE) return STATUS_OK;
    if (length > LONGEST) return may_be_long(kind) ? check_long(s, offset, length, whole) : STATUS_OK;
    *whole = is_whole(s, place, length);
    return STATUS_OK;
}

/* Does the window hold all that a record of up to LONGEST bytes from there on needs? */
static bool reaches(const JournalSearch *s, uint64_t offset) {
    return s->window.filled > 0 && offset >= s->window.start && offset - s->window.start <= LONGEST;
}

Status journal_search(JournalSearch *s, uint64_t from, uint64_t *at, bool *found) {
    *found = false;
    for (*at = from; *at + JOURNAL_HEAD_SIZE < s->window.end; ++*at) {
        if (!reaches(s, *at)) TRY(anchor(s, *at));
        if (*at + JOURNAL_HEAD_SIZE >= s->window.end) break; /* cut meanwhile */
        TRY(look(s, *at, found));
        if (*found) return STATUS_OK;
    }
    return STATUS_OK;
}

void journal_search_release(JournalSearch *s) {
    window_release(&s->window);
    free(s->sums);
    *s = (JournalSearch){0};
}

/* Growing text. As with bytes.h, the first failure sticks. */
#ifndef WINNOW_BASE_TEXT_H
#define WINNOW_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Text {
    char *data; /* owned, always zero-ended once something was added; text_release */
    size_t length;
    size_t capacity;
    bool failed; /* out of memory */
} Text;

void text_add(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_release(Text *text);
const char *text_of(const Text *text); /* "" where nothing was added */

/* Copy into a fixed buffer, always zero-ended, cut where it does not fit. */
void text_copy(char *out, size_t size, const char *text);

/* Does it end in that, with something before it? */
bool text_ends_in(const char *text, const char *ending);

/* Bytes of the UTF-8 character at the start of `text` (1 to 4), 0 where there is none. */
size_t utf8_length(const char *text, size_t length);

/* The one of `count` words nearest to `word` by edit distance (Levenshtein), if it is near enough to be
 * meant: at most 1 + length/4 edits; the first of equals; else NULL. Words over 128 bytes are near to none.
 */
const char *text_nearest(const char *word, const char *const *words, size_t count);

/* "1 trial", "2 trials": into a static buffer of the thread, eight calls apart. */
const char *text_count(unsigned long long count, const char *singular, const char *plural);
/* "850 ms", "12.3 s", "4 min 05 s", "3 h 12 min", "2 d 04 h"; "unknown" where it is negative, NaN or over
 * 1e12 s. Same buffers. */
const char *text_duration(double seconds);
/* "640 B", "12.3 MB" (powers of 1000); "unknown" as above. Same buffers. */
const char *text_bytes(double bytes);

#endif

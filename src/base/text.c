#include "base/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/size.h"

#define LONGEST_WORD 128 /* bytes; nobody mistypes a name longer than this */
#define BUFFERS 8
#define BUFFER_SIZE 96

void text_add(Text *text, const char *format, ...) {
    if (text->failed) return;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    size_t needed = 0;
    if (length < 0 || !size_add(text->length, (size_t)length + 1, &needed) ||
        memory_grow(&text->data, &text->capacity, needed, 1) != STATUS_OK) {
        text->failed = true;
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(text->data + text->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)length;
}

void text_release(Text *text) {
    free(text->data);
    *text = (Text){0};
}

const char *text_of(const Text *text) {
    return text->data != NULL ? text->data : "";
}

void text_copy(char *out, size_t size, const char *text) {
    if (size == 0) return;
    size_t length = strnlen(text, size - 1);
    memcpy(out, text, length);
    out[length] = '\0';
}

bool text_ends_in(const char *text, const char *ending) {
    size_t length = strlen(text), size = strlen(ending);
    return length > size && strcmp(text + length - size, ending) == 0;
}

size_t utf8_length(const char *text, size_t length) {
    if (length == 0) return 0;
    const unsigned char *byte = (const unsigned char *)text;
    if (byte[0] < 0x80) return 1;
    size_t size = byte[0] >= 0xF0 ? 4 : byte[0] >= 0xE0 ? 3 : 2;
    if (byte[0] < 0xC2 || byte[0] > 0xF4 || size > length) return 0;
    for (size_t i = 1; i < size; i++) {
        if ((byte[i] & 0xC0U) != 0x80U) return 0;
    }
    /* Spelled too long, surrogates, and beyond U+10FFFF. */
    if ((byte[0] == 0xE0 && byte[1] < 0xA0) || (byte[0] == 0xED && byte[1] > 0x9F) ||
        (byte[0] == 0xF0 && byte[1] < 0x90) || (byte[0] == 0xF4 && byte[1] > 0x8F)) {
        return 0;
    }
    return size;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Levenshtein's distance; both words at most LONGEST_WORD bytes long. */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length) {
    size_t row[LONGEST_WORD + 1]; /* [j]: distance of the first i bytes of a to the first j of b */
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = smaller(replaced, smaller(row[j], row[j - 1]) + 1);
        }
    }
    return row[b_length];
}

const char *text_nearest(const char *word, const char *const *words, size_t count) {
    size_t length = strnlen(word, LONGEST_WORD + 1);
    if (length > LONGEST_WORD) return NULL;
    size_t fewest = 2 + length / 4; /* one more than may be */
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t other = strnlen(words[i], LONGEST_WORD + 1);
        if (other > LONGEST_WORD) continue;
        size_t distance = edit_distance(word, length, words[i], other);
        if (distance < fewest) {
            fewest = distance;
            nearest = words[i];
        }
    }
    return nearest;
}

static char *next_buffer(void) {
    static _Thread_local char buffers[BUFFERS][BUFFER_SIZE];
    static _Thread_local unsigned used;
    return buffers[used++ % BUFFERS];
}

const char *text_count(unsigned long long count, const char *singular, const char *plural) {
    char *out = next_buffer();
    (void)snprintf(out, BUFFER_SIZE, "%llu %s", count, count == 1 ? singular : plural);
    return out;
}

const char *text_duration(double seconds) {
    char *out = next_buffer();
    /* Each bound is where rounding reaches the next unit. */
    if (!(seconds >= 0) || seconds > 1e12) {
        text_copy(out, BUFFER_SIZE, "unknown");
    } else if (seconds < 0.9995) {
        (void)snprintf(out, BUFFER_SIZE, "%.0f ms", seconds * 1e3);
    } else if (seconds < 59.95) {
        (void)snprintf(out, BUFFER_SIZE, "%.1f s", seconds);
    } else if (seconds < 3599.5) {
        long long whole = llround(seconds);
        (void)snprintf(out, BUFFER_SIZE, "%lld min %02lld s", whole / 60, whole % 60);
    } else if (seconds < 86370) {
        long long minutes = llround(seconds / 60);
        (void)snprintf(out, BUFFER_SIZE, "%lld h %02lld min", minutes / 60, minutes % 60);
    } else {
        long long hours = llround(seconds / 3600);
        (void)snprintf(out, BUFFER_SIZE, "%lld d %02lld h", hours / 24, hours % 24);
    }
    return out;
}

const char *text_bytes(double bytes) {
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    char *out = next_buffer();
    if (!(bytes >= 0) || bytes > 1e21) {
        text_copy(out, BUFFER_SIZE, "unknown");
    } else if (bytes < 999.5) {
        (void)snprintf(out, BUFFER_SIZE, "%.0f B", bytes);
    } else {
        size_t unit = 0;
        double value = bytes / 1e3;
        for (; value >= 999.95 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
            value /= 1e3;
        (void)snprintf(out, BUFFER_SIZE, "%.1f %s", value, units[unit]);
    }
    return out;
}

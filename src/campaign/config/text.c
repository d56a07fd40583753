#include "campaign/config/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define SHOWN_BUFFERS 4
#define SHOWN_SIZE 64

const char *text_shown(const char *text) {
    static _Thread_local char buffers[SHOWN_BUFFERS][SHOWN_SIZE];
    static _Thread_local unsigned used;
    char *out = buffers[used++ % SHOWN_BUFFERS];
    size_t left = strnlen(text, 2 * SHOWN_SIZE);
    size_t at = 0;
    while (left > 0) {
        size_t length = utf8_length(text, left);
        if (at + (length > 0 ? length : 1) > 60) {
            memcpy(out + at, "...", 3);
            at += 3;
            break;
        }
        unsigned char byte = (unsigned char)*text;
        if (length == 0 || byte < 0x20 || byte == 0x7F) {
            out[at++] = '?';
            length = 1;
        } else {
            memcpy(out + at, text, length);
            at += length;
        }
        text += length;
        left -= length;
    }
    out[at] = '\0';
    return out;
}

static size_t digits(const char *text, const char *allowed) {
    return strspn(text, allowed);
}

/* 0x.. and 0o.. */
static bool parse_prefixed(const char *text, uint64_t *value) {
    bool hex = strncmp(text, "0x", 2) == 0;
    if (!hex && strncmp(text, "0o", 2) != 0) return false;
    const char *rest = text + 2;
    size_t length = digits(rest, hex ? "0123456789abcdefABCDEF" : "01234567");
    if (length == 0 || rest[length] != '\0') return false;
    errno = 0;
    *value = strtoull(rest, NULL, hex ? 16 : 8);
    return errno == 0;
}

static bool is_special(const char *text) {
    static const char *const words[] = {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"};
    if (*text == '+' || *text == '-') text++;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(text, words[i]) == 0) return true;
    }
    return false;
}

NumberForm number_parse(const char *text, double *value) {
    static const char decimal[] = "0123456789";
    uint64_t prefixed = 0;
    if (parse_prefixed(text, &prefixed)) {
        *value = (double)prefixed;
        return NUMBER_WHOLE;
    }
    if (is_special(text)) return NUMBER_INFINITE;
    const char *at = text + (*text == '+' || *text == '-');
    size_t before = digits(at, decimal);
    at += before;
    bool whole = true;
    size_t after = 0;
    if (*at == '.') {
        whole = false;
        after = digits(at + 1, decimal);
        at += 1 + after;
    }
    if (before + after == 0) return NUMBER_NONE;
    if (*at == 'e' || *at == 'E') {
        whole = false;
        at += 1 + (at[1] == '+' || at[1] == '-');
        size_t exponent = digits(at, decimal);
        if (exponent == 0) return NUMBER_NONE;
        at += exponent;
    }
    if (*at != '\0') return NUMBER_NONE;
    *value = strtod(text, NULL);
    if (!isfinite(*value)) return NUMBER_INFINITE;
    return whole ? NUMBER_WHOLE : NUMBER_REAL;
}

bool number_parse_u64(const char *text, uint64_t *value) {
    if (parse_prefixed(text, value)) return true;
    size_t length = digits(text, "0123456789");
    if (length == 0 || text[length] != '\0') return false;
    errno = 0;
    *value = strtoull(text, NULL, 10);
    return errno == 0;
}

const char *number_text(double value, char out[NUMBER_TEXT_SIZE]) {
    char text[NUMBER_TEXT_SIZE];
    if (value == 0) value = 0; /* one zero */
    for (int precision = 1; precision <= 17; precision++) {
        (void)snprintf(text, sizeof(text), "%.*g", precision, value);
        if (strtod(text, NULL) == value) break;
    }
    /* Numbers that are easily written out, not 1e+02. */
    if (fabs(value) < 1e15 && value == rint(value)) (void)snprintf(text, sizeof(text), "%.0f", value);
    memcpy(out, text, strlen(text) + 1);
    return out;
}

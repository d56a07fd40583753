#include "base/source.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define SHOWN_BYTES 100   /* of a long line */
#define BEFORE_COLUMN 60  /* of those, in front of the column */
#define MESSAGE_SIZE 2048 /* bytes, with the zero at the end */

typedef struct Line {
    const unsigned char *text; /* [length] */
    size_t length;
} Line;

static bool line_find(const SourceText *source, size_t number, Line *line) {
    const char *at = source->text;
    size_t left = source->length;
    if (number == 0 || left == 0) return false;
    for (size_t i = 1; i < number; i++) {
        const char *end = memchr(at, '\n', left);
        if (end == NULL) return false;
        left -= (size_t)(end - at) + 1;
        at = end + 1;
        if (left == 0) return false;
    }
    const char *end = memchr(at, '\n', left);
    line->text = (const unsigned char *)at;
    line->length = end == NULL ? left : (size_t)(end - at);
    if (line->length > 0 && at[line->length - 1] == '\r') line->length--;
    return true;
}

/* Bytes of the printable character at the start of text, 0 where there is none. */
static size_t printable_length(const unsigned char *text, size_t length) {
    if (text[0] < 0x20 || text[0] == 0x7F) return 0;
    /* U+0080 to U+009F are control characters too. */
    if (text[0] == 0xC2 && length > 1 && text[1] < 0xA0) return 0;
    return utf8_length((const char *)text, length);
}

static bool is_continuation(const Line *line, size_t at) {
    return at < line->length && (line->text[at] & 0xC0U) == 0x80U;
}

/* The part of the line around `column` (from 0), and where the caret goes beneath it, in characters. */
static void line_show(const Line *line, size_t column, char *out, size_t *caret) {
    size_t begin = 0;
    size_t end = line->length;
    if (line->length > SHOWN_BYTES) {
        if (column > BEFORE_COLUMN) begin = column - BEFORE_COLUMN;
        if (begin > line->length - SHOWN_BYTES) begin = line->length - SHOWN_BYTES;
        end = begin + SHOWN_BYTES;
        /* A damaged text may have nothing but continuation bytes: three steps are enough for a sound one. */
        for (int i = 0; i < 3 && begin > 0 && is_continuation(line, begin); i++)
            begin++;
        for (int i = 0; i < 3 && is_continuation(line, end); i++)
            end--;
    }
    size_t length = 0;
    size_t shown = 0; /* characters */
    if (begin > 0) {
        memcpy(out, "...", 3);
        length = shown = 3;
    }
    *caret = shown;
    for (size_t at = begin; at < end;) {
        size_t size = printable_length(line->text + at, end - at);
        if (size == 0) {
            out[length++] = line->text[at] == '\t' ? ' ' : '?';
            size = 1;
        } else {
            memcpy(out + length, line->text + at, size);
            length += size;
        }
        at += size;
        shown++;
        if (at <= column) *caret = shown;
    }
    if (end < line->length) {
        memcpy(out + length, "...", 3);
        length += 3;
    }
    out[length] = '\0';
}

Status source_fail(const SourceText *source, SourceMark mark, const char *format, ...) {
    char message[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    if (written < 0) message[0] = '\0';
    if (written >= MESSAGE_SIZE) memcpy(message + MESSAGE_SIZE - sizeof("..."), "...", sizeof("..."));

    if (mark.line == 0) return status_fail(STATUS_INPUT, "%s: %s", source->name, message);
    if (mark.column == 0) {
        return status_fail(STATUS_INPUT, "%s:%zu: %s", source->name, mark.line, message);
    }
    Line line;
    if (!line_find(source, mark.line, &line)) {
        return status_fail(STATUS_INPUT, "%s:%zu:%zu: %s", source->name, mark.line, mark.column, message);
    }
    size_t column = mark.column - 1 < line.length ? mark.column - 1 : line.length;
    char shown[SHOWN_BYTES + sizeof("......")];
    size_t caret = 0;
    line_show(&line, column, shown, &caret);
    return status_fail(STATUS_INPUT, "%s:%zu:%zu: %s\n  %s\n  %*s", source->name, mark.line, mark.column,
                       message, shown, (int)caret + 1, "^");
}

#include "data/csv_reader.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static const char BYTE_ORDER_MARK[] = "\xef\xbb\xbf";
static const size_t MARK_LENGTH = sizeof BYTE_ORDER_MARK - 1;

Status csv_reader_create(CsvReader *reader, const char *name, const char *text, size_t length) {
    *reader = (CsvReader){.source = {name, text, length}, .line = 1};
    if (length >= MARK_LENGTH && memcmp(text, BYTE_ORDER_MARK, MARK_LENGTH) == 0)
        reader->position = MARK_LENGTH;
    return memory_new(&reader->content, length + 1, 1);
}

void csv_reader_release(CsvReader *reader) {
    free(reader->fields);
    free(reader->content);
    *reader = (CsvReader){0};
}

static SourceMark mark_here(const CsvReader *reader) {
    return (SourceMark){reader->line, reader->position - reader->line_start + 1};
}

static bool at_end(const CsvReader *reader) {
    return reader->position >= reader->source.length;
}

static char present(const CsvReader *reader) {
    return reader->source.text[reader->position];
}

/* Bytes of the line end at the present position: 0, 1 or 2. */
static size_t line_end(const CsvReader *reader) {
    if (at_end(reader)) return 0;
    if (present(reader) == '\n') return 1;
    size_t next = reader->position + 1;
    return present(reader) == '\r' && next < reader->source.length && reader->source.text[next] == '\n' ? 2
                                                                                                        : 0;
}

static void pass_line_end(CsvReader *reader, size_t bytes) {
    reader->position += bytes;
    reader->line++;
    reader->line_start = reader->position;
}

/* One character, whole, from the text to *out. */
static Status take_character(CsvReader *reader, char **out) {
    const char *at = reader->source.text + reader->position;
    if (*at == '\0')
        return source_fail(&reader->source, mark_here(reader), "a zero byte; a table is plain text");
    size_t length = utf8_length(at, reader->source.length - reader->position);
    if (length == 0) {
        return source_fail(&reader->source, mark_here(reader),
                           "the byte 0x%02x is no UTF-8; save the file with UTF-8 encoding",
                           (unsigned char)*at);
    }
    memcpy(*out, at, length);
    *out += length;
    reader->position += length;
    return STATUS_OK;
}

static Status read_quoted(CsvReader *reader, char **out) {
    SourceMark opened = mark_here(reader);
    reader->position++;
    for (;;) {
        if (at_end(reader)) {
            return source_fail(&reader->source, opened,
                               "this quote is never closed; a quoted field ends with a quote");
        }
        char c = present(reader);
        if (c == '"') {
            reader->position++;
            if (at_end(reader) || present(reader) != '"') break;
        }
        TRY(take_character(reader, out));
        if (c == '\n') {
            reader->line++;
            reader->line_start = reader->position;
        }
    }
    if (at_end(reader) || present(reader) == ',' || line_end(reader) > 0) return STATUS_OK;
    return source_fail(
        &reader->source, mark_here(reader),
        "text after the end of a quoted field; a comma or the line's end is expected (a quote inside a "
        "quoted field is written twice)");
}

static Status read_bare(CsvReader *reader, char **out) {
    const char *begin = *out;
    while (!at_end(reader) && present(reader) != ',' && line_end(reader) == 0) {
        char c = present(reader);
        if (c == '"') {
            return source_fail(
                &reader->source, mark_here(reader),
                "a quote inside a field that does not begin with one; put quotes around the whole "
                "field, right between its commas");
        }
        if (c == '\r') {
            return source_fail(&reader->source, mark_here(reader),
                               "a carriage return without a line feed; lines end in LF or CRLF");
        }
        bool leading = (c == ' ' || c == '\t') && *out == begin;
        if (leading)
            reader->position++;
        else
            TRY(take_character(reader, out));
    }
    while (*out > begin && ((*out)[-1] == ' ' || (*out)[-1] == '\t')) {
        (*out)--;
    }
    return STATUS_OK;
}

/* Nothing but line ends is left. */
static bool only_line_ends_follow(const CsvReader *reader) {
    for (size_t i = reader->position; i < reader->source.length; i++) {
        if (reader->source.text[i] != '\n' && reader->source.text[i] != '\r') return false;
    }
    return true;
}

Status csv_reader_next(CsvReader *reader, bool *found) {
    *found = false;
    reader->count = 0;
    if (at_end(reader)) return STATUS_OK;
    if (line_end(reader) > 0) {
        if (only_line_ends_follow(reader)) return STATUS_OK;
        return source_fail(&reader->source, mark_here(reader), "an empty line; remove it");
    }
    char *out = reader->content;
    for (;;) {
        TRY(memory_grow(&reader->fields, &reader->capacity, reader->count + 1, sizeof *reader->fields));
        reader->fields[reader->count++] = (CsvField){out, mark_here(reader)};
        bool quoted = !at_end(reader) && present(reader) == '"';
        TRY(quoted ? read_quoted(reader, &out) : read_bare(reader, &out));
        *out++ = '\0';
        if (at_end(reader) || present(reader) != ',') break;
        reader->position++;
    }
    if (!at_end(reader)) pass_line_end(reader, line_end(reader));
    *found = true;
    return STATUS_OK;
}

bool csv_number(const char *text, double *value) {
    if (text[0] == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0') return false;
    char *end;
    *value = strtod(text, &end);
    return *end == '\0' && isfinite(*value);
}

CsvShown csv_shown(const char *text) {
    static const char CUT[] = "...";
    CsvShown shown;
    size_t length = strlen(text);
    bool cut = length >= CSV_SHOWN_SIZE;
    if (cut) length = CSV_SHOWN_SIZE - sizeof CUT;
    /* Not in the middle of a UTF-8 character. */
    while (cut && length > 0 && ((unsigned char)text[length] & 0xC0U) == 0x80U) {
        length--;
    }
    for (size_t i = 0; i < length; i++) {
        bool control = (unsigned char)text[i] < 0x20 || text[i] == 0x7f;
        shown.text[i] = control ? '?' : text[i];
    }
    memcpy(shown.text + length, cut ? CUT : "", cut ? sizeof CUT : 1);
    return shown;
}

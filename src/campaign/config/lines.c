#include "campaign/config/lines.h"

#include "base/text.h"

Status lines_index(const SourceText *source, ConfigPool *pool, LineIndex *lines) {
    size_t count = 1;
    for (size_t i = 0; i < source->length; i++)
        count += source->text[i] == '\n';
    size_t *begin = NULL;
    TRY(pool_take(pool, count, sizeof(size_t), (void *)&begin));
    for (size_t i = 0, line = 1; i < source->length; i++) {
        if (source->text[i] == '\n') begin[line++] = i + 1;
    }
    *lines = (LineIndex){.source = source, .begin = begin, .count = count};
    return STATUS_OK;
}

SourceMark lines_mark(const LineIndex *lines, size_t offset) {
    size_t low = 0;
    size_t high = lines->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (lines->begin[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return (SourceMark){.line = low + 1, .column = offset - lines->begin[low] + 1};
}

SourceMark lines_character(const LineIndex *lines, size_t line, size_t character) {
    const SourceText *source = lines->source;
    if (line > lines->count) line = lines->count;
    size_t begin = lines->begin[line - 1];
    size_t at = begin;
    for (size_t i = 1; i < character && at < source->length && source->text[at] != '\n'; i++) {
        size_t length = utf8_length(source->text + at, source->length - at);
        at += length > 0 ? length : 1;
    }
    return (SourceMark){.line = line, .column = at - begin + 1};
}

size_t lines_tab(const LineIndex *lines, size_t line) {
    if (line == 0 || line > lines->count) return 0;
    size_t begin = lines->begin[line - 1];
    for (size_t i = begin; i < lines->source->length; i++) {
        if (lines->source->text[i] == '\t') return i - begin + 1;
        if (lines->source->text[i] != ' ') return 0;
    }
    return 0;
}

Status lines_check_bytes(const LineIndex *lines) {
    const SourceText *source = lines->source;
    for (size_t i = 0; i < source->length;) {
        unsigned char byte = (unsigned char)source->text[i];
        if (byte == 0) {
            return source_fail(source, lines_mark(lines, i), "a zero byte; a configuration is a text");
        }
        if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') {
            return source_fail(source, lines_mark(lines, i),
                               "the control character 0x%02x has no place in a configuration", byte);
        }
        size_t length = utf8_length(source->text + i, source->length - i);
        if (length == 0) {
            return source_fail(source, lines_mark(lines, i),
                               "the byte 0x%02x is no UTF-8; save the file with UTF-8 encoding", byte);
        }
        i += length;
    }
    return STATUS_OK;
}

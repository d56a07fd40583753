/* Records of a CSV text, as RFC 4180 has them: fields between commas, quoted where they hold commas, quotes
 * (written twice) or line ends; lines end in LF or CRLF. Beyond the RFC, blanks around an unquoted field are
 * dropped, as is a byte order mark at the start, and empty lines at the end of the text. */
#ifndef WINNOW_DATA_CSV_READER_H
#define WINNOW_DATA_CSV_READER_H

#include <stdbool.h>

#include "base/source.h"

typedef struct CsvField {
    const char *text; /* zero-ended, without its quotes; borrowed until the next record is read */
    SourceMark mark;  /* where it begins */
} CsvField;

typedef struct CsvReader {
    SourceText source; /* borrowed */
    size_t position;   /* of the next byte */
    size_t line;       /* from 1 */
    size_t line_start; /* offset of that line */
    CsvField *fields;  /* [count], of the present record */
    size_t count;
    size_t capacity;
    char *content; /* one record's fields, each with its zero byte: never longer than the text plus one */
} CsvReader;

/* `text` has `length` bytes, need not end in a zero byte, and stays borrowed. */
Status csv_reader_create(CsvReader *reader, const char *name, const char *text, size_t length) MUST_CHECK;
void csv_reader_release(CsvReader *reader);

/* Read the next record into fields and count; *found is false at the end of the text. STATUS_INPUT with line
 * and column where the quoting or a line end is wrong. */
Status csv_reader_next(CsvReader *reader, bool *found) MUST_CHECK;

/* A finite decimal number: "1", "-0.5", "+1e-3"; not "", "nan", "inf", "0x1p3" or a number beyond double. */
bool csv_number(const char *text, double *value);

#define CSV_SHOWN_SIZE 64
typedef struct CsvShown {
    char text[CSV_SHOWN_SIZE];
} CsvShown;

/* A field's text for a message: control characters as '?', a long one cut. */
CsvShown csv_shown(const char *text);

#endif

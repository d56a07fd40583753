/* Errors that point into a text the user wrote. */
#ifndef WINNOW_BASE_SOURCE_H
#define WINNOW_BASE_SOURCE_H

#include "base/status.h"

typedef struct SourceText {
    const char *name; /* as the user named the file */
    const char *text; /* not necessarily ended by a zero byte */
    size_t length;
} SourceText;

typedef struct SourceMark {
    size_t line;   /* from 1; 0 when unknown */
    size_t column; /* from 1, in bytes */
} SourceMark;

/* STATUS_INPUT with "name:line:column: message", the line itself below it and a caret under the column. Lines
 * longer than 100 bytes are shown in part; tabs are shown as one space, control characters and what is
 * no UTF-8 as '?'. An unknown line gives "name: message", an unknown column "name:line: message". */
Status source_fail(const SourceText *source, SourceMark mark, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif

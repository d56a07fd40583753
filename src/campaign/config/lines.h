/* The lines of a text: from offsets to line and column. */
#ifndef WINNOW_CAMPAIGN_CONFIG_LINES_H
#define WINNOW_CAMPAIGN_CONFIG_LINES_H

#include "base/source.h"
#include "campaign/config/pool.h"

typedef struct LineIndex {
    const SourceText *source; /* borrowed */
    const size_t *begin;      /* [count] offset of each line's first byte, in the pool */
    size_t count;             /* >= 1; an empty line follows a newline at the end */
} LineIndex;

Status lines_index(const SourceText *source, ConfigPool *pool, LineIndex *lines) MUST_CHECK;

SourceMark lines_mark(const LineIndex *lines, size_t offset);

/* The same for a line and the number of a character in it, both from 1. The last line where there are fewer.
 */
SourceMark lines_character(const LineIndex *lines, size_t line, size_t character);

/* Column of the first tab in the indentation of `line` (from 1), 0 where there is none. */
size_t lines_tab(const LineIndex *lines, size_t line);

/* STATUS_INPUT at the first byte that is no UTF-8, or a control character other than tab, newline, carriage
 * return. */
Status lines_check_bytes(const LineIndex *lines) MUST_CHECK;

#endif

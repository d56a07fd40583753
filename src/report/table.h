/* Plain-text tables: columns as wide as their widest cell, two spaces apart. */
#ifndef WINNOW_REPORT_TABLE_H
#define WINNOW_REPORT_TABLE_H

#include <stdio.h>

#include "base/status.h"

typedef struct Table Table;

/* All columns start aligned to the left. columns >= 1. */
Status table_create(Table **out, size_t columns) MUST_CHECK;
void table_destroy(Table **table);

/* Align a column (from 0) to the right. */
void table_right(Table *table, size_t column);

/* The next cell, row by row. Control characters become '?'. Running out of memory is told by table_print. */
void table_cell(Table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Characters of its longest possible row, the indent not counted. Running out of memory is told by
 * table_print. */
size_t table_width(const Table *table);

/* All rows, each after `indent` spaces and without spaces at its end; an unfinished row is printed as far as
 * it goes. A character counts as one column wide. */
Status table_print(const Table *table, FILE *out, int indent) MUST_CHECK;

#endif

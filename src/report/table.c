#include "report/table.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"

struct Table {
    size_t columns;
    bool *right;  /* [columns] */
    char **cells; /* [count], each owned */
    size_t count, capacity;
    bool failed; /* out of memory */
};

Status table_create(Table **out, size_t columns) {
    TRY(memory_new(out, 1, sizeof(**out)));
    Status status = memory_new(&(*out)->right, columns, sizeof(bool));
    (*out)->columns = columns;
    if (status != STATUS_OK) table_destroy(out);
    return status;
}

void table_destroy(Table **table) {
    if (*table == NULL) return;
    for (size_t i = 0; i < (*table)->count; i++)
        free((*table)->cells[i]);
    free((*table)->cells);
    free((*table)->right);
    free(*table);
    *table = NULL;
}

void table_right(Table *table, size_t column) {
    table->right[column] = true;
}

void table_cell(Table *table, const char *format, ...) {
    if (table->failed) return;
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0 ||
        memory_grow(&table->cells, &table->capacity, table->count + 1, sizeof(char *)) != STATUS_OK) {
        if (length >= 0) free(text);
        table->failed = true;
        return;
    }
    for (char *at = text; *at != '\0'; at++) {
        if ((unsigned char)*at < ' ' || *at == 127) *at = '?';
    }
    table->cells[table->count++] = text;
}

/* Characters of UTF-8: every byte but the continuing ones. */
static int width_of(const char *text) {
    int width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

/* Of the widest cell in a column. */
static int column_width(const Table *table, size_t column) {
    int width = 0;
    for (size_t i = column; i < table->count; i += table->columns) {
        int here = width_of(table->cells[i]);
        if (here > width) width = here;
    }
    return width;
}

size_t table_width(const Table *table) {
    size_t width = 2 * (table->columns - 1);
    for (size_t c = 0; c < table->columns; c++)
        width += (size_t)column_width(table, c);
    return width;
}

static void print_row(const Table *table, size_t first, const int *width, FILE *out, int indent) {
    int owed = indent; /* spaces that a cell to come will need */
    for (size_t c = 0; c < table->columns && first + c < table->count; c++) {
        const char *text = table->cells[first + c];
        int room = width[c] - width_of(text);
        if (table->right[c]) owed += room;
        if (text[0] != '\0') {
            fprintf(out, "%*s%s", owed, "", text);
            owed = 0;
        }
        owed += 2 + (table->right[c] ? 0 : room);
    }
    fputc('\n', out);
}

Status table_print(const Table *table, FILE *out, int indent) {
    if (table->failed) return status_fail(STATUS_ENVIRONMENT, "out of memory");
    int *width; /* [columns] */
    TRY(memory_new(&width, table->columns, sizeof(*width)));
    for (size_t c = 0; c < table->columns; c++)
        width[c] = column_width(table, c);
    for (size_t first = 0; first < table->count; first += table->columns)
        print_row(table, first, width, out, indent);
    free(width);
    return STATUS_OK;
}

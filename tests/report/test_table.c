#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/suites.h"
#include "report/table.h"
#include "suite.h"

/* The table as printed, owned. */
static char *printed(const Table *table, int indent) {
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (out == NULL) abort();
    CU_ASSERT_EQUAL(table_print(table, out, indent), STATUS_OK);
    fclose(out);
    return text;
}

static void expect(Table *table, int indent, const char *wanted) {
    char *text = printed(table, indent);
    CU_ASSERT_STRING_EQUAL(text, wanted);
    free(text);
    table_destroy(&table);
    CU_ASSERT_PTR_NULL(table);
}

static Table *create(size_t columns) {
    Table *table = NULL;
    if (table_create(&table, columns) != STATUS_OK) abort();
    return table;
}

static void columns_are_as_wide_as_their_widest_cell(void) {
    Table *table = create(3);
    table_right(table, 1);
    const char *cells[] = {"trial", "loss", "host", "7", "0.25", "node12", "1234567", "10.125", "n1"};
    for (size_t i = 0; i < 9; i++)
        table_cell(table, "%s", cells[i]);
    expect(table, 2,
           "  trial      loss  host\n"
           "  7          0.25  node12\n"
           "  1234567  10.125  n1\n");
}

static void no_line_ends_in_spaces(void) {
    Table *table = create(3);
    const char *cells[] = {"a", "", "", "bbbb", "c", ""};
    for (size_t i = 0; i < 6; i++)
        table_cell(table, "%s", cells[i]);
    expect(table, 0, "a\nbbbb  c\n");
}

static void empty_cells_keep_their_column(void) {
    Table *table = create(3);
    const char *cells[] = {"aa", "bb", "cc", "", "", "c"};
    for (size_t i = 0; i < 6; i++)
        table_cell(table, "%s", cells[i]);
    expect(table, 1, " aa  bb  cc\n         c\n");
}

static void characters_count_not_bytes(void) {
    Table *table = create(2);
    const char *cells[] = {"Z\xc3\xbcrich", "x", "Basel", "y"};
    for (size_t i = 0; i < 4; i++)
        table_cell(table, "%s", cells[i]);
    expect(table, 0, "Z\xc3\xbcrich  x\nBasel   y\n");
}

static void control_characters_do_not_reach_the_terminal(void) {
    Table *table = create(1);
    table_cell(table, "a\033[31mb\nc\177");
    expect(table, 0, "a?[31mb?c?\n");
}

static void an_unfinished_row_is_printed(void) {
    Table *table = create(2);
    const char *cells[] = {"a", "b", "c"};
    for (size_t i = 0; i < 3; i++)
        table_cell(table, "%s", cells[i]);
    expect(table, 0, "a  b\nc\n");
}

static void a_table_without_cells_prints_nothing(void) {
    expect(create(4), 3, "");
}

void suite_table(void) {
    static const TestCase tests[] = {
        {"columns are as wide as their widest cell", columns_are_as_wide_as_their_widest_cell},
        {"no line ends in spaces", no_line_ends_in_spaces},
        {"empty cells keep their column", empty_cells_keep_their_column},
        {"characters count, not bytes", characters_count_not_bytes},
        {"control characters do not reach the terminal", control_characters_do_not_reach_the_terminal},
        {"an unfinished row is printed", an_unfinished_row_is_printed},
        {"a table without cells prints nothing", a_table_without_cells_prints_nothing},
    };
    SUITE("table", tests);
}

#include <string.h>

#include "data/csv_reader.h"
#include "scratch.h"
#include "suite.h"

typedef struct BadTable {
    const char *text;
    const char *begin, *holds; /* of the message */
} BadTable;

static const BadTable BAD_TABLES[] = {
    {"", "t.csv:1:1: ", "empty"},
    {"\n\n", "t.csv:1:1: ", "empty"},
    {"\n x,kind\n", "t.csv:1:1: ", "empty line"},
    {"x,kind\n", "t.csv:1:1: ", "no row"},
    {"kind\na\n", "t.csv:1:1: ", "one column only"},
    {"x;kind\n1;a\n", "t.csv:1:1: ", "separated by commas"},
    {"x,kimd\n1,a\n",
     "t.csv:1:1: ", "no label column 'kind'; did you mean 'kimd'?; the columns are: x, kimd"},
    {"x,label\n1,a\n", "t.csv:1:1: ", "no label column 'kind'; the columns are: x, label"},
    {"kind,x,kind\na,1,b\n", "t.csv:1:8: ", "column 'kind' is in the header twice, as columns 1 and 3"},
    {"x,y,x,kind\n1,2,3,a\n", "t.csv:1:5: ", "column 'x' is in the header twice"},
    {",x,kind\n0,1,a\n", "t.csv:1:1: ", "column 1 has no name"},
    {"x,kind\n1,a\n,b\n", "t.csv:3:1: ", "column 'x' has no value"},
    {"x,kind\n1,a\n2,\n", "t.csv:3:3: ", "label column 'kind' has no value"},
    {"x,kind\n1,a\n2\n", "t.csv:3:1: ", "1 field, the header has 2"},
    {"x,kind\n1,a\n2,b,3\n", "t.csv:3:1: ", "3 fields, the header has 2"},
    {"x,kind\n1,a\n\n2,b\n", "t.csv:3:1: ", "empty line"},
    {"x,kind\n1,a\nnan,b\n", "t.csv:3:1: ", "'nan' in column 'x' is no finite decimal number"},
    {"x,y,kind\n1,2,a\n1, -inf,b\n", "t.csv:3:3: ", "'-inf' in column 'y'"},
    {"x,kind\n0x10,a\n", "t.csv:2:1: ", "'0x10'"},
    {"x,kind\n1e999,a\n", "t.csv:2:1: ", "'1e999'"},
    {"x,kind\n1e39,a\n", "t.csv:2:1: ", "too large"},
    {"x,kind\n\"1,5\",a\n", "t.csv:2:1: ", "'1,5'"},
    {"x,kind\n1,a\n2,\"b\n3,c\n", "t.csv:3:3: ", "never closed"},
    {"x,kind\n1,\"a\"b\n", "t.csv:2:6: ", "text after the end of a quoted field"},
    {"x,kind\n1,a\"b\"\n", "t.csv:2:4: ", "a quote inside a field"},
    {"x,kind\r1,a\r2,b\r", "t.csv:1:7: ", "carriage return"},
    {"x,kind\n\"1\n\",a\nq,b\n", "t.csv:2:1: ", "'1?'"},
    {"x,kind\n1,\"a\nb\"\nq,b\n", "t.csv:4:1: ", "'q'"},
    {"x,kind\n1,a\n2,a\n", "t.csv: ", "at least 2 classes"},
    {"x,kind\n1,a\n2,b\n", "t.csv: ", "validation asks for 1 examples, but the training file has 2"},
};

static void bad_tables_are_errors_with_line_and_column(void) {
    DataSpec spec = {.format = DATA_CSV, .train_table = "t.csv", .label_column = "kind", .validation = 1};
    for (size_t i = 0; i < sizeof BAD_TABLES / sizeof *BAD_TABLES; i++) {
        const BadTable *bad = &BAD_TABLES[i];
        scratch_write_text("t.csv", bad->text);
        CU_ASSERT(fails_with(&spec, bad->begin, bad->holds, bad->text));
    }
}

static void zero_bytes_are_errors(void) {
    static const char bare[] = "x,kind\n1,a\0b\n";
    static const char quoted[] = "x,kind\n1,\"a\0b\"\n";
    DataSpec spec = {.format = DATA_CSV, .train_table = "t.csv", .label_column = "kind", .validation = 1};
    scratch_write("t.csv", bare, sizeof bare - 1);
    CU_ASSERT(fails_with(&spec, "t.csv:2:4: ", "zero byte", "bare"));
    scratch_write("t.csv", quoted, sizeof quoted - 1);
    CU_ASSERT(fails_with(&spec, "t.csv:2:5: ", "zero byte", "quoted"));
}

static void the_test_table_must_match(void) {
    static const BadTable tables[] = {
        {"x,y,kind\n1,2,c\n",
         "test.csv:2:5: ", "'c' does not occur in the training table; its classes are: a, b"},
        {"y,x,kind\n1,2,a\n", "test.csv:1:1: ", "column 1 is 'y', but 'x' in the training table"},
        {"x,kind\n1,a\n", "test.csv:1:3: ", "column 2 is 'kind', but 'y'"},
        {"x,y,kind,z\n1,2,a,3\n", "test.csv:1:1: ", "4 columns, that of the training table has 3"},
        {"x,y,kind\n1,2\n", "test.csv:2:1: ", "2 fields"},
        {"x,y,kind\n", "test.csv:1:1: ", "no row"},
    };
    DataSpec spec = {.format = DATA_CSV,
                     .train_table = "t.csv",
                     .test_table = "test.csv",
                     .label_column = "kind",
                     .validation = 1};
    scratch_write_text("t.csv", "x,y,kind\n1,2,a\n3,4,b\n5,6,a\n");
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        scratch_write_text("test.csv", tables[i].text);
        CU_ASSERT(fails_with(&spec, tables[i].begin, tables[i].holds, tables[i].text));
    }
    scratch_write_text("t.csv", "x,y,kind\n1,2,1\n3,4,2\n5,6,1\n");
    scratch_write_text("test.csv", "x,y,kind\n1,2,a\n");
    CU_ASSERT(fails_with(&spec, "test.csv:2:5: ", "'a' does not occur", "text among numbers"));
}

static void a_missing_table_is_the_configurations_fault(void) {
    DataSpec spec = {.format = DATA_CSV, .train_table = "none.csv", .label_column = "kind", .validation = 1};
    CU_ASSERT(fails_with(&spec, "none.csv: cannot be read: No such file", "", "missing"));
    spec.label_column = NULL;
    CU_ASSERT(fails_with(&spec, "data of format csv", "label column", "no label column"));
}

/* 65537 rows, each with a label of its own. */
static void too_many_classes_are_an_error(void) {
    FILE *file = fopen("t.csv", "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs("x,kind\n", file);
    for (int i = 0; i <= 65536; i++) {
        fprintf(file, "1,L%d\n", i);
    }
    fclose(file);
    DataSpec spec = {.format = DATA_CSV, .train_table = "t.csv", .label_column = "kind", .validation = 1};
    CU_ASSERT(fails_with(&spec, "t.csv:65538:3: ", "more than 65536 different values", "many classes"));
}

/* Whatever the bytes, there is an error or a data set that can be read. */
static void no_truncation_or_change_crashes(void) {
    static const char text[] =
        "x,\"y\",kind\r\n1,2.5,\"a \"\"q\"\"\"\r\n-3e1,4,b\n5,6,b\n7,8,\"a \"\"q\"\"\"\n";
    static const char changes[] = {'"', ',', '\n', '\r', '\0', '9', ' ', 'e', (char)0xff};
    DataSpec spec = {.format = DATA_CSV, .train_table = "t.csv", .label_column = "kind", .validation = 0.3};
    size_t loaded = 0;
    for (size_t at = 0; at < sizeof text - 1; at++) {
        for (size_t c = 0; c <= sizeof changes; c++) {
            char bytes[sizeof text];
            memcpy(bytes, text, sizeof text);
            if (c < sizeof changes) bytes[at] = changes[c];
            scratch_write("t.csv", bytes, c < sizeof changes ? sizeof text - 1 : at);
            Dataset *dataset;
            if (dataset_load(&dataset, &spec, 1) != STATUS_OK) continue;
            walk(dataset);
            dataset_destroy(&dataset);
            loaded++;
        }
    }
    CU_ASSERT(loaded > 10);
}

void suite_csv_errors(void) {
    static const TestCase tests[] = {
        {"30 bad tables are errors with line and column", bad_tables_are_errors_with_line_and_column},
        {"zero bytes are errors", zero_bytes_are_errors},
        {"the test table must have the training table's columns and classes", the_test_table_must_match},
        {"a missing table is the configuration's fault", a_missing_table_is_the_configurations_fault},
        {"more classes than labels can name are an error", too_many_classes_are_an_error},
        {"no truncated or changed table crashes the reader", no_truncation_or_change_crashes},
    };
    SUITE("CSV errors", tests);
}

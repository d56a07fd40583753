#include <string.h>

#include "data/csv_reader.h"
#include "scratch.h"
#include "suite.h"

static DataSpec csv_spec(void) {
    return (DataSpec){
        .format = DATA_CSV, .train_table = "train.csv", .label_column = "kind", .validation = 1};
}

static Dataset *load(const char *train, const char *test) {
    DataSpec spec = csv_spec();
    scratch_write_text("train.csv", train);
    if (test != NULL) {
        scratch_write_text("test.csv", test);
        spec.test_table = "test.csv";
    }
    Dataset *dataset;
    Status status = dataset_load(&dataset, &spec, 1);
    if (status != STATUS_OK) printf("\n  %s\n", status_text());
    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
    return dataset;
}

static void text_labels_become_sorted_classes(void) {
    Dataset *dataset =
        load("x,kind,y\n1,wheat,2\n3,barley,4\n-5e-1,wheat,+6.25\n7,barley,8\n", "x,kind,y\n9,wheat,10\n");
    Shape shape = dataset_shape(dataset);
    CU_ASSERT(shape.height == 1 && shape.width == 1 && shape.channels == 2);
    CU_ASSERT_EQUAL_FATAL(dataset_classes(dataset), 2);
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 0), "barley");
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 1), "wheat");
    Examples train = dataset_part(dataset, PART_TRAIN);
    CU_ASSERT(train.type == VALUE_F32 && train.period == 2 && train.count == 3);
    static const float expected[] = {1, 2, 3, 4, -0.5F, 6.25F, 7, 8};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        CU_ASSERT_EQUAL(((const float *)train.values)[i], expected[i]);
    }
    CU_ASSERT(train.labels[0] == 1 && train.labels[1] == 0 && train.labels[2] == 1 && train.labels[3] == 0);
    Examples test = dataset_part(dataset, PART_TEST);
    CU_ASSERT_EQUAL_FATAL(test.count, 1);
    CU_ASSERT(test.labels[0] == 1 && ((const float *)test.values)[0] == 9);
    dataset_destroy(&dataset);
}

static void numeric_labels_are_sorted_by_value(void) {
    Dataset *dataset = load("x,kind\n1,10\n2,9\n3,-1\n4,9.0\n5,10\n6,-1\n", "x,kind\n1,+9\n2,1e1\n");
    CU_ASSERT_EQUAL_FATAL(dataset_classes(dataset), 3);
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 0), "-1");
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 1), "9");
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 2), "10");
    const uint16_t *labels = dataset_part(dataset, PART_TRAIN).labels;
    CU_ASSERT(labels[0] == 2 && labels[1] == 1 && labels[2] == 0 && labels[3] == 1);
    labels = dataset_part(dataset, PART_TEST).labels;
    CU_ASSERT(labels[0] == 1 && labels[1] == 2);
    dataset_destroy(&dataset);
}

static void one_text_label_makes_all_text(void) {
    Dataset *dataset = load("x,kind\n1,10\n2,9\n3,none\n4,9.0\n5,10\n", NULL);
    CU_ASSERT_EQUAL_FATAL(dataset_classes(dataset), 4);
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 0), "10");
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 1), "9");
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 2), "9.0");
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 3), "none");
    dataset_destroy(&dataset);
}

/* Quoted commas, quotes, line ends; CRLF; a byte order mark; blanks; no line end after the last row, or many.
 */
static void spellings_of_one_table_are_one_data_set(void) {
    static const char *const spellings[] = {
        "\"a,\"\"b\"\"\",kind\n1,x\n2,y\n3,x\n",
        "\"a,\"\"b\"\"\",kind\r\n1,x\r\n2,y\r\n3,x\r\n",
        "\xef\xbb\xbf\"a,\"\"b\"\"\",kind\n1,x\n2,y\n3,x",
        "\"a,\"\"b\"\"\",\"kind\"\n\"1\",\"x\"\n\"2\",\"y\"\n\"3\",\"x\"\n\n\r\n\n",
        "\"a,\"\"b\"\"\",\tkind\n 1 , x\n2.0,y \n3e0,\"x\"\r\n",
    };
    uint64_t hash = 0;
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        Dataset *dataset = load(spellings[i], NULL);
        if (i == 0) hash = dataset_hash(dataset);
        CU_ASSERT_EQUAL(dataset_hash(dataset), hash);
        CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 0), "x");
        dataset_destroy(&dataset);
    }
    Dataset *dataset = load("v,kind\n1,\"x\ny\"\n2,\"say \"\"x\"\", y\"\n3,\" x \"\n4,\" x \"\n", NULL);
    CU_ASSERT_EQUAL_FATAL(dataset_classes(dataset), 3);
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 0), " x ");
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 1), "say \"x\", y");
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 2), "x\ny");
    dataset_destroy(&dataset);
}

static void a_compressed_table_loads(void) {
    const char *text = "x,kind\n1,a\n2,b\n3,a\n";
    Dataset *plain = load(text, NULL);
    scratch_write_gzip("train.csv", text, strlen(text));
    DataSpec spec = csv_spec();
    Dataset *packed;
    CU_ASSERT_EQUAL_FATAL(dataset_load(&packed, &spec, 1), STATUS_OK);
    CU_ASSERT_EQUAL(dataset_hash(plain), dataset_hash(packed));
    dataset_destroy(&plain);
    dataset_destroy(&packed);
}

static void the_examples_table_loads(void) {
    DataSpec spec = csv_spec();
    spec.train_table = SOURCE_ROOT "/search_spaces/csv_table.csv";
    spec.validation = 0.2;
    spec.normalise = NORMALISE_STANDARD;
    Dataset *dataset;
    CU_ASSERT_EQUAL_FATAL(dataset_load(&dataset, &spec, 1), STATUS_OK);
    CU_ASSERT_EQUAL(dataset_part(dataset, PART_TRAIN).count, 480);
    CU_ASSERT_EQUAL(dataset_part(dataset, PART_VALIDATION).count, 120);
    CU_ASSERT_EQUAL(dataset_shape(dataset).channels, 5);
    CU_ASSERT_EQUAL_FATAL(dataset_classes(dataset), 3);
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 1), "grain");
    dataset_destroy(&dataset);
}

static void numbers_are_decimal_and_finite(void) {
    static const char *const good[] = {"0", "-1", "+2.5", ".5", "5.", "1e3", "1E-3", "00", "1e-400"};
    static const char *const bad[] = {"",     "nan",   "NaN", "inf",   "-inf", "Infinity",
                                      "0x10", "1e400", "1,5", "1 2",   "e5",   ".",
                                      "-",    "1e",    "--1", "1.2.3", "1f",   "1_000"};
    double value;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        CU_ASSERT(csv_number(good[i], &value));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_FALSE(csv_number(bad[i], &value));
    }
    CU_ASSERT(csv_number("-12.5e1", &value));
    CU_ASSERT_EQUAL(value, -125.0);
}

static void messages_show_no_control_characters(void) {
    CsvShown shown = csv_shown("a\x1b[31m\n");
    CU_ASSERT_STRING_EQUAL(shown.text, "a?[31m?");
    char text[CSV_SHOWN_SIZE + 1];
    memset(text, 'x', CSV_SHOWN_SIZE);
    text[CSV_SHOWN_SIZE] = '\0';
    text[CSV_SHOWN_SIZE - 1] = '\0';
    shown = csv_shown(text);
    CU_ASSERT_STRING_EQUAL(shown.text, text);
    text[CSV_SHOWN_SIZE - 1] = 'x';
    memcpy(text + CSV_SHOWN_SIZE - 5, "\xc3\xa4", 2);
    shown = csv_shown(text);
    CU_ASSERT_EQUAL(strlen(shown.text), CSV_SHOWN_SIZE - 5 + 3);
    CU_ASSERT_STRING_EQUAL(shown.text + CSV_SHOWN_SIZE - 5, "...");
}

void suite_csv(void) {
    static const TestCase tests[] = {
        {"text labels become classes sorted by name", text_labels_become_sorted_classes},
        {"numeric labels become classes sorted by value, in any spelling",
         numeric_labels_are_sorted_by_value},
        {"one label of text makes all of them text", one_text_label_makes_all_text},
        {"quotes, CRLF, byte order mark and blanks change nothing", spellings_of_one_table_are_one_data_set},
        {"a compressed table loads", a_compressed_table_loads},
        {"the example's table has 600 rows, 5 features and 3 classes", the_examples_table_loads},
        {"only finite decimal numbers are numbers", numbers_are_decimal_and_finite},
        {"messages show no control characters of the file", messages_show_no_control_characters},
    };
    SUITE("CSV", tests);
}

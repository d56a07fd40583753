#include <stdbool.h>
#include <string.h>

#include "base/source.h"
#include "base/suites.h"
#include "suite.h"

/* The text of the error at that place of `text`. */
static const char *at(const char *text, size_t line, size_t column) {
    SourceText source = {.name = "a.yaml", .text = text, .length = strlen(text)};
    CU_ASSERT_EQUAL(source_fail(&source, (SourceMark){line, column}, "wrong %s", "word"), STATUS_INPUT);
    return status_text();
}

static void line_and_caret(void) {
    CU_ASSERT_STRING_EQUAL(at("one\nseed: x\nthree\n", 2, 7), "a.yaml:2:7: wrong word\n  seed: x\n        ^");
    CU_ASSERT_STRING_EQUAL(at("one\ntwo\n", 1, 1), "a.yaml:1:1: wrong word\n  one\n  ^");
}

static void last_line_without_newline(void) {
    CU_ASSERT_STRING_EQUAL(at("one\nlast", 2, 4), "a.yaml:2:4: wrong word\n  last\n     ^");
}

static void text_without_zero(void) {
    SourceText source = {.name = "b", .text = "one\nlast, and what lies behind it", .length = 8};
    (void)source_fail(&source, (SourceMark){2, 1}, "m");
    CU_ASSERT_STRING_EQUAL(status_text(), "b:2:1: m\n  last\n  ^");
}

static void unknown_line(void) {
    CU_ASSERT_STRING_EQUAL(at("one\n", 0, 3), "a.yaml: wrong word");
    SourceText nothing = {.name = "none"};
    (void)source_fail(&nothing, (SourceMark){0, 0}, "m");
    CU_ASSERT_STRING_EQUAL(status_text(), "none: m");
}

static void line_behind_the_end(void) {
    CU_ASSERT_STRING_EQUAL(at("one\n", 2, 1), "a.yaml:2:1: wrong word");
    CU_ASSERT_STRING_EQUAL(at("one\n", 999, 1), "a.yaml:999:1: wrong word");
    CU_ASSERT_STRING_EQUAL(at("", 1, 1), "a.yaml:1:1: wrong word");
}

static void column_behind_the_end(void) {
    CU_ASSERT_STRING_EQUAL(at("one\ntwo", 1, 4), "a.yaml:1:4: wrong word\n  one\n     ^");
    CU_ASSERT_STRING_EQUAL(at("one\ntwo", 1, 4000), "a.yaml:1:4000: wrong word\n  one\n     ^");
}

static void no_column(void) {
    CU_ASSERT_STRING_EQUAL(at("one\n", 1, 0), "a.yaml:1: wrong word");
}

static void tabs_keep_the_caret(void) {
    CU_ASSERT_STRING_EQUAL(at("\t\tkey: x\n", 1, 8), "a.yaml:1:8: wrong word\n    key: x\n         ^");
}

static void controls_are_hidden(void) {
    CU_ASSERT_STRING_EQUAL(at("a\x1B[31mb\x7F\x01z\r\nnext", 1, 9),
                           "a.yaml:1:9: wrong word\n  a?[31mb??z\n          ^");
    /* Bytes that are no UTF-8, a half character at the end, and a C1 control. */
    CU_ASSERT_STRING_EQUAL(at("\xFF\x80x\xC2\x9By\xC3", 1, 6), "a.yaml:1:6: wrong word\n  ??x??y?\n       ^");
}

static void caret_counts_characters(void) {
    CU_ASSERT_STRING_EQUAL(at("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x8C\xBE: x", 1, 12),
                           "a.yaml:1:12: wrong word\n  \xC3\xA4\xE2\x82\xAC\xF0\x9F\x8C\xBE: x\n       ^");
}

/* A line of 300 digits with one mark at `column`: the mark is shown, the caret is under it. */
static void check_long_line(size_t column, bool cut_left, bool cut_right) {
    char text[301];
    for (size_t i = 0; i < 300; i++)
        text[i] = (char)('0' + i % 10);
    text[300] = '\0';
    text[column - 1] = '@';
    const char *line = strchr(at(text, 1, column), '\n') + 1;
    const char *caret_line = strchr(line, '\n') + 1;
    size_t shown = (size_t)(caret_line - line) - 1;
    size_t caret = (size_t)(strchr(caret_line, '^') - caret_line);
    CU_ASSERT_EQUAL(shown, 2 + 100 + (cut_left ? 3 : 0) + (cut_right ? 3 : 0));
    CU_ASSERT_EQUAL(line[caret], '@');
    CU_ASSERT_EQUAL(strncmp(line, "  ...", 5) == 0, cut_left);
    CU_ASSERT_EQUAL(strncmp(caret_line - 4, "...\n", 4) == 0, cut_right);
}

static void long_lines_are_cut(void) {
    check_long_line(1, false, true);
    check_long_line(61, false, true);
    check_long_line(62, true, true);
    check_long_line(150, true, true);
    check_long_line(260, true, true);
    check_long_line(261, true, false);
    check_long_line(300, true, false);
}

static void long_line_of_characters(void) {
    char text[601];
    for (size_t i = 0; i < 600; i += 3)
        memcpy(text + i, "\xE2\x82\xAC", 3);
    text[600] = '\0';
    for (size_t column = 1; column <= 600; column++) {
        const char *line = strchr(at(text, 1, column), '\n') + 1;
        const char *caret_line = strchr(line, '\n');
        for (const char *byte = line; byte < caret_line; byte++)
            CU_ASSERT(*byte != '?');
        CU_ASSERT((size_t)(caret_line - line) <= 2 + 100 + 6);
    }
}

static void long_message_is_cut(void) {
    static char longer[5000];
    memset(longer, 'm', sizeof(longer) - 1);
    SourceText source = {.name = "n", .text = "line", .length = 4};
    (void)source_fail(&source, (SourceMark){1, 2}, "%s", longer);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "mmm...\n  line\n   ^"));
}

void suite_source(void) {
    static const TestCase tests[] = {
        {"the line is shown, with a caret beneath", line_and_caret},
        {"a last line without newline is shown", last_line_without_newline},
        {"nothing behind the length is read", text_without_zero},
        {"an unknown line gives name and message", unknown_line},
        {"a line behind the end gives its number alone", line_behind_the_end},
        {"a column behind the end is the line's end", column_behind_the_end},
        {"an unknown column gives the line number", no_column},
        {"a tab is one space and the caret fits", tabs_keep_the_caret},
        {"control characters and broken UTF-8 are '?'", controls_are_hidden},
        {"the caret counts characters, not bytes", caret_counts_characters},
        {"a long line is shown around the column", long_lines_are_cut},
        {"a long line is cut between characters", long_line_of_characters},
        {"a long message leaves room for the line", long_message_is_cut},
    };
    SUITE("source", tests);
}

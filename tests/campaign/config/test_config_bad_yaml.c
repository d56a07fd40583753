/* Texts that are no YAML, or more of it than a configuration needs. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "campaign/config/bad_table.h"
#include "campaign/config/tests.h"
#include "suite.h"

#define CHECK(table) check_bad(table, sizeof(table) / sizeof((table)[0]))

static void syntax(void) {
    static const BadCase cases[] = {
        {"", 0, 1, 1, "the file is empty; a configuration has at least data, network and stages"},
        {"# nothing\n", 0, 1, 1, "the file is empty"},
        {"---\n", 0, 1, 1, "a configuration is empty here, but must be a mapping"},
        {"just words\n", 0, 1, 1, "a configuration is a single value here"},
        {"seed: 1\nname: [a, b\n", 0, 2, 7, "opens here is never closed"},
        {"seed: 1\nname: {a: b\n", 0, 2, 7, "opens here is never closed"},
        {"seed: 1\nname: [a, b\nmetric: {name: val_loss}\n", 0, 2, 7, "opens here is never closed"},
        {"seed: 1\n\tname: a\n", 0, 2, 1, "a tab in the indentation; YAML wants spaces there"},
        {"seed: 1\nmetric:\n  name: val_loss\n\tgoal: minimize\n", 0, 4, 1, "a tab in the indentation"},
        {"seed: 1\n  name: a\n", 0, 1, 7, "indented by mistake"},
        {"name: a: b\n", 0, 1, 8, "a text with ': ' in it belongs in quotes"},
        {"name: @a\n", 0, 1, 7, "put the text in quotes"},
        {"name: 'a\n", 0, 1, 7, "without closing quote"},
        {"name: \"a\\q\"\n", 0, 1, 9, "invalid escape"},
        {"\xc3\xa4: [\xc3\xa4, 'a\n", 0, 1, 10, "without closing quote"},
        {"metric: {name val_loss goal: x}\n", 0, 1, 10, "unknown key 'name val_loss goal' in metric"},
    };
    CHECK(cases);
}

static void bytes(void) {
    static const BadCase cases[] = {
        {"seed: 1\nname: a\0b\n", 18, 2, 8, "a zero byte; a configuration is a text"},
        {"\0", 1, 1, 1, "a zero byte"},
        {"seed: 1\nname: \xff\n", 0, 2, 7, "the byte 0xff is no UTF-8; save the file with UTF-8 encoding"},
        {"name: \xc3\n", 0, 1, 7, "the byte 0xc3 is no UTF-8"},
        {"name: \xed\xa0\x80\n", 0, 1, 7, "the byte 0xed is no UTF-8"},
        {"name: \xc0\xaf\n", 0, 1, 7, "the byte 0xc0 is no UTF-8"},
        {"name: \x1b[31m\n", 0, 1, 7, "the control character 0x1b has no place"},
        {"name: \"\\e[31m\"\n", 0, 1, 7, "the control character 0x1b has no place"},
        {"name: \"a\\0b\"\n", 0, 1, 7, "the control character 0x00 has no place"},
    };
    CHECK(cases);
}

/* libfyaml reports some errors by printing them. */
static void nothing_is_printed(void) {
    int saved = dup(STDERR_FILENO);
    int file = open("stderr.txt", O_RDWR | O_CREAT | O_TRUNC, 0600);
    CU_ASSERT_FATAL(saved >= 0 && file >= 0);
    (void)dup2(file, STDERR_FILENO);
    Config *config = NULL;
    CU_ASSERT_EQUAL(config_parse(&config, "bad.yaml", "%YAML 3.0\n---\na: 1\n", 19), STATUS_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "not valid YAML"));
    CU_ASSERT_EQUAL(config_parse(&config, "bad.yaml", "a: [\n", 5), STATUS_INPUT);
    (void)dup2(saved, STDERR_FILENO);
    CU_ASSERT_EQUAL(lseek(file, 0, SEEK_END), 0);
    (void)close(saved);
    (void)close(file);
    (void)unlink("stderr.txt");
}

static void structure(void) {
    static const BadCase cases[] = {
        {BASE "seed: 1\nname: a\nseed: 2\n", 0, 6, 1,
         "the key 'seed' is here twice, first in line 4; keep one of them"},
        {BASE "metric: {name: val_loss, name: val_loss}\n", 0, 4, 26,
         "the key 'name' is here twice, first in line 4"},
        {BASE "---\nseed: 1\n", 0, 4, 1, "a second YAML document begins here; one file holds one campaign"},
        {BASE "seed: !!int 1\n", 0, 4, 13, "tags (!name) are not known here"},
        {BASE "metric: {<<: {name: val_loss}}\n", 0, 4, 10, "merge keys (<<) are not known here"},
        {BASE "[a]: 1\n", 0, 4, 1, "a key must be a plain word"},
        {BASE "seed: *none\n", 0, 4, 7, "this alias names no anchor (&name) above it"},
        {BASE "description: &a [b, *a]\n", 0, 4, 21, "this alias names no anchor (&name) above it"},
    };
    CHECK(cases);
}

/* Each of `levels` lists names the one before nine times. */
static void add_bomb(Text *text, int levels) {
    text_add(text, "description:\n  - &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i <= levels; i++) {
        text_add(text, "  - &a%d [", i);
        for (int k = 0; k < 9; k++) {
            text_add(text, "%s*a%d", k == 0 ? "" : ", ", i - 1);
        }
        text_add(text, "]\n");
    }
}

static void alias_bomb(void) {
    Text text = {0};
    text_add(&text, BASE);
    add_bomb(&text, 9);
    BadCase bad = {text_of(&text), 0, 10, 15,
                   "aliases (*name) expand to more than 100000 values; write out what is meant"};
    check_bad(&bad, 1);
    text_release(&text);

    Text small = {0};
    text_add(&small, BASE);
    add_bomb(&small, 3);
    Config *config = config_good(text_of(&small));
    config_destroy(&config);
    text_release(&small);
}

static void add_times(Text *text, const char *piece, size_t count) {
    for (size_t i = 0; i < count; i++) {
        text_add(text, "%s", piece);
    }
}

static void too_deep(void) {
    for (size_t depth = 31; depth <= 100000; depth = depth == 31 ? 32 : depth * 50) {
        Text text = {0};
        text_add(&text, BASE "description: ");
        add_times(&text, "[", depth);
        add_times(&text, "]", depth);
        BadCase bad = {text_of(&text), 0, 4, 14 + 31, "nested deeper than 32 levels"};
        if (depth > 31) {
            check_bad(&bad, 1);
        } else {
            Config *config = config_good(text_of(&text));
            config_destroy(&config);
        }
        text_release(&text);
    }
}

static void deep_by_alias(void) {
    Text text = {0};
    text_add(&text, BASE "program: &a ");
    add_times(&text, "[", 20);
    add_times(&text, "]", 20);
    text_add(&text, "\ndescription: ");
    add_times(&text, "[", 20);
    text_add(&text, "*a");
    add_times(&text, "]", 20);
    BadCase bad = {text_of(&text), 0, 5, 34, "nested deeper than 32 levels"};
    check_bad(&bad, 1);
    text_release(&text);
}

static void too_many(void) {
    Text values = {0};
    text_add(&values, BASE "description:\n");
    add_times(&values, "- x\n", 100001);
    BadCase many_values = {text_of(&values), 0, 99978, 3, "more than 100000 values"};
    check_bad(&many_values, 1);
    text_release(&values);

    Text keys = {0};
    text_add(&keys, BASE "description:\n");
    for (int i = 0; i < 513; i++) {
        text_add(&keys, "  k%d: 1\n", i);
    }
    BadCase many_keys = {text_of(&keys), 0, 517, 3, "more than 512 keys in one mapping"};
    check_bad(&many_keys, 1);
    text_release(&keys);

    Text anchors = {0};
    text_add(&anchors, BASE "description:\n");
    for (int i = 0; i < 513; i++) {
        text_add(&anchors, "  - &k%d 1\n", i);
    }
    BadCase many_anchors = {text_of(&anchors), 0, 517, 11, "more than 512 anchors"};
    check_bad(&many_anchors, 1);
    text_release(&anchors);
}

/* Nothing here may take quadratic time. */
static void one_long_line(void) {
    Text text = {0};
    text_add(&text, BASE "description: [");
    add_times(&text, "\xc3\xa4, ", 90000);
    text_add(&text, "'");
    BadCase bad = {text_of(&text), 0, 4, 360015, "without closing quote"};
    check_bad(&bad, 1);
    text_release(&text);
}

static void too_large(void) {
    Text text = {0};
    add_times(&text, "# 345678\n", CONFIG_MAX_BYTES / 9 + 1);
    Config *config = NULL;
    CU_ASSERT_EQUAL(config_parse(&config, "large.yaml", text_of(&text), text.length), STATUS_INPUT);
    CU_ASSERT_PTR_NULL(config);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "large.yaml: the file has"));
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "at most 1048576"));
    text_release(&text);
}

/* Parameters, values, layers and stages, one more than there may be. */
static void limits(void) {
    Text text = {0};
    text_add(&text, BASE "parameters:\n");
    for (int i = 0; i <= SPACE_MAX_PARAMETERS; i++) {
        text_add(&text, "  p%d: {value: 1}\n", i);
    }
    BadCase parameters = {text_of(&text), 0, 69, 3, "65 parameters; 64 is the most"};
    check_bad(&parameters, 1);
    text_release(&text);

    text_add(&text, BASE "parameters:\n  momentum: {values: [0");
    add_times(&text, ", 0", PARAMETER_MAX_VALUES);
    text_add(&text, "]}\n");
    BadCase values = {text_of(&text), 0, 5, 22, "65 values; 64 is the most"};
    check_bad(&values, 1);
    text_release(&text);

    text_add(&text, DATA STAGES "network:\n");
    add_times(&text, "  - relu\n", NETWORK_MAX_LAYERS + 1);
    BadCase layers = {text_of(&text), 0, 260, 5, "257 layers; 256 is the most"};
    check_bad(&layers, 1);
    text_release(&text);

    text_add(&text, DATA NETWORK "stages:\n");
    for (int i = 0; i <= CONFIG_MAX_STAGES; i++) {
        text_add(&text, "  - {name: s%d, trials: 1, epochs: 1}\n", i);
    }
    BadCase stages = {text_of(&text), 0, 68, 5, "65 stages; 64 is the most"};
    check_bad(&stages, 1);
    text_release(&text);
}

void add_bad_yaml_suite(void) {
    static const TestCase tests[] = {
        {"texts that are no YAML are told with place and reason", syntax},
        {"libfyaml prints nothing", nothing_is_printed},
        {"bytes that have no place in a text are refused", bytes},
        {"duplicate keys, tags, several documents and loose aliases are refused", structure},
        {"an alias bomb is refused, a harmless use is not", alias_bomb},
        {"nesting ends at 32 levels", too_deep},
        {"nesting through an alias counts", deep_by_alias},
        {"values, keys and anchors have limits", too_many},
        {"one long line is no trouble", one_long_line},
        {"a file over a megabyte is refused", too_large},
        {"parameters, values, layers and stages have limits", limits},
    };
    SUITE("bad YAML", tests);
}

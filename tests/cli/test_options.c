#include <string.h>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/suites.h"
#include "suite.h"

#define WORDS_MAX 8

enum { OPTION_OUTPUT, OPTION_FRESH, OPTION_COUNT };
static const OptionSpec options[] = {
    [OPTION_OUTPUT] = {"output", 'o', "FILE", "a file"},
    [OPTION_FRESH] = {"fresh", 0, NULL, "a switch"},
    [OPTION_COUNT] = {"count", 'n', "N", "a number"},
};

/* Parse a command line given as words; argv[0] is the command. */
static Status parse(const char *operand, const char *const *words, Arguments *arguments) {
    char *argv[WORDS_MAX + 1] = {0};
    char text[WORDS_MAX][32];
    int argc = 0;
    for (; words[argc] != NULL && argc < WORDS_MAX; argc++) {
        memcpy(text[argc], words[argc], strlen(words[argc]) + 1);
        argv[argc] = text[argc];
    }
    status_clear();
    Status status = options_parse(argv[0], operand, options, 3, argc, argv, arguments);
    /* The texts belong to this function: the tests compare them through these copies. */
    static char kept[OPTIONS_MAX + 1][32];
    for (size_t i = 0; i < OPTIONS_MAX; i++) {
        if (arguments->option[i] == NULL) continue;
        memcpy(kept[i], arguments->option[i], strlen(arguments->option[i]) + 1);
        arguments->option[i] = kept[i];
    }
    if (arguments->operand != NULL) {
        memcpy(kept[OPTIONS_MAX], arguments->operand, strlen(arguments->operand) + 1);
        arguments->operand = kept[OPTIONS_MAX];
    }
    return status;
}

static void operand_and_options_come_in_any_order(void) {
    const char *const lines[][WORDS_MAX] = {
        {"run", "a.yaml", "-o", "x.h5", "--fresh"},
        {"run", "--fresh", "-ox.h5", "a.yaml"},
        {"run", "--output=x.h5", "a.yaml", "--fresh"},
        {"run", "--fresh", "--output", "x.h5", "--", "a.yaml"},
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        Arguments arguments;
        CU_ASSERT_EQUAL_FATAL(parse("SPACE.yaml", lines[i], &arguments), STATUS_OK);
        CU_ASSERT_STRING_EQUAL(arguments.operand, "a.yaml");
        CU_ASSERT_STRING_EQUAL(arguments.option[OPTION_OUTPUT], "x.h5");
        CU_ASSERT_PTR_NOT_NULL(arguments.option[OPTION_FRESH]);
        CU_ASSERT_PTR_NULL(arguments.option[OPTION_COUNT]);
        CU_ASSERT_FALSE(arguments.help);
    }
}

static void mistakes_are_wrong_usage_and_say_what_would_be_right(void) {
    const struct {
        const char *words[WORDS_MAX];
        const char *message;
    } cases[] = {
        {{"run", "a.yaml", "--frehs"}, "run: unknown option --frehs; did you mean --fresh?"},
        {{"run", "a.yaml", "--hepl"}, "run: unknown option --hepl; did you mean --help?"},
        {{"run", "a.yaml", "--time-limit", "60"},
         "run: unknown option --time-limit; winnow run --help lists all"},
        {{"run", "a.yaml", "--time-limit=60"},
         "run: unknown option --time-limit; winnow run --help lists all"},
        {{"run", "a.yaml", "-z"}, "run: unknown option -z; winnow run --help lists all"},
        {{"run", "a.yaml", "-o"}, "run: option -o needs a value after it; see winnow run --help"},
        {{"run", "a.yaml", "--output"}, "run: option --output needs a value after it; see winnow run --help"},
        {{"run", "a.yaml", "--fresh=yes"}, "run: option --fresh takes no value"},
        {{"run"}, "run: SPACE.yaml is missing; for example: winnow run SPACE.yaml"},
        {{"run", "a.yaml", "b.yaml"}, "run: takes one SPACE.yaml, so \"b.yaml\" is one too many"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Arguments arguments;
        CU_ASSERT_EQUAL(parse("SPACE.yaml", cases[i].words, &arguments), STATUS_INPUT);
        CU_ASSERT_STRING_EQUAL(status_text(), cases[i].message);
    }
}

static void a_command_without_operand_refuses_one(void) {
    Arguments arguments;
    CU_ASSERT_EQUAL(parse(NULL, (const char *const[]){"version", "x", NULL}, &arguments), STATUS_INPUT);
    CU_ASSERT_STRING_EQUAL(status_text(), "version: takes no operand, so \"x\" is one too many");
    CU_ASSERT_EQUAL(parse(NULL, (const char *const[]){"version", NULL}, &arguments), STATUS_OK);
}

static void an_operand_in_brackets_may_be_left_out(void) {
    Arguments arguments;
    CU_ASSERT_EQUAL(parse("[SPACE.yaml]", (const char *const[]){"bench", "--fresh", NULL}, &arguments),
                    STATUS_OK);
    CU_ASSERT_PTR_NULL(arguments.operand);
    CU_ASSERT_EQUAL_FATAL(parse("[SPACE.yaml]", (const char *const[]){"bench", "a.yaml", NULL}, &arguments),
                          STATUS_OK);
    CU_ASSERT_STRING_EQUAL(arguments.operand, "a.yaml");
    CU_ASSERT_EQUAL(parse("[SPACE.yaml]", (const char *const[]){"bench", "a", "b", NULL}, &arguments),
                    STATUS_INPUT);
}

static void words_after_two_dashes_are_for_others(void) {
    char words[][8] = {"submit", "a.yaml", "--", "--mem", "--"};
    char *argv[] = {words[0], words[1], words[2], words[3], words[4]};
    CU_ASSERT_EQUAL(options_end(5, argv), 2);
    CU_ASSERT_EQUAL(options_end(2, argv), 2);
    CU_ASSERT_EQUAL(options_end(0, argv), 0);
}

static void help_needs_no_operand(void) {
    const char *const lines[][WORDS_MAX] = {
        {"run", "--help"}, {"run", "-h"}, {"run", "a", "b", "c", "--help"}};
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        Arguments arguments;
        CU_ASSERT_EQUAL(parse("SPACE.yaml", lines[i], &arguments), STATUS_OK);
        CU_ASSERT_TRUE(arguments.help);
    }
}

static void numbers_are_whole_and_within_bounds(void) {
    uint64_t value = 0;
    CU_ASSERT_EQUAL(option_number("12", "-n", 1, 12, &value), STATUS_OK);
    CU_ASSERT_EQUAL(value, 12);
    const char *const wrong[] = {
        "", "0", "13", "-1", "+3", " 3", "3x", "1e1", "0x3", "18446744073709551616", "drei"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CU_ASSERT_EQUAL(option_number(wrong[i], "-n", 1, 12, &value), STATUS_INPUT);
        CU_ASSERT_EQUAL(value, 12);
    }
    CU_ASSERT_STRING_EQUAL(status_text(), "-n \"drei\" must be a whole number from 1 to 12");
}

static void seconds_may_be_fractions(void) {
    double value = 0;
    CU_ASSERT_EQUAL(option_seconds("0.25", "--seconds", 0.1, 10, &value), STATUS_OK);
    CU_ASSERT_EQUAL(value, 0.25);
    const char *const wrong[] = {"", "0.09", "10.1", "nan", "inf", "-1", "1s", "1e999"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CU_ASSERT_EQUAL(option_seconds(wrong[i], "--seconds", 0.1, 10, &value), STATUS_INPUT);
        CU_ASSERT_EQUAL(value, 0.25);
    }
    CU_ASSERT_STRING_EQUAL(status_text(), "--seconds \"1e999\" must be a number from 0.1 to 10");
}

static void lists_are_whole_numbers_between_commas(void) {
    uint32_t list[3];
    size_t count = 0;
    CU_ASSERT_EQUAL(option_list("64", "--batch", 128, 3, list, &count), STATUS_OK);
    CU_ASSERT(count == 1 && list[0] == 64);
    CU_ASSERT_EQUAL(option_list("32,128,1", "--batch", 128, 3, list, &count), STATUS_OK);
    CU_ASSERT(count == 3 && list[0] == 32 && list[1] == 128 && list[2] == 1);
    const char *const wrong[] = {"",    ",",   "1,",      ",1", "1,,2",      "0",   "129",
                                 "1 2", "1;2", "1,2,3,4", "-1", "1,2,three", "1.5", "18446744073709551617"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        CU_ASSERT_EQUAL(option_list(wrong[i], "--batch", 128, 3, list, &count), STATUS_INPUT);
    CU_ASSERT_EQUAL(option_list("1,2,3,4", "--batch", 128, 3, list, &count), STATUS_INPUT);
    CU_ASSERT_STRING_EQUAL(
        status_text(),
        "--batch \"1,2,3,4\" must be up to 3 whole numbers from 1 to 128 with commas between them");
}

/* The command that these words name, and how many of them; at most two. */
static const Command *find(const char *first, const char *second, int *used) {
    char text[2][32];
    char *words[2] = {text[0], text[1]};
    strcpy(text[0], first);
    strcpy(text[1], second);
    return command_find(second[0] == '\0' ? 1 : 2, words, used);
}

static Status unknown(const char *first, const char *second) {
    char text[2][32];
    char *words[2] = {text[0], text[1]};
    strcpy(text[0], first);
    strcpy(text[1], second);
    return command_unknown(second[0] == '\0' ? 1 : 2, words);
}

static void commands_have_one_word_or_two(void) {
    int used = 0;
    CU_ASSERT_PTR_EQUAL(find("status", "a.h5", &used), &command_status);
    CU_ASSERT_EQUAL(used, 1);
    CU_ASSERT_PTR_EQUAL(find("bench", "engine", &used), &command_bench_engine);
    CU_ASSERT_EQUAL(used, 2);
    CU_ASSERT_PTR_EQUAL(find("bench", "dispatch", &used), &command_bench_dispatch);
    CU_ASSERT_PTR_NULL(find("bench", "", &used));
    CU_ASSERT_PTR_NULL(find("bench", "eng", &used));
    CU_ASSERT_PTR_NULL(find("engine", "", &used));
    CU_ASSERT_PTR_NULL(find("stat", "us", &used));
    CU_ASSERT_TRUE(command_is_group("bench"));
    CU_ASSERT_FALSE(command_is_group("status") || command_is_group("benc") || command_is_group(""));
}

static void unknown_commands_name_the_nearest(void) {
    const struct {
        const char *first, *second, *message;
    } cases[] = {
        {"statsu", "", "unknown command \"statsu\"; did you mean status?"},
        {"statsu", "a.h5", "unknown command \"statsu\"; did you mean status?"},
        {"xyzzy", "", "unknown command \"xyzzy\"; winnow --help lists all"},
        {"bench", "engin", "unknown command \"bench engin\"; did you mean bench engine?"},
        {"bench", "",
         "bench: one of its commands must follow: dispatch or engine or search; winnow bench --help"},
        {"bench", "x",
         "bench: one of its commands must follow: dispatch or engine or search; winnow bench --help"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CU_ASSERT_EQUAL(unknown(cases[i].first, cases[i].second), STATUS_INPUT);
        CU_ASSERT_STRING_EQUAL(status_text(), cases[i].message);
    }
}

/* What getopt and the help rely on. */
static void the_tables_of_all_commands_are_sound(void) {
    for (size_t c = 0; commands[c] != NULL; c++) {
        CU_ASSERT(commands[c]->option_count <= OPTIONS_MAX);
        for (size_t i = 0; i < commands[c]->option_count; i++) {
            const OptionSpec *option = &commands[c]->options[i];
            CU_ASSERT_PTR_NOT_NULL_FATAL(option->name);
            CU_ASSERT_PTR_NOT_NULL_FATAL(option->help);
            CU_ASSERT_STRING_NOT_EQUAL(option->name, "help");
            CU_ASSERT(option->letter != 'h' && option->letter != ':');
            for (size_t j = 0; j < i; j++) {
                CU_ASSERT_STRING_NOT_EQUAL(option->name, commands[c]->options[j].name);
                CU_ASSERT(option->letter == 0 || option->letter != commands[c]->options[j].letter);
            }
        }
    }
}

void suite_options(void) {
    static const TestCase tests[] = {
        {"operand and options come in any order", operand_and_options_come_in_any_order},
        {"mistakes are wrong usage and say what would be right",
         mistakes_are_wrong_usage_and_say_what_would_be_right},
        {"a command without operand refuses one", a_command_without_operand_refuses_one},
        {"an operand in brackets may be left out", an_operand_in_brackets_may_be_left_out},
        {"words after two dashes are for others", words_after_two_dashes_are_for_others},
        {"help needs no operand", help_needs_no_operand},
        {"numbers are whole and within bounds", numbers_are_whole_and_within_bounds},
        {"seconds may be fractions", seconds_may_be_fractions},
        {"lists are whole numbers between commas", lists_are_whole_numbers_between_commas},
        {"commands have one word or two", commands_have_one_word_or_two},
        {"unknown commands name the nearest", unknown_commands_name_the_nearest},
        {"the tables of all commands are sound", the_tables_of_all_commands_are_sound},
    };
    SUITE("options", tests);
}

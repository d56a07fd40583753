/* The words of a command line, one a line. */
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "fuzz.h"

#define MOST_WORDS 32

static const OptionSpec OPTIONS[] = {{"output", 'o', "FILE.h5", "results file"},
                                     {"time-limit", 0, "SECONDS", "stop in time"},
                                     {"shard", 0, "I/N", "one part"},
                                     {"fresh", 0, NULL, "begin anew"},
                                     {"watch", 'w', NULL, "go on"},
                                     {"number", 'n', "N", "how many"}};
#define OPTION_COUNT (sizeof(OPTIONS) / sizeof(OPTIONS[0]))

static void check(const Arguments *arguments, bool operand) {
    if (arguments->help) return;
    REQUIRE((arguments->operand != NULL) == operand);
    REQUIRE(!operand || arguments->operand[0] != '\0');
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        uint64_t number = 0;
        const char *given = arguments->option[i];
        if (given == NULL) continue;
        REQUIRE(OPTIONS[i].argument != NULL || given[0] == '\0');
        if (fuzz_accepted(option_number(given, OPTIONS[i].name, 1, 1000, &number)))
            REQUIRE(number >= 1 && number <= 1000);
    }
}

int fuzz_options(const uint8_t *data, size_t size) {
    char *text = calloc(size + 1, 1), *at = text;
    char name[] = "run";
    char *words[MOST_WORDS + 2] = {name};
    int count = 1;
    Arguments arguments;
    REQUIRE(text != NULL);
    if (size > 0) memcpy(text, data, size);
    while (size > 1 && at != NULL && count <= MOST_WORDS)
        words[count++] = strsep(&at, "\n");
    bool operand = size % 2 == 0;
    if (fuzz_accepted(options_parse(name, operand ? "SPACE.yaml" : NULL, OPTIONS, OPTION_COUNT, count, words,
                                    &arguments)))
        check(&arguments, operand);
    free(text);
    return 0;
}

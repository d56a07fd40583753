#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "rank/relays.h"

#define FIRST_LONG 256 /* getopt's value of the option at place i is FIRST_LONG + i */
#define HELP_VALUE (FIRST_LONG + OPTIONS_MAX)

/* The option as the user wrote it: "--tabel=3" gives "--tabel". */
static void option_written(const char *word, char *out, size_t size) {
    text_copy(out, size, word);
    out[strcspn(out, "=")] = '\0';
}

static Status fail_unknown(const char *command, const OptionSpec *options, size_t count,
                           const char *written) {
    const char *names[OPTIONS_MAX + 1];
    for (size_t i = 0; i < count; i++)
        names[i] = options[i].name;
    names[count] = "help";
    const char *nearest = written[1] == '-' ? text_nearest(written + 2, names, count + 1) : NULL;
    if (nearest != NULL)
        return status_fail(STATUS_INPUT, "%s: unknown option %s; did you mean --%s?", command, written,
                           nearest);
    return status_fail(STATUS_INPUT, "%s: unknown option %s; winnow %s --help lists all", command, written,
                       command);
}

/* getopt has found something wrong with the word before argv[optind], or with the letter `optopt` in it. */
static Status fail_option(const char *command, const OptionSpec *options, size_t count, char **argv,
                          bool argument_missing) {
    const char *word = argv[optind - 1];
    char written[64];
    if (optopt > 0 && optopt < FIRST_LONG)
        snprintf(written, sizeof(written), "-%c", isprint(optopt) ? optopt : '?');
    else
        option_written(word, written, sizeof(written));
    if (argument_missing)
        return status_fail(STATUS_INPUT, "%s: option %s needs a value after it; see winnow %s --help",
                           command, written, command);
    if (optopt >= FIRST_LONG)
        return status_fail(STATUS_INPUT, "%s: option %s takes no value", command, written);
    return fail_unknown(command, options, count, written);
}

/* How many operands a command takes. */
typedef struct OperandRule {
    int least, most;
} OperandRule;

static OperandRule operand_rule(const char *operand) {
    if (operand == NULL) return (OperandRule){0, 0};
    size_t length = strlen(operand);
    if (length > 3 && strcmp(operand + length - 3, " ..") == 0) return (OperandRule){2, INT_MAX};
    return (OperandRule){operand[0] != '[', 1};
}

static Status take_operands(const char *command, const char *operand, int argc, char **argv,
                            Arguments *arguments) {
    OperandRule rule = operand_rule(operand);
    int count = argc - optind;
    if (rule.most == 0 && count > 0)
        return status_fail(STATUS_INPUT, "%s: takes no operand, so \"%s\" is one too many", command,
                           argv[optind]);
    if (count < rule.least)
        return status_fail(STATUS_INPUT, "%s: %s is missing; for example: winnow %s %s", command, operand,
                           command, operand);
    if (count > rule.most)
        return status_fail(STATUS_INPUT, "%s: takes one %s, so \"%s\" is one too many", command, operand,
                           argv[optind + 1]);
    for (int i = optind; i < argc; i++) {
        if (argv[i][0] == '\0')
            return status_fail(STATUS_INPUT, "%s: the name of %s is empty; for example: winnow %s %s",
                               command, operand, command, operand);
    }
    if (count == 0) return STATUS_OK;
    arguments->operand = argv[optind];
    arguments->more = (const char *const *)argv + optind + 1;
    arguments->more_count = (size_t)count - 1;
    return STATUS_OK;
}

Status options_parse(const char *command, const char *operand, const OptionSpec *options, size_t count,
                     int argc, char **argv, Arguments *arguments) {
    *arguments = (Arguments){0};
    struct option table[OPTIONS_MAX + 2] = {0};
    char letters[2 * OPTIONS_MAX + 3] = ":h";
    size_t used = 2;
    for (size_t i = 0; i < count; i++) {
        int argument = options[i].argument != NULL ? required_argument : no_argument;
        table[i] = (struct option){options[i].name, argument, NULL, FIRST_LONG + (int)i};
        if (options[i].letter == 0) continue;
        letters[used++] = options[i].letter;
        if (argument == required_argument) letters[used++] = ':';
    }
    letters[used] = '\0';
    table[count] = (struct option){"help", no_argument, NULL, HELP_VALUE};
    opterr = 0;
    optind = 0; /* glibc: start anew */
    for (;;) {
        int found = getopt_long(argc, argv, letters, table, NULL);
        if (found == -1) break;
        if (found == '?' || found == ':') return fail_option(command, options, count, argv, found == ':');
        if (found == 'h' || found == HELP_VALUE) {
            arguments->help = true;
            return STATUS_OK;
        }
        for (size_t i = 0; i < count; i++) {
            if (found == FIRST_LONG + (int)i || found == options[i].letter)
                arguments->option[i] = optarg != NULL ? optarg : "";
        }
    }
    return take_operands(command, operand, argc, argv, arguments);
}

int options_end(int count, char *const *words) {
    int end = 0;
    while (end < count && strcmp(words[end], "--") != 0)
        end++;
    return end;
}

Status option_number(const char *text, const char *name, uint64_t least, uint64_t most, uint64_t *value) {
    char *end = NULL;
    errno = 0;
    unsigned long long number = isdigit((unsigned char)text[0]) ? strtoull(text, &end, 10) : 0;
    if (end == NULL || *end != '\0' || errno != 0 || number < least || number > most)
        return status_fail(STATUS_INPUT, "%s \"%s\" must be a whole number from %llu to %llu", name, text,
                           (unsigned long long)least, (unsigned long long)most);
    *value = number;
    return STATUS_OK;
}

Status option_ranks_per_relay(const char *text, int *ranks) {
    uint64_t number = 0;
    *ranks = RANKS_PER_RELAY_AUTO;
    if (text == NULL) return STATUS_OK;
    TRY(option_number(text, "--ranks-per-relay", 0, RANKS_PER_RELAY_MAX, &number));
    *ranks = (int)number;
    return STATUS_OK;
}

Status option_seconds(const char *text, const char *name, double least, double most, double *seconds) {
    char *end = NULL;
    errno = 0;
    double number = strtod(text, &end);
    if (end == text || *end != '\0' || errno != 0 || !(number >= least && number <= most))
        return status_fail(STATUS_INPUT, "%s \"%s\" must be a number from %g to %g", name, text, least, most);
    *seconds = number;
    return STATUS_OK;
}

/* The number at *at and the comma behind it; 0 where there is none, or nothing follows the comma. */
static uint32_t list_item(const char **at, uint32_t most) {
    char *end;
    errno = 0;
    unsigned long long number = isdigit((unsigned char)**at) ? strtoull(*at, &end, 10) : 0;
    if (number == 0 || number > most || errno != 0) return 0;
    if (*end != '\0' && (*end != ',' || end[1] == '\0')) return 0;
    *at = *end == ',' ? end + 1 : end;
    return (uint32_t)number;
}

Status option_list(const char *text, const char *name, uint32_t most, size_t room, uint32_t *list,
                   size_t *count) {
    const char *at = text;
    uint32_t item = 1;
    for (*count = 0; *at != '\0' && item > 0 && *count<room; *count += item> 0)
        list[*count] = item = list_item(&at, most);
    if (*count > 0 && *at == '\0') return STATUS_OK;
    return status_fail(STATUS_INPUT,
                       "%s \"%s\" must be up to %zu whole numbers from 1 to %u with commas between them",
                       name, text, room, most);
}

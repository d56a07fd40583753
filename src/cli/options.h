/* Command-line options as a table says them. */
#ifndef WINNOW_CLI_OPTIONS_H
#define WINNOW_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

#define OPTIONS_MAX 10 /* of one command, --help aside */

typedef struct OptionSpec {
    const char *name;     /* without the dashes */
    char letter;          /* 0 for none */
    const char *argument; /* "N", "FILE.h5"; NULL for a switch */
    const char *help;     /* what it does, with unit and default; no full stop */
} OptionSpec;

/* What was given. Texts are borrowed from the command line. */
typedef struct Arguments {
    const char *operand;     /* NULL where none was given, which only an optional one allows, or `help` */
    const char *const *more; /* [more_count] what follows it, where `operand` ends in " .." */
    size_t more_count;
    const char
        *option[OPTIONS_MAX]; /* by place in the table: the argument, "" for a switch, NULL if not given */
    bool help;
    char *const *rest; /* [rest_count] the words after a "--", of a command that takes them */
    size_t rest_count;
} Arguments;

/* Parse argv[1] .. (argv[0] is not looked at; the order of argv changes). `command` is its name, for errors;
 * `operand` is what the one operand is called, in brackets where it may be left out, NULL where none is
 * taken; one that ends in " .." is followed by one or more of its last word. STATUS_INPUT with the nearest
 * known option, and where the help stands. */
Status options_parse(const char *command, const char *operand, const OptionSpec *options, size_t count,
                     int argc, char **argv, Arguments *arguments) MUST_CHECK;

/* How many of the words stand before the first "--"; `count` where there is none. */
int options_end(int count, char *const *words);

/* A whole number from `least` to `most`; `name` as the user knows it: "-n", "--ranks". */
Status option_number(const char *text, const char *name, uint64_t least, uint64_t most,
                     uint64_t *value) MUST_CHECK;

/* What --ranks-per-relay says, for relays.h; NULL: not given. */
Status option_ranks_per_relay(const char *text, int *ranks) MUST_CHECK;

/* Seconds from `least` to `most`, fractions too. */
Status option_seconds(const char *text, const char *name, double least, double most,
                      double *seconds) MUST_CHECK;

/* "32,64,128": from 1 to `room` whole numbers from 1 to `most`, with commas between them. */
Status option_list(const char *text, const char *name, uint32_t most, size_t room, uint32_t *list,
                   size_t *count) MUST_CHECK;

#endif

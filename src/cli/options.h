/* Command-line options as a table says them. */
#ifndef WINNOW_CLI_OPTIONS_H
#define WINNOW_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

#define OPTIONS_MAX 8 /* of one command, --help aside */

typedef struct OptionSpec {
    const char *name;     /* without the dashes */
    char letter;          /* 0 for none */
    const char *argument; /* "N", "FILE.h5"; NULL for a switch */
    const char *help;     /* what it does, with unit and default; no full stop */
} OptionSpec;

/* What was given. Texts are borrowed from the command line. */
typedef struct Arguments {
    const char *operand; /* never NULL where the command takes one, unless `help` */
    const char
        *option[OPTIONS_MAX]; /* by place in the table: the argument, "" for a switch, NULL if not given */
    bool help;
} Arguments;

/* Parse argv[1] .. (argv[0] is the command's name; the order of argv changes). `operand` is what the one
 * operand is called, NULL where none is taken. STATUS_INPUT with the nearest known option, and where the help
 * stands. */
Status options_parse(const char *operand, const OptionSpec *options, size_t count, int argc, char **argv,
                     Arguments *arguments) MUST_CHECK;

/* A whole number from `least` to `most`; `name` as the user knows it: "-n", "--ranks". */
Status option_number(const char *text, const char *name, uint64_t least, uint64_t most,
                     uint64_t *value) MUST_CHECK;

#endif

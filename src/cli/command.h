/* The commands of the program: one table row each, from which the help, the options and the dispatch are
 * made. */
#ifndef WINNOW_CLI_COMMAND_H
#define WINNOW_CLI_COMMAND_H

#include <stddef.h>

#include "cli/options.h"

typedef struct Command {
    const char *name;
    const char *operand;       /* what its one operand is: "SPACE.yaml"; NULL where it takes none */
    const char *summary;       /* one line, no full stop */
    const char *details;       /* lines for --help, ended by a newline; "" for none */
    const char *example;       /* one command line */
    const char *exit_codes;    /* lines, ended by a newline */
    const OptionSpec *options; /* [option_count] */
    size_t option_count;       /* <= OPTIONS_MAX */
    bool on_all_ranks;         /* of an MPI job: they do it together; else the first rank alone */
    Status (*run)(const Arguments *arguments); /* prints to stdout; errors are main's to print */
} Command;

extern const Command command_run, command_check, command_sample, command_status, command_top, command_bench,
    command_version;

/* All of them, in the order of the help; NULL after the last. */
extern const Command *const commands[];

/* NULL where there is none of that name. */
const Command *command_find(const char *name);

/* STATUS_INPUT that names the unknown command and the nearest known one. */
Status command_unknown(const char *name) MUST_CHECK;

/* To stdout: all commands, or one with its options. */
void help_all(void);
void help_command(const Command *command);

#endif

/* The commands of the program: one table row each, from which the help, the options and the dispatch are
 * made. */
#ifndef WINNOW_CLI_COMMAND_H
#define WINNOW_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/options.h"

typedef struct Command {
    const char *name;       /* one word, or two of which the first is shared: "bench engine" */
    const char *operand;    /* what its one operand is: "SPACE.yaml", "[SPACE.yaml]" where it may be left out;
                               NULL where it takes none */
    const char *rest;       /* what may follow a "--": "options of the scheduler"; NULL for nothing */
    const char *summary;    /* one line, no full stop */
    const char *details;    /* lines for --help, ended by a newline; "" for none */
    const char *example;    /* one command line */
    const char *exit_codes; /* lines, ended by a newline */
    const OptionSpec *options; /* [option_count] */
    size_t option_count;       /* <= OPTIONS_MAX */
    bool on_all_ranks;         /* of an MPI job: they do it together; else the first rank alone */
    Status (*run)(const Arguments *arguments); /* prints to stdout; errors are main's to print */
} Command;

extern const Command command_run, command_submit, command_check, command_sample, command_status, command_top,
    command_merge, command_replay, command_ensemble, command_predict, command_report, command_export,
    command_bench_dispatch, command_bench_engine, command_bench_search, command_version;

/* All of them, in the order of the help; NULL after the last. */
extern const Command *const commands[];

/* The command that the first of `count` words name; *used receives how many of them do. NULL where there is
 * none. */
const Command *command_find(int count, char *const *words, int *used);

/* STATUS_INPUT that names the unknown command, and the nearest known one or what could follow. count >= 1. */
Status command_unknown(int count, char *const *words) MUST_CHECK;

/* Do commands begin with this word that is none by itself? */
bool command_is_group(const char *word);

/* To stdout: all commands, those of a group, or one with its options. */
void help_all(void);
void help_group(const char *word);
void help_command(const Command *command);

#endif

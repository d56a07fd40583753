#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/command.h"
#include "rank/exit_file.h"

/* News of the libraries; a progress bar on the same line gives way. */
static void print_news(void *context, LogLevel level, const char *line) {
    const bool *terminal = context;
    fprintf(stderr, "%swinnow: %s: %s\n", *terminal ? "\r\033[K" : "",
            level == LOG_WARNING ? "warning" : "note", line);
}

/* One of several processes of an MPI job, and not the first? */
static bool is_other_rank(void) {
    const char *const variables[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"};
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        const char *rank = getenv(variables[i]);
        if (rank != NULL) return strcmp(rank, "0") != 0;
    }
    return false;
}

static Status help(int argc, char **argv) {
    if (argc < 2) {
        help_all();
        return STATUS_OK;
    }
    int used;
    const Command *command = command_find(argc - 1, argv + 1, &used);
    if (command != NULL) {
        help_command(command);
    } else if (argc == 2 && command_is_group(argv[1])) {
        help_group(argv[1]);
    } else {
        return command_unknown(argc - 1, argv + 1);
    }
    return STATUS_OK;
}

static bool asks_for_help(const char *word) {
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* argv[0] is the command's first word. On the ranks that are not the first only what all do together is done:
 * the rest is said once. */
static Status dispatch(int argc, char **argv) {
    bool other_rank = is_other_rank();
    if (strcmp(argv[0], "help") == 0 || asks_for_help(argv[0]))
        return other_rank ? STATUS_OK : help(argc, argv);
    int used = 1;
    const Command *command =
        strcmp(argv[0], "--version") == 0 ? &command_version : command_find(argc, argv, &used);
    if (other_rank && (command == NULL || !command->on_all_ranks)) return STATUS_OK;
    if (command == NULL && argc == 2 && asks_for_help(argv[1]) && command_is_group(argv[0])) {
        help_group(argv[0]);
        return STATUS_OK;
    }
    if (command == NULL) return command_unknown(argc, argv);
    Arguments arguments;
    char **words = argv + used - 1;
    int count = argc - used + 1;
    int own = command->rest != NULL ? options_end(count, words) : count;
    Status status = options_parse(command->name, command->operand, command->options, command->option_count,
                                  own, words, &arguments);
    if (own < count) {
        arguments.rest = words + own + 1;
        arguments.rest_count = (size_t)(count - own - 1);
    }
    if (other_rank && (status != STATUS_OK || arguments.help)) return STATUS_OK;
    TRY(status);
    if (!arguments.help) return command->run(&arguments);
    help_command(command);
    return STATUS_OK;
}

static Status flush_output(void) {
    if (fflush(stdout) != 0) return status_fail_errno(STATUS_ENVIRONMENT, "cannot write to standard output");
    if (ferror(stdout) != 0) return status_fail(STATUS_ENVIRONMENT, "cannot write to standard output");
    return STATUS_OK;
}

int main(int argc, char **argv) {
    bool terminal = isatty(STDERR_FILENO) == 1;
    log_set_sink(print_news, &terminal);
    if (argc < 2) {
        if (!is_other_rank()) help_all();
        return STATUS_INPUT;
    }
    Status status = dispatch(argc - 1, argv + 1);
    if (status == STATUS_OK) status = flush_output();
    if (status != STATUS_OK && status_text()[0] != '\0') fprintf(stderr, "winnow: %s\n", status_text());
    if (!is_other_rank()) exit_file_say_code(status);
    return (int)status;
}

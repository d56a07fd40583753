#include <stdio.h>

#include "cli/command.h"
#include "cli/documents/documents.h"

static void print_option(const OptionSpec *option, const char *dashes, const char *name) {
    printf(" %s%s", dashes, name);
    if (option->argument != NULL) printf("=%s", option->argument);
}

static void print_options(const Command *command) {
    printf("    ['%s']='", command->name);
    for (size_t i = 0; i < command->option_count; i++) {
        const OptionSpec *option = &command->options[i];
        const char letter[] = {option->letter, '\0'};
        print_option(option, "--", option->name);
        if (option->letter != 0) print_option(option, "-", letter);
    }
    puts(" --help -h'");
}

void completion_commands(void) {
    puts("declare -gA _winnow_operand=(");
    for (size_t i = 0; commands[i] != NULL; i++)
        printf("    ['%s']='%s'\n", commands[i]->name,
               commands[i]->operand != NULL ? commands[i]->operand : "");
    puts(")\ndeclare -gA _winnow_options=(");
    for (size_t i = 0; commands[i] != NULL; i++)
        print_options(commands[i]);
    puts(")");
}

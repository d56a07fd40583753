#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/command.h"

#define COMMANDS_MAX 32

const Command *command_find(const char *name) {
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (strcmp(commands[i]->name, name) == 0) return commands[i];
    }
    return NULL;
}

Status command_unknown(const char *name) {
    const char *names[COMMANDS_MAX];
    size_t count = 0;
    for (; commands[count] != NULL && count < COMMANDS_MAX; count++)
        names[count] = commands[count]->name;
    const char *nearest = text_nearest(name, names, count);
    if (nearest != NULL)
        return status_fail(STATUS_INPUT, "unknown command \"%s\"; did you mean %s?", name, nearest);
    return status_fail(STATUS_INPUT, "unknown command \"%s\"; winnow --help lists all", name);
}

void help_all(void) {
    puts("winnow tunes neural networks on clusters: coarse to fine, one file, no server\n");
    puts("usage: winnow COMMAND [options] [FILE]");
    puts("       mpirun -n 8 winnow run search_spaces/fashion_mnist_mlp.yaml\n");
    puts("commands:");
    for (size_t i = 0; commands[i] != NULL; i++)
        printf("  %-8s  %s\n", commands[i]->name, commands[i]->summary);
    puts("\nwinnow COMMAND --help tells more of each.\n");
    puts("exit codes: 0 complete; 75 stopped early, the same command goes on; 2 wrong usage or "
         "configuration;\n"
         "            1 anything else");
}

/* "-o, --output FILE.h5" */
static void option_text(const OptionSpec *option, char *out, size_t size) {
    char letter[8] = "    ";
    if (option->letter != 0) snprintf(letter, sizeof(letter), "-%c, ", option->letter);
    snprintf(out, size, "%s--%s%s%s", letter, option->name, option->argument != NULL ? " " : "",
             option->argument != NULL ? option->argument : "");
}

void help_command(const Command *command) {
    static const OptionSpec help = {"help", 'h', NULL, "print this and end"};
    printf("winnow %s: %s\n\n", command->name, command->summary);
    printf("usage: winnow %s [options]%s%s\n", command->name, command->operand != NULL ? " " : "",
           command->operand != NULL ? command->operand : "");
    if (command->details[0] != '\0') printf("\n%s", command->details);
    puts("\noptions:");
    for (size_t i = 0; i <= command->option_count; i++) {
        const OptionSpec *option = i < command->option_count ? &command->options[i] : &help;
        char text[64];
        option_text(option, text, sizeof(text));
        printf("  %-24s  %s\n", text, option->help);
    }
    printf("\nexample:\n  %s\n\nexit codes:\n%s", command->example, command->exit_codes);
}

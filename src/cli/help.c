#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/command.h"

#define COMMANDS_MAX 32

/* Is the command's name these first words? */
static bool is_named(const Command *command, int count, char *const *words, int *used) {
    const char *name = command->name;
    for (*used = 0; *used < count; name++) {
        size_t length = strcspn(name, " ");
        const char *word = words[(*used)++];
        if (strlen(word) != length || strncmp(name, word, length) != 0) return false;
        name += length;
        if (*name == '\0') return true;
    }
    return false;
}

const Command *command_find(int count, char *const *words, int *used) {
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (is_named(commands[i], count, words, used)) return commands[i];
    }
    *used = 0;
    return NULL;
}

static bool is_in_group(const Command *command, const char *word) {
    size_t length = strlen(word);
    return strncmp(command->name, word, length) == 0 && command->name[length] == ' ';
}

bool command_is_group(const char *word) {
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (is_in_group(commands[i], word)) return true;
    }
    return false;
}

static Status fail_group(const char *word) {
    Text names = {0};
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (!is_in_group(commands[i], word)) continue;
        text_add(&names, "%s%s", names.length > 0 ? " or " : "", commands[i]->name + strlen(word) + 1);
    }
    Status status = status_fail(STATUS_INPUT, "%s: one of its commands must follow: %s; winnow %s --help",
                                word, text_of(&names), word);
    text_release(&names);
    return status;
}

Status command_unknown(int count, char *const *words) {
    bool group = command_is_group(words[0]);
    char written[128];
    text_copy(written, sizeof(written), words[0]);
    if (group && count > 1) snprintf(written, sizeof(written), "%s %s", words[0], words[1]);
    const char *names[COMMANDS_MAX];
    size_t known = 0;
    for (; commands[known] != NULL && known < COMMANDS_MAX; known++)
        names[known] = commands[known]->name;
    const char *nearest = text_nearest(written, names, known);
    if (nearest != NULL)
        return status_fail(STATUS_INPUT, "unknown command \"%s\"; did you mean %s?", written, nearest);
    if (group) return fail_group(words[0]);
    return status_fail(STATUS_INPUT, "unknown command \"%s\"; winnow --help lists all", written);
}

static void command_line(const Command *command) {
    printf("  %-14s  %s\n", command->name, command->summary);
}

void help_group(const char *word) {
    puts("commands:");
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (is_in_group(commands[i], word)) command_line(commands[i]);
    }
    printf("\nwinnow %s COMMAND --help tells more of each.\n", word);
}

void help_all(void) {
    puts("winnow tunes neural networks on clusters: coarse to fine, one file, no server\n");
    puts("usage: winnow COMMAND [options] [FILE]");
    puts("       mpirun -n 8 winnow run search_spaces/fashion_mnist_mlp.yaml\n");
    puts("commands:");
    for (size_t i = 0; commands[i] != NULL; i++)
        command_line(commands[i]);
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
    printf("usage: winnow %s [options]%s%s", command->name, command->operand != NULL ? " " : "",
           command->operand != NULL ? command->operand : "");
    if (command->rest != NULL) printf(" [-- %s]", command->rest);
    putchar('\n');
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

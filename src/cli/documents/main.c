/* Fills the frame of a document: a line @COMMANDS@ becomes what the table of commands says, @VERSION@ the
 * version. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/documents/documents.h"

#define MARK_VERSION "@VERSION@"

static void print_line(const char *line) {
    const char *mark = strstr(line, MARK_VERSION);
    if (mark == NULL) {
        fputs(line, stdout);
        return;
    }
    printf("%.*s%s%s", (int)(mark - line), line, WINNOW_VERSION, mark + strlen(MARK_VERSION));
}

static void fill(void (*print_commands)(void)) {
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) != -1) {
        if (strcmp(line, "@COMMANDS@\n") == 0)
            print_commands();
        else
            print_line(line);
    }
    free(line);
}

int main(int argc, char **argv) {
    void (*print_commands)(void) = NULL;
    if (argc == 4 && strcmp(argv[1], "man") == 0) print_commands = man_page_commands;
    if (argc == 4 && strcmp(argv[1], "bash") == 0) print_commands = completion_commands;
    if (print_commands == NULL) {
        fputs("usage: winnow_documents man|bash FRAME DOCUMENT\n", stderr);
        return 2;
    }
    if (freopen(argv[2], "r", stdin) == NULL || freopen(argv[3], "w", stdout) == NULL) {
        perror("winnow_documents");
        return 1;
    }
    fill(print_commands);
    if (ferror(stdin) != 0 || fflush(stdout) != 0 || ferror(stdout) != 0) {
        perror("winnow_documents");
        return 1;
    }
    return 0;
}

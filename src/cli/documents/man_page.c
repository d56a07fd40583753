/* Requests and escapes: groff_man(7), groff_char(7). */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/documents/documents.h"

/* `count` characters that are meant as they are, in the middle of a line. */
static void print_words(const char *text, size_t count) {
    for (size_t i = 0; i < count; i++) {
        switch (text[i]) {
        case '\\': fputs("\\e", stdout); break;
        case '-': fputs("\\-", stdout); break;
        case '\'': fputs("\\(aq", stdout); break;
        case '`': fputs("\\(ga", stdout); break;
        case '^': fputs("\\(ha", stdout); break;
        case '~': fputs("\\(ti", stdout); break;
        default: putchar(text[i]);
        }
    }
}

static void print_text(const char *text) {
    print_words(text, strlen(text));
}

/* A line of its own; a full stop at its beginning is no request. */
static void print_line(const char *line, size_t length) {
    if (length > 0 && line[0] == '.') fputs("\\&", stdout);
    print_words(line, length);
    putchar('\n');
}

static const char *next_line(const char *line) {
    line += strcspn(line, "\n");
    return *line == '\n' ? line + 1 : line;
}

/* Text whose lines may be filled; indented ones stay as they are, and an empty one ends a paragraph. */
static void print_details(const char *details) {
    bool example = false;
    if (details[0] != '\0') puts(".PP");
    for (const char *line = details; *line != '\0'; line = next_line(line)) {
        size_t length = strcspn(line, "\n");
        bool indented = line[0] == ' ';
        if (indented != example) puts(indented ? ".RS\n.EX" : ".EE\n.RE");
        example = indented;
        if (length == 0)
            puts(".PP");
        else if (indented)
            print_line(line + 2, length - 2);
        else
            print_line(line, length);
    }
    if (example) puts(".EE\n.RE");
}

static void print_option(const OptionSpec *option) {
    puts(".TP");
    if (option->letter != 0) printf("\\fB\\-%c\\fR, ", option->letter);
    fputs("\\fB\\-\\-", stdout);
    print_text(option->name);
    fputs("\\fR", stdout);
    if (option->argument != NULL) {
        fputs(" \\fI", stdout);
        print_text(option->argument);
        fputs("\\fR", stdout);
    }
    putchar('\n');
    print_line(option->help, strlen(option->help));
}

/* "  75  it goes on": the code is the tag of a paragraph. Other lines stand for themselves. */
static void print_exit_codes(const char *codes) {
    puts(".PP\nExit codes:\n.RS");
    for (const char *line = codes; *line != '\0'; line = next_line(line)) {
        const char *word = line + strspn(line, " ");
        size_t digits = strspn(word, "0123456789");
        if (digits == 0) {
            puts(".PP");
            print_line(word, strcspn(word, "\n"));
            continue;
        }
        printf(".TP 4\n\\fB%.*s\\fR\n", (int)digits, word);
        word += digits;
        word += strspn(word, " ");
        print_line(word, strcspn(word, "\n"));
    }
    puts(".RE");
}

static void print_heading(const Command *command) {
    fputs(".SS winnow ", stdout);
    print_text(command->name);
    if (command->option_count > 0) fputs(" \\fR[\\fIoptions\\fR]\\fB", stdout);
    if (command->operand != NULL) {
        fputs(" \\fI", stdout);
        print_text(command->operand);
        fputs("\\fR", stdout);
    }
    if (command->rest != NULL) {
        fputs(" \\fR[\\fB\\-\\-\\fI ", stdout);
        print_text(command->rest);
        fputs("\\fR]", stdout);
    }
    printf("\n%c", toupper((unsigned char)command->summary[0]));
    print_text(command->summary + 1);
    puts(".");
}

void man_page_commands(void) {
    for (size_t i = 0; commands[i] != NULL; i++) {
        const Command *command = commands[i];
        print_heading(command);
        print_details(command->details);
        for (size_t option = 0; option < command->option_count; option++)
            print_option(&command->options[option]);
        puts(".PP\nExample:\n.PP\n.RS\n.EX");
        print_line(command->example, strlen(command->example));
        puts(".EE\n.RE");
        print_exit_codes(command->exit_codes);
    }
}

#include "batch/job_script.h"

#include <stdlib.h>
#include <string.h>

Text *script_line(ScriptLines *lines, const char *begin) {
    if (lines->count == SCRIPT_LINES_MAX) abort();
    lines->line[lines->count].begin = begin;
    return &lines->line[lines->count++].text;
}

void script_value(ScriptLines *lines, const char *begin, const char *value) {
    text_add(script_line(lines, begin), "%s%s", begin, value);
}

void script_number(ScriptLines *lines, const char *begin, uint64_t value) {
    text_add(script_line(lines, begin), "%s%llu", begin, (unsigned long long)value);
}

/* The place of the change to this line; lines->count where it stays. */
static size_t change_of(const ScriptLines *lines, const char *line) {
    size_t i = 0;
    while (i < lines->count && strncmp(line, lines->line[i].begin, strlen(lines->line[i].begin)) != 0)
        i++;
    return i;
}

Status script_fill(Text *out, const char *script, const ScriptLines *lines) {
    size_t seen[SCRIPT_LINES_MAX] = {0};
    for (const char *line = script; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        size_t change = change_of(lines, line);
        if (change == lines->count) {
            text_add(out, "%.*s\n", (int)length, line);
        } else {
            seen[change]++;
            const Text *text = &lines->line[change].text;
            out->failed = out->failed || text->failed;
            if (text->length > 0) text_add(out, "%s\n", text->data);
        }
        line += length + (line[length] == '\n');
    }
    for (size_t i = 0; i < lines->count; i++) {
        if (seen[i] != 1)
            return status_fail(STATUS_ENVIRONMENT,
                               "the script has %zu lines that begin with \"%s\" instead of one", seen[i],
                               lines->line[i].begin);
    }
    if (out->failed) return status_fail(STATUS_ENVIRONMENT, "out of memory");
    return STATUS_OK;
}

void script_release(ScriptLines *lines) {
    for (size_t i = 0; i < lines->count; i++)
        text_release(&lines->line[i].text);
    lines->count = 0;
}

#include "batch/scheduler_lines.h"

#include "batch/quote.h"

void lines_optional(ScriptLines *lines, const char *begin, const char *value, Quote quote) {
    Text *line = script_line(lines, begin);
    if (value == NULL) return;
    text_add(line, "%s", begin + 1);
    quote(line, value);
}

void lines_extra(ScriptLines *lines, const char *begin, const char *directive, const Job *job, Quote quote) {
    Text *line = script_line(lines, begin);
    for (size_t i = 0; i < job->extra_count; i++) {
        text_add(line, "%s ", i == 0 ? directive : "");
        quote(line, job->extra[i]);
    }
}

void lines_variable(ScriptLines *lines, const char *begin, const char *value) {
    Text *line = script_line(lines, begin);
    text_add(line, "%s", begin);
    quote_for_shell(line, value);
}

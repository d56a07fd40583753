#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINE_SIZE 4096 /* bytes, with the zero at the end */

static LogSink present_sink;
static void *present_context;

void log_set_sink(LogSink sink, void *context) {
    present_sink = sink;
    present_context = context;
}

__attribute__((format(printf, 2, 0))) static void send_line(LogLevel level, const char *format,
                                                            va_list arguments) {
    if (present_sink == NULL) return;
    char line[LINE_SIZE];
    int written = vsnprintf(line, sizeof(line), format, arguments);
    if (written < 0) return;
    if (written >= LINE_SIZE) memcpy(line + LINE_SIZE - sizeof("..."), "...", sizeof("..."));
    present_sink(present_context, level, line);
}

void log_note(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    send_line(LOG_NOTE, format, arguments);
    va_end(arguments);
}

void log_warning(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    send_line(LOG_WARNING, format, arguments);
    va_end(arguments);
}

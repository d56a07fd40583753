/* One line of news for the user: warnings and notes. Where they go is chosen by main. */
#ifndef WINNOW_BASE_LOG_H
#define WINNOW_BASE_LOG_H

typedef enum LogLevel { LOG_NOTE, LOG_WARNING } LogLevel;

typedef void (*LogSink)(void *context, LogLevel level, const char *line);

/* Send lines to `sink`; NULL drops them (the state at start). Not thread-safe. */
void log_set_sink(LogSink sink, void *context);

void log_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

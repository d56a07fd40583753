/* Errors as values. A function that can fail returns a Status; the text of what went wrong is kept per
 * thread.
 *
 * A Status is the exit code that the program ends with if nobody handles it. Libraries never print and never
 * exit; main alone does. */
#ifndef WINNOW_BASE_STATUS_H
#define WINNOW_BASE_STATUS_H

#include <stddef.h>

typedef enum Status {
    STATUS_OK = 0,
    STATUS_ENVIRONMENT = 1, /* the machine's side: files, memory, processes, network */
    STATUS_INPUT = 2,       /* the user's side: command line, configuration, content of data files */
    STATUS_RESUMABLE = 75   /* stopped early; the same command continues */
} Status;

/* Begin a new error: replaces the thread's text by the formatted one and returns `code`. The text says what
 * is wrong and what would be right, without a full stop or a trailing newline. Texts over 4095 bytes end with
 * "...". The arguments may point into status_text(). */
Status status_fail(Status code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same, followed by ": " and the text of errno as it was on entry. */
Status status_fail_errno(Status code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Put "formatted text: " in front of the present text, to say what was being done. Returns `code`. */
Status status_within(Status code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Replace the text by exactly `text` (an error that came over a channel). Returns `code`. */
Status status_restore(Status code, const char *text);

/* Text of the newest error of this thread, never NULL; valid until the next status call of the thread. */
const char *status_text(void);

/* Forget the text. */
void status_clear(void);

/* Return from the calling function with the status of `call`, unless it is STATUS_OK. */
#define TRY(call)                                                                                            \
    do {                                                                                                     \
        Status try_status_ = (call);                                                                         \
        if (try_status_ != STATUS_OK) return try_status_;                                                    \
    } while (0)

/* Put after the parameter list of every fallible function's declaration. */
#define MUST_CHECK __attribute__((warn_unused_result))

#endif

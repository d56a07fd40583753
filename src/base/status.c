#include "base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEXT_SIZE 4096 /* bytes, with the zero at the end */

static _Thread_local char present[TEXT_SIZE];

/* A new text is drafted apart, because the arguments may point into the present one. */
typedef struct Draft {
    char text[TEXT_SIZE];
    size_t length; /* TEXT_SIZE where something did not fit */
} Draft;

__attribute__((format(printf, 2, 0))) static void draft_add_list(Draft *draft, const char *format,
                                                                 va_list arguments) {
    size_t room = TEXT_SIZE - draft->length;
    if (room == 0) return;
    int written = vsnprintf(draft->text + draft->length, room, format, arguments);
    if (written < 0) {
        draft->text[draft->length] = '\0';
    } else if ((size_t)written >= room) {
        draft->length = TEXT_SIZE;
    } else {
        draft->length += (size_t)written;
    }
}

__attribute__((format(printf, 2, 3))) static void draft_add(Draft *draft, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    draft_add_list(draft, format, arguments);
    va_end(arguments);
}

static void draft_publish(Draft *draft) {
    if (draft->length == TEXT_SIZE) {
        size_t end = TEXT_SIZE - sizeof("...");
        /* Never half a UTF-8 character. */
        while (end > 0 && ((unsigned char)draft->text[end] & 0xC0U) == 0x80U)
            end--;
        memcpy(draft->text + end, "...", sizeof("..."));
        draft->length = end + strlen("...");
    }
    memcpy(present, draft->text, draft->length + 1);
}

Status status_fail(Status code, const char *format, ...) {
    Draft draft = {.length = 0};
    va_list arguments;
    va_start(arguments, format);
    draft_add_list(&draft, format, arguments);
    va_end(arguments);
    draft_publish(&draft);
    return code;
}

Status status_fail_errno(Status code, const char *format, ...) {
    int number = errno;
    char reason[256];
    Draft draft = {.length = 0};
    va_list arguments;
    va_start(arguments, format);
    draft_add_list(&draft, format, arguments);
    va_end(arguments);
    draft_add(&draft, ": %s", strerror_r(number, reason, sizeof(reason)));
    draft_publish(&draft);
    return code;
}

Status status_within(Status code, const char *format, ...) {
    Draft draft = {.length = 0};
    va_list arguments;
    va_start(arguments, format);
    draft_add_list(&draft, format, arguments);
    va_end(arguments);
    draft_add(&draft, ": %s", present);
    draft_publish(&draft);
    return code;
}

Status status_restore(Status code, const char *text) {
    return status_fail(code, "%s", text);
}

const char *status_text(void) {
    return present;
}

void status_clear(void) {
    present[0] = '\0';
}

#include "store/journal_window.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"

#define LEAST ((size_t)1 << 20) /* bytes read at once */

Status window_fill(JournalWindow *w, uint64_t offset, size_t length) {
    size_t wanted = length > LEAST ? length : LEAST;
    if (wanted > w->end - offset) wanted = (size_t)(w->end - offset);
    TRY(memory_grow(&w->data, &w->capacity, wanted, 1));
    w->start = offset;
    w->filled = 0;
    while (w->filled < wanted) {
        ssize_t got =
            pread(w->descriptor, w->data + w->filled, wanted - w->filled, (off_t)(offset + w->filled));
        if (got > 0) {
            w->filled += (size_t)got;
        } else if (got == 0) {
            w->end = offset + w->filled;
            return STATUS_OK;
        } else if (errno != EINTR) {
            return status_fail_errno(STATUS_ENVIRONMENT, "cannot read the journal %s at byte %llu", w->path,
                                     (unsigned long long)offset + w->filled);
        }
    }
    return STATUS_OK;
}

Status window_at(JournalWindow *w, uint64_t offset, size_t length, const uint8_t **at) {
    *at = NULL;
    if (length == 0 || offset > w->end || length > w->end - offset) return STATUS_OK;
    if (offset < w->start || offset + length > w->start + w->filled) {
        TRY(window_fill(w, offset, length));
        if (length > w->filled) return STATUS_OK;
    }
    *at = w->data + (offset - w->start);
    return STATUS_OK;
}

void window_release(JournalWindow *w) {
    free(w->data);
    w->data = NULL;
    w->capacity = w->filled = 0;
}

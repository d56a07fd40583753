/* A window on a journal's bytes that moves over the file; for its reader alone. */
#ifndef WINNOW_STORE_JOURNAL_WINDOW_H
#define WINNOW_STORE_JOURNAL_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct JournalWindow {
    int descriptor;
    const char *path; /* borrowed */
    uint64_t end;     /* bytes of the file that count; less where its writer has cut it meanwhile */
    uint8_t *data;    /* owned [capacity]: bytes [start, start + filled) of the file */
    size_t capacity, filled;
    uint64_t start;
} JournalWindow;

/* Have `length` bytes from `offset` on in the window, or those up to the end. */
Status window_fill(JournalWindow *window, uint64_t offset, size_t length) MUST_CHECK;

/* Bytes [offset, offset + length) in *at, valid until the next call; NULL where the file ends before. */
Status window_at(JournalWindow *window, uint64_t offset, size_t length, const uint8_t **at) MUST_CHECK;

/* Frees the memory; the descriptor stays open. */
void window_release(JournalWindow *window);

#endif

/* Where does the next whole record begin behind a bad one? Its length field may be what is wrong, so that
 * every byte may be the beginning.
 *
 * The time is linear in the bytes searched, whatever they are: sums over all beginnings of the bytes ahead
 * are made once, and the sum of any stretch follows from two of them. Records of over a megabyte are summed
 * one by one, as long as that takes no longer than reading the file a few times. */
#ifndef WINNOW_STORE_JOURNAL_SEARCH_H
#define WINNOW_STORE_JOURNAL_SEARCH_H

#include <stdbool.h>

#include "store/journal_window.h"

typedef struct JournalSearch {
    JournalWindow window; /* its own, so that the reader's stays; descriptor and path are the reader's */
    uint32_t *sums;       /* owned: CRC-32C of the window's first i bytes, for i <= summed */
    size_t capacity, summed;
    uint64_t budget; /* bytes of long records that may still be summed */
} JournalSearch;

/* `reader` is a window on the same file. */
void journal_search_begin(JournalSearch *search, const JournalWindow *reader);

/* The first byte from `from` on at which a whole record (a right sum, a kind that can be) begins; *found is
 * false where none does. */
Status journal_search(JournalSearch *search, uint64_t from, uint64_t *at, bool *found) MUST_CHECK;

void journal_search_release(JournalSearch *search);

#endif

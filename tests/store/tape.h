/* The made-up campaign's journal, and the records that were written to it or read from it. */
#ifndef WINNOW_TESTS_STORE_TAPE_H
#define WINNOW_TESTS_STORE_TAPE_H

#include "store/journal.h"

#define TAPE_FILE "test.journal"
#define TAPE_RECORDS 128

/* Encodings of the records, in order. */
typedef struct Tape {
    size_t count;
    ByteWriter record[TAPE_RECORDS];
    uint64_t end[TAPE_RECORDS]; /* of the journal after it */
    Journal *journal;           /* appended to where not NULL */
} Tape;

/* A JournalVisitor: `tape` is one. */
Status tape_note(void *tape, Record *record) MUST_CHECK;
void tape_release(Tape *tape);

/* TAPE_FILE anew, with the whole campaign. */
void tape_make(Tape *tape);

/* How many records of `found` are those of `expected`, in order? */
size_t tape_same(const Tape *found, const Tape *expected);

#endif

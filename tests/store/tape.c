#include "tape.h"

#include <string.h>
#include <unistd.h>

#include "fixtures.h"
#include "suite.h"

Status tape_note(void *context, Record *record) {
    Tape *tape = context;
    Status status = tape->journal != NULL ? journal_append(tape->journal, record) : STATUS_OK;
    record_encode(record, &tape->record[tape->count]);
    if (tape->journal != NULL) tape->end[tape->count] = journal_length(tape->journal);
    tape->count++;
    record_release(record);
    return status;
}

void tape_release(Tape *tape) {
    for (size_t i = 0; i < tape->count; i++)
        bytes_writer_release(&tape->record[i]);
    *tape = (Tape){0};
}

void tape_make(Tape *tape) {
    (void)unlink(TAPE_FILE);
    *tape = (Tape){0};
    CU_ASSERT_EQUAL_FATAL(journal_create(&tape->journal, TAPE_FILE), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(fixture_records(NULL, true, tape_note, tape), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(journal_sync(tape->journal), STATUS_OK);
    journal_close(&tape->journal);
}

size_t tape_same(const Tape *found, const Tape *expected) {
    size_t i = 0;
    while (i < found->count && i < expected->count && found->record[i].length == expected->record[i].length &&
           memcmp(found->record[i].data, expected->record[i].data, found->record[i].length) == 0)
        i++;
    return i;
}

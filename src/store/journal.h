/* The journal: an append-only file of records beside the results file, the truth while a campaign runs.
 *
 * Layout: 16 bytes of magic ("winnow journal" and two bytes of byte order mark), then records: u32 length,
 * u32 CRC-32C of length and bytes, bytes (record_encode). Opening for appending cuts a torn tail. Reading
 * goes on behind damage, at the next byte where a whole record begins. */
#ifndef WINNOW_STORE_JOURNAL_H
#define WINNOW_STORE_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "campaign/records.h"

typedef struct Journal Journal;

/* Called for each record in order; takes over what the record owns. An error ends the reading. */
typedef Status (*JournalVisitor)(void *context, Record *record);

/* What a reading found. */
typedef struct JournalReading {
    uint64_t records;
    uint64_t good_length; /* bytes up to the end of the last whole record before any damage */
    uint64_t file_length;
    uint64_t damaged_at;   /* offset of the first bad record that is no torn tail; UINT64_MAX for none */
    uint64_t damage_count; /* places; 0 for none */
    uint64_t lost_bytes;   /* in these places */
    uint64_t kept_after;   /* records read behind the first of them */
    uint64_t refused; /* whole records that `visit` refused with STATUS_INPUT: they lean on lost ones. They
                         are counted as damage too */
    bool foreign;     /* with STATUS_ENVIRONMENT: a file, and no journal at all */
    uint64_t device, inode; /* the file that was read */
} JournalReading;

/* Read `path` up to `limit` bytes (UINT64_MAX: all); memory is bounded by the longest record. A bad record (a
 * wrong sum, an end behind the file's, a length of 0) is a torn tail, which is no error, where no whole
 * record follows it at any byte; good_length tells. Otherwise, and where its sum is right but record_decode
 * or `visit` refuses it with STATUS_INPUT, it is damage: it is left out and counted, and the reading goes on.
 * Bad places
 * that touch count as one. A damaged magic is damage where a whole record follows it. A file that ends within
 * the magic has good_length 0. STATUS_ENVIRONMENT where it cannot be read, is no journal, or is of another
 * byte order or format version, which is named. */
Status journal_read(const char *path, uint64_t limit, JournalVisitor visit, void *context,
                    JournalReading *reading) MUST_CHECK;

/* Go on with a reading of the whole journal that found no damage: what was appended since is read, from its
 * good_length on. *fits is false where `path` is another file now, or shorter; nothing is read then. */
Status journal_read_on(const char *path, JournalVisitor visit, void *context, JournalReading *reading,
                       bool *fits) MUST_CHECK;

/* A new journal with its magic, synced, folder synced. STATUS_ENVIRONMENT where the file exists (unless it is
 * a journal without a whole record, killed as it was made: that one is replaced) or cannot be made. */
Status journal_create(Journal **out, const char *path) MUST_CHECK;
/* An old one, cut to `good_length`, to append to. */
Status journal_open(Journal **out, const char *path, uint64_t good_length) MUST_CHECK;

/* Append one record; it is on disk after journal_sync. A short write is cut back. */
Status journal_append(Journal *journal, const Record *record) MUST_CHECK;
/* The same for records that record_encode has encoded already, in one write for all that were gathered: all
 * of them come into the journal, or none. They are forgotten in either case. */
void journal_gather(Journal *journal, const void *bytes, size_t length);
Status journal_append_gathered(Journal *journal) MUST_CHECK;
/* fdatasync, when anything was appended since the last. STATUS_ENVIRONMENT also where the file has been
 * removed meanwhile: what goes into it is lost. */
Status journal_sync(Journal *journal) MUST_CHECK;
uint64_t journal_length(const Journal *journal); /* bytes, appended ones included */
void journal_close(Journal **journal);

#endif

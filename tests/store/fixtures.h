/* A made-up campaign with one of everything that the store has to keep, its values simple formulas of their
 * indices: test_layout.py knows the same formulas. */
#ifndef WINNOW_TESTS_STORE_FIXTURES_H
#define WINNOW_TESTS_STORE_FIXTURES_H

#include "campaign/config.h"
#include "campaign/ledger.h"
#include "store/journal.h"

#define FIXTURE_TRIALS 9 /* finished; ids 0 .. 8 */
#define FIXTURE_DECISIONS 7
#define FIXTURE_DRAWN 10    /* the last one is still running */
#define FIXTURE_EXAMPLES 4  /* of the validation part */
#define FIXTURE_SELECTION 2 /* examples of the selection part */
#define FIXTURE_CLASSES 3
#define FIXTURE_POOL 3
#define FIXTURE_SUPERSEDED 4 /* a trial whose network is kept but no longer among the best */

#define FIXTURE_WITH_SNAPSHOTS 7

/* Made by hand: no YAML is read. */
Config *fixture_config(void);
void fixture_config_free(Config *config);

/* Give `visit` all records of the campaign, in the order of a journal; where `file` is not NULL, networks are
 * written to its folder of parts. The last records (ensemble, end) only where `complete`. */
Status fixture_records(const char *file, bool complete, JournalVisitor visit, void *context) MUST_CHECK;

/* They as a ledger; the process ends where that fails. */
Ledger *fixture_ledger(const char *file, bool complete);

/* The network of a trial. */
MemberBlob fixture_member(uint64_t trial);

/* The two ledgers' records, one after the other, are the same; the first difference is shown. With
 * `from_file` the second was read from a results file: names and hashes of parts, superseded networks and the
 * figures of diverged trials are not in it. */
bool fixture_equal(const Ledger *a, const Ledger *b, bool from_file);

/* Any file in the scratch folder, whole. */
unsigned char *fixture_read(const char *path, size_t *length);
void fixture_write(const char *path, const void *data, size_t length);

/* Remove "<file>" and all that stands beside it. */
void fixture_clean(const char *file);

/* The last call failed with STATUS_ENVIRONMENT and a text that holds `part`; else the text is shown. */
bool fixture_failed(Status status, const char *part);

#endif

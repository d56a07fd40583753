/* The folder FILE.h5.parts: kept networks and checkpoints of running trials as one file each while the
 * campaign runs. `file` is the results file's path throughout. */
#ifndef WINNOW_STORE_PARTS_H
#define WINNOW_STORE_PARTS_H

#include "base/status.h"
#include "campaign/ledger.h"
#include "campaign/records.h"

/* Write a blob through temporary file, fsync, rename, fsync of the folder, which is made where it is missing.
 * STATUS_ENVIRONMENT also for a name that is none of a network or checkpoint. */
Status parts_write(const char *file, const char *name, const void *blob, size_t length) MUST_CHECK;
/* Its bytes in owned memory, after a check of length and hash. STATUS_ENVIRONMENT naming the blob where it is
 * missing or differs. */
Status parts_read(const char *file, const char *name, uint64_t length, uint64_t hash,
                  uint8_t **blob) MUST_CHECK;
/* Read and verify (length and hash) and decode. STATUS_ENVIRONMENT naming the blob where it is missing or
 * differs. */
Status parts_read_member(const char *file, const MemberRecord *record, MemberBlob *blob) MUST_CHECK;
/* The same for a checkpoint; it is also checked to be of that trial and epoch. */
Status parts_read_checkpoint(const char *file, const CheckpointRecord *record,
                             CheckpointBlob *blob) MUST_CHECK;
/* Remove a blob that is no longer needed; a missing one is fine. */
void parts_remove(const char *file, const char *name);
/* Remove every blob that the ledger has no use for (left by a kill: stored, and never recorded; recorded, and
 * superseded since), checkpoints of finished trials, and temporary files. Under the lock, before any rank
 * writes. */
void parts_sweep(const char *file, const Ledger *ledger);

/* Does another process see the folder? Rank 0 leaves a note with a token of its own, the other looks for it
 * and tries to write beside it. */
Status parts_leave_note(const char *file, const char *token) MUST_CHECK;
bool parts_see_note(const char *file, const char *token);
/* Remove the folder with all that winnow wrote in it. */
void parts_remove_all(const char *file);

#endif

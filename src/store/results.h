/* The results file: one HDF5 file that any HDF5 reader opens. Layout: section "The results file" of
 * README.md.
 *
 * It is always written whole, and replaced by rename. It begins with a user block of 512 bytes: magic "winnow
 * results\n", u64 length of the rest, u64 hash64 of the rest. */
#ifndef WINNOW_STORE_RESULTS_H
#define WINNOW_STORE_RESULTS_H

#include "base/status.h"
#include "campaign/config.h"
#include "campaign/ledger.h"

/* Write the ledger to `path`: temporary file, fsync, rename, fsync of the folder; then the caller may verify.
 * Kept networks are those of the best `pool`; they come from FILE.h5.parts, or from `path` itself where the
 * folder does not have them (a complete campaign that goes on). Call it in a process of its own: HDF5 may
 * crash on a full disk. */
Status results_write(const char *path, const Ledger *ledger, const Config *config) MUST_CHECK;

/* Is the file whole and unchanged since winnow wrote it? STATUS_ENVIRONMENT "... is not a winnow results
 * file",
 * "... has changed since winnow wrote it", "cannot be read". */
Status results_verify(const char *path) MUST_CHECK;

/* Read it back into a ledger (starts and draws included, as far as the file has them; members are marked kept
 * with blob ""). Verifies first unless `unverified`. *complete is the attribute. */
Status results_read(const char *path, bool unverified, Ledger **ledger, bool *complete) MUST_CHECK;

/* A kept network out of the file. */
Status results_read_member(const char *path, uint64_t trial, MemberBlob *blob) MUST_CHECK;

/* "HDF5 1.10.8" */
const char *results_library_version(void);

#endif

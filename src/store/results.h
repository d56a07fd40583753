/* The results file: one HDF5 file that any HDF5 reader opens. Layout: section "The results file" of
 * README.md.
 *
 * It is always written whole, and replaced by rename. It begins with a user block of 512 bytes
 * (results_seal.h) that tells whether the rest is as it was written. */
#ifndef WINNOW_STORE_RESULTS_H
#define WINNOW_STORE_RESULTS_H

#include "base/status.h"
#include "campaign/config.h"
#include "campaign/ledger.h"

/* Write the ledger to `path`: as "<path>.tmp", read back object by object, then fsync, rename, fsync of the
 * folder. Kept networks are those of the best `pool`; they come from FILE.h5.parts, or from the file at
 * `path` where the folder does not have them and that file is of the same campaign (a complete campaign that
 * goes on); so do earlier rows of test_evaluations. `config` is the newest one of the campaign, whose text
 * the ledger holds. On failure `path` is as it was. Call it in a process of its own: HDF5 may crash on a full
 * disk. */
Status results_write(const char *path, const Ledger *ledger, const Config *config) MUST_CHECK;

/* An evaluation of one ensemble on the test set. */
typedef struct TestEvaluation {
    double time; /* Unix seconds */
    size_t member_count;
    const uint64_t *members; /* borrowed [member_count] */
    const uint32_t *epochs;  /* borrowed [member_count] */
    const uint32_t *counts;  /* borrowed [member_count] */
    double accuracy, loss;
} TestEvaluation;

/* Write a complete campaign's file again, as results_write does, with the evaluation as one more row of
 * /ensemble/test_evaluations, also where the same was asked before; NULL adds none.
 * Under the lock. */
Status results_add_test(const char *path, const Ledger *ledger, const Config *config,
                        const TestEvaluation *test) MUST_CHECK;

/* Is the file whole and unchanged since winnow wrote it? STATUS_ENVIRONMENT "... is not a winnow results
 * file", "... has changed since winnow wrote it", "... cannot be read". */
Status results_verify(const char *path) MUST_CHECK;

/* Read it back into a ledger: that which results_write was given, but for the metrics of diverged trials (NaN
 * here), networks that were not among the best, and configurations before the newest (a start that changed it
 * has that one). Members are marked kept with blob "". Verifies first; every dimension and name is
 * checked. `unverified` reads on where the file has changed, after a process of its own has tried whether
 * HDF5 crashes on it. *complete is the attribute. */
Status results_read(const char *path, bool unverified, Ledger **ledger, bool *complete) MUST_CHECK;

/* How many rows /trials has, by the file's first 512 bytes alone: quick, and the rest may be damaged. */
Status results_rows(const char *path, uint64_t *rows) MUST_CHECK;

/* When the campaign in a verified file was created, in Unix seconds: which campaign it is of. */
Status results_created(const char *path, double *created) MUST_CHECK;

/* How many rows /ensemble/test_evaluations of a verified file has: how often the test set was asked. */
Status results_test_evaluations(const char *path, uint64_t *count) MUST_CHECK;

/* A kept network out of the file. */
Status results_read_member(const char *path, uint64_t trial, MemberBlob *blob) MUST_CHECK;

/* "HDF5 1.10.8" */
const char *results_library_version(void);

#endif

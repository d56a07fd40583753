/* The folder FILE.h5.parts: kept networks as one file each while the campaign runs. */
#ifndef WINNOW_STORE_PARTS_H
#define WINNOW_STORE_PARTS_H

#include "base/status.h"
#include "campaign/records.h"

/* Write the blob that the record tells of, through temporary file, fsync, rename, fsync of the folder, which
 * is made where it is missing. `file` is the results file's path. */
Status parts_write_member(const char *file, const MemberRecord *record, const void *blob) MUST_CHECK;
/* Read and verify (length and hash) and decode. STATUS_ENVIRONMENT naming the blob where it is missing or
 * differs. */
Status parts_read_member(const char *file, const MemberRecord *record, MemberBlob *blob) MUST_CHECK;
/* Remove a blob that is no longer needed; a missing one is fine. */
void parts_remove_member(const char *file, const MemberRecord *record);
/* Remove the folder with all that winnow wrote in it. */
void parts_remove_all(const char *file);

#endif

/* Files that survive a crash. */
#ifndef WINNOW_BASE_FILE_H
#define WINNOW_BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

/* The whole file in owned memory, a zero byte after it (not counted). STATUS_ENVIRONMENT when it cannot be
 * read, STATUS_INPUT when it is longer than `limit` bytes. */
Status file_read(const char *path, size_t limit, char **data, size_t *length) MUST_CHECK;

/* Replace `path` by these bytes: temporary file beside it, fsync, rename, fsync of the folder. A reader sees
 * the old file or the new one. The temporary file is "<path>.tmp" and goes when anything fails. */
Status file_write_whole(const char *path, const void *data, size_t length) MUST_CHECK;

/* The second half of that for a file written by others: fsync `temporary`, rename it to `path`, fsync the
 * folder. `temporary` goes where the sync or the rename fails. */
Status file_publish(const char *temporary, const char *path) MUST_CHECK;

/* fsync the folder that holds `path`. */
Status file_sync_folder_of(const char *path) MUST_CHECK;

bool file_exists(const char *path);

/* Make a folder and its parents where they are missing. */
Status file_make_folders(const char *path) MUST_CHECK;
/* Make a folder where it is missing, in one that is there. */
Status file_make_folder(const char *path) MUST_CHECK;

/* The folder part of `path` ("." where there is none), owned. */
Status file_folder_of(char **out, const char *path) MUST_CHECK;

/* write(2) until all is written, through EINTR and short writes. */
Status file_write_all(int descriptor, const void *data, size_t length, const char *path) MUST_CHECK;

#endif

/* Reading a file that may be gzip-compressed, as one stream of decoded bytes. The content decides, not the
 * name. */
#ifndef WINNOW_DATA_GZIP_FILE_H
#define WINNOW_DATA_GZIP_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

typedef struct GzipFile GzipFile;

/* STATUS_INPUT where `path` is missing, unreadable or no regular file. */
Status gzip_file_open(GzipFile **out, const char *path) MUST_CHECK;
void gzip_file_close(GzipFile **file);

/* The next `length` decoded bytes; *got is less only at the end of the stream. STATUS_INPUT, with the offset
 * in the decoded stream, where the gzip data is damaged or cut short; STATUS_RESUMABLE once a stop was asked
 * for. */
Status gzip_file_read(GzipFile *file, void *out, size_t length, size_t *got) MUST_CHECK;

const char *gzip_file_path(const GzipFile *file);
/* Offset of the next byte in the decoded stream. */
size_t gzip_file_position(const GzipFile *file);
/* Bytes of the file as it lies on the disk. */
size_t gzip_file_size(const GzipFile *file);
/* Is it compressed, and so far longer in the decoded stream than sound data of its size ever get? A file that
 * is made to fill the memory (a "gzip bomb") is. */
bool gzip_file_swollen(const GzipFile *file);
/* The longest that the decoded stream can be: the file's size, times 1032 if compressed (what deflate reaches
 * at most), so that what a header promises can be judged before memory is taken. */
size_t gzip_file_limit(const GzipFile *file);

#endif

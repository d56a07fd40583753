/* What the fuzz targets share. A target is given bytes as they could come from outside and ends the process
 * where anything but a result or a clear refusal comes of them. The same functions run in libFuzzer
 * (libfuzzer.c) and over stored inputs (replay.c). */
#ifndef WINNOW_TESTS_FUZZ_H
#define WINNOW_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/status.h"

/* End the process, saying where and what, unless it holds. */
#define REQUIRE(holds) fuzz_require((holds), #holds, __FILE__, __LINE__)
void fuzz_require(bool holds, const char *what, const char *file, int line);

/* The status of a call that may refuse: STATUS_OK is true; every other one must have a text. */
bool fuzz_accepted(Status status);

/* Read each byte, so that a sanitizer sees one that is not there. */
void fuzz_touch(const void *data, size_t size);

/* Path of a regular file in memory that holds these bytes; `slot` < FUZZ_FILES says which one. Valid until
 * the next call with that slot. */
#define FUZZ_FILES 4
const char *fuzz_file(unsigned slot, const void *data, size_t size);

/* Path of a file in the working folder to which one is added that holds these bytes, its path with `ending`
 * behind; removed when the process ends. */
const char *fuzz_file_beside(const char *ending, const void *data, size_t size);

/* The bytes up to FUZZ_SEPARATOR, or to the end; `rest` moves behind it. An input of several parts stays one
 * when bytes are put in or taken out. */
#define FUZZ_SEPARATOR "<FUZZ>"
typedef struct FuzzPart {
    const uint8_t *data;
    size_t size;
} FuzzPart;
FuzzPart fuzz_part(FuzzPart *rest);

/* The encoding is these bytes. Releases the writer. */
void fuzz_require_bytes(ByteWriter *writer, const void *data, size_t size);

#define FUZZ_TARGET_LIST(EACH)                                                                               \
    EACH(block)                                                                                              \
    EACH(blobs)                                                                                              \
    EACH(checkpoint)                                                                                         \
    EACH(csv)                                                                                                \
    EACH(frames)                                                                                             \
    EACH(hdf5)                                                                                               \
    EACH(idx)                                                                                                \
    EACH(journal)                                                                                            \
    EACH(ledger)                                                                                             \
    EACH(live)                                                                                               \
    EACH(lock)                                                                                               \
    EACH(options)                                                                                            \
    EACH(record)                                                                                             \
    EACH(results)                                                                                            \
    EACH(results_inside)                                                                                     \
    EACH(state)                                                                                              \
    EACH(wire)                                                                                               \
    EACH(yaml)

#define FUZZ_DECLARE(name) int fuzz_##name(const uint8_t *data, size_t size);
FUZZ_TARGET_LIST(FUZZ_DECLARE)

#endif

#include "store/results_seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "store/results.h"

#define MAGIC "winnow results\n" /* with its ending zero 16 bytes */
#define SUMMED 40                /* bytes before the block's own hash */
#define PIECE ((size_t)1 << 20)

typedef struct Seal {
    uint64_t length, hash; /* of what follows the block */
    uint64_t rows;
} Seal;

static Status add_pieces(int descriptor, const char *path, uint8_t *piece, Hash64 *hash, uint64_t *length) {
    for (;;) {
        ssize_t got = pread(descriptor, piece, PIECE, (off_t)(SEAL_SIZE + *length));
        if (got == 0) return STATUS_OK;
        if (got > 0) {
            hash64_add(hash, piece, (size_t)got);
            *length += (uint64_t)got;
        } else if (errno != EINTR) {
            return status_fail_errno(STATUS_ENVIRONMENT, "%s cannot be read", path);
        }
    }
}

static Status measure(int descriptor, const char *path, Seal *seal) {
    uint8_t *piece = NULL;
    TRY(memory_new(&piece, PIECE, 1));
    Hash64 *hash = hash64_begin();
    Status status = STATUS_OK;
    if (hash == NULL) {
        status = status_fail(STATUS_ENVIRONMENT, "out of memory while reading %s", path);
    } else {
        status = add_pieces(descriptor, path, piece, hash, &seal->length);
        seal->hash = hash64_end(hash);
    }
    free(piece);
    return status;
}

static Status write_block(int descriptor, const char *path, uint64_t rows) {
    Seal seal = {.rows = rows};
    TRY(measure(descriptor, path, &seal));
    ByteWriter block = {0};
    bytes_put_raw(&block, MAGIC, sizeof(MAGIC));
    bytes_put_u64(&block, seal.length);
    bytes_put_u64(&block, seal.hash);
    bytes_put_u64(&block, seal.rows);
    bytes_put_u64(&block, block.failed ? 0 : hash64(block.data, SUMMED));
    while (block.length < SEAL_SIZE && !block.failed)
        bytes_put_u8(&block, 0);
    Status status = bytes_writer_status(&block);
    if (status == STATUS_OK) status = file_write_all(descriptor, block.data, block.length, path);
    bytes_writer_release(&block);
    return status;
}

Status seal_write(const char *path, uint64_t rows) {
    int descriptor = open(path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return status_fail_errno(STATUS_ENVIRONMENT, "cannot open %s", path);
    Status status = write_block(descriptor, path, rows);
    if (close(descriptor) != 0 && status == STATUS_OK) {
        status = status_fail_errno(STATUS_ENVIRONMENT, "cannot write %s", path);
    }
    return status;
}

static Status read_block(int descriptor, const char *path, Seal *seal) {
    uint8_t block[SEAL_SIZE];
    ssize_t got;
    do {
        got = pread(descriptor, block, sizeof(block), 0);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return status_fail_errno(STATUS_ENVIRONMENT, "%s cannot be read", path);
    if (got < SEAL_SIZE || memcmp(block, MAGIC, sizeof(MAGIC)) != 0) {
        return status_fail(STATUS_ENVIRONMENT, "%s is not a winnow results file", path);
    }
    ByteReader reader = bytes_reader(block + sizeof(MAGIC), sizeof(block) - sizeof(MAGIC));
    seal->length = bytes_get_u64(&reader);
    seal->hash = bytes_get_u64(&reader);
    seal->rows = bytes_get_u64(&reader);
    if (bytes_get_u64(&reader) != hash64(block, SUMMED))
        return status_fail(STATUS_ENVIRONMENT, "%s has changed since winnow wrote it", path);
    while (reader.position < reader.length) {
        if (bytes_get_u8(&reader) != 0) {
            return status_fail(STATUS_ENVIRONMENT, "%s has changed since winnow wrote it", path);
        }
    }
    return STATUS_OK;
}

static Status verify(int descriptor, const char *path) {
    Seal written = {0}, found = {0};
    TRY(read_block(descriptor, path, &written));
    TRY(measure(descriptor, path, &found));
    if (found.length == written.length && found.hash == written.hash) return STATUS_OK;
    return status_fail(STATUS_ENVIRONMENT, "%s has changed since winnow wrote it", path);
}

/* A named pipe must not make it wait. */
static Status open_to_read(const char *path, int *descriptor) {
    *descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*descriptor >= 0) return STATUS_OK;
    return status_fail_errno(STATUS_ENVIRONMENT, "%s cannot be read", path);
}

Status results_verify(const char *path) {
    int descriptor;
    TRY(open_to_read(path, &descriptor));
    Status status = verify(descriptor, path);
    close(descriptor);
    return status;
}

Status results_rows(const char *path, uint64_t *rows) {
    int descriptor;
    Seal seal = {0};
    TRY(open_to_read(path, &descriptor));
    Status status = read_block(descriptor, path, &seal);
    close(descriptor);
    *rows = status == STATUS_OK ? seal.rows : 0;
    return status;
}

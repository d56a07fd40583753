#include "data/gzip_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/memory.h"
#include "base/size.h"
#include "data/data_source.h"

#define INPUT_SIZE ((size_t)1 << 16)
#define GZIP_WINDOW (15 + 16) /* inflateInit2: the largest window, gzip framing */
#define DEFLATE_RATIO 1032
#define SOUND_RATIO 800                /* a table of zeros and few ones gets to half of that */
#define SWOLLEN_SIZE ((size_t)1 << 26) /* fewer bytes do no harm */
#define STEP ((size_t)1 << 30)         /* zlib counts in unsigned int */

struct GzipFile {
    char *path;
    int descriptor;
    size_t size;    /* of the file */
    bool gzip;      /* by its first two bytes */
    bool between;   /* gzip: a member has just ended; another one or the end of the file follows */
    z_stream input; /* next_in, avail_in: the bytes read and not used yet, of plain files too */
    size_t position;
    unsigned char buffer[INPUT_SIZE];
};

/* Fill the buffer if it is empty; still empty afterwards means the end of the file. */
static Status refill(GzipFile *file) {
    if (file->input.avail_in > 0) return STATUS_OK;
    TRY(data_check_stop(file->path));
    ssize_t count;
    do {
        count = read(file->descriptor, file->buffer, INPUT_SIZE);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return status_fail_errno(STATUS_INPUT, "%s: cannot be read", file->path);
    file->input.next_in = file->buffer;
    file->input.avail_in = (uInt)count;
    return STATUS_OK;
}

static Status open_regular(GzipFile *file) {
    /* Without O_NONBLOCK, opening a named pipe would wait for a writer. */
    file->descriptor = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about;
    if (file->descriptor < 0 || fstat(file->descriptor, &about) != 0) {
        return status_fail_errno(STATUS_INPUT, "%s: cannot be read", file->path);
    }
    TRY(data_check_regular(file->path, about.st_mode));
    file->size = (size_t)about.st_size;
    return STATUS_OK;
}

static Status recognise(GzipFile *file) {
    TRY(refill(file));
    if (file->input.avail_in < 2 || file->buffer[0] != 0x1f || file->buffer[1] != 0x8b) return STATUS_OK;
    if (inflateInit2(&file->input, GZIP_WINDOW) != Z_OK) {
        return status_fail(STATUS_ENVIRONMENT, "%s: no memory to decompress it", file->path);
    }
    file->gzip = true;
    return STATUS_OK;
}

Status gzip_file_open(GzipFile **out, const char *path) {
    GzipFile *file;
    TRY(memory_new(&file, 1, sizeof *file));
    file->descriptor = -1;
    Status status = memory_text(&file->path, path);
    if (status == STATUS_OK) status = open_regular(file);
    if (status == STATUS_OK) status = recognise(file);
    if (status != STATUS_OK) gzip_file_close(&file);
    *out = file;
    return status;
}

void gzip_file_close(GzipFile **file) {
    if (*file == NULL) return;
    if ((*file)->gzip) inflateEnd(&(*file)->input);
    if ((*file)->descriptor >= 0) close((*file)->descriptor);
    free((*file)->path);
    free(*file);
    *file = NULL;
}

static Status read_plain(GzipFile *file, unsigned char *out, size_t length, size_t *got) {
    while (*got < length) {
        TRY(refill(file));
        size_t count = file->input.avail_in;
        if (count == 0) break;
        if (count > length - *got) count = length - *got;
        memcpy(out + *got, file->input.next_in, count);
        file->input.next_in += count;
        file->input.avail_in -= (uInt)count;
        *got += count;
    }
    return STATUS_OK;
}

static Status inflate_some(GzipFile *file, unsigned char *out, size_t room, size_t *made) {
    if (room > STEP) room = STEP;
    file->input.next_out = out;
    file->input.avail_out = (uInt)room;
    int code = inflate(&file->input, Z_NO_FLUSH);
    *made = room - file->input.avail_out;
    if (code == Z_MEM_ERROR) {
        return status_fail(STATUS_ENVIRONMENT, "%s: no memory to decompress it", file->path);
    }
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
        return status_fail(STATUS_INPUT, "%s: byte %zu: the gzip data is damaged here (%s)", file->path,
                           file->position + *made, file->input.msg != NULL ? file->input.msg : zError(code));
    }
    file->between = code == Z_STREAM_END;
    return STATUS_OK;
}

static Status read_gzip(GzipFile *file, unsigned char *out, size_t length, size_t *got) {
    size_t start = file->position;
    while (*got < length) {
        TRY(refill(file));
        if (file->input.avail_in == 0) {
            if (file->between) break;
            return status_fail(
                STATUS_INPUT,
                "%s: byte %zu: the gzip data ends here before its own end; the file is cut short", file->path,
                file->position);
        }
        if (file->between) inflateReset(&file->input);
        size_t made;
        TRY(inflate_some(file, out + *got, length - *got, &made));
        *got += made;
        file->position = start + *got;
    }
    return STATUS_OK;
}

Status gzip_file_read(GzipFile *file, void *out, size_t length, size_t *got) {
    *got = 0;
    if (file->gzip) return read_gzip(file, out, length, got);
    TRY(read_plain(file, out, length, got));
    file->position += *got;
    return STATUS_OK;
}

const char *gzip_file_path(const GzipFile *file) {
    return file->path;
}

size_t gzip_file_position(const GzipFile *file) {
    return file->position;
}

size_t gzip_file_size(const GzipFile *file) {
    return file->size;
}

bool gzip_file_swollen(const GzipFile *file) {
    return file->gzip && file->position > SWOLLEN_SIZE && file->position / SOUND_RATIO > file->size;
}

size_t gzip_file_limit(const GzipFile *file) {
    if (!file->gzip) return file->size;
    size_t limit;
    return size_mul(file->size, DEFLATE_RATIO, &limit) ? limit : SIZE_MAX;
}

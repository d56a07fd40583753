#include "store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "store/journal_format.h"

struct Journal {
    int descriptor;
    char *path;      /* owned */
    uint64_t length; /* whole records */
    bool unsynced;
    bool overhang;       /* bytes of a failed append may lie behind `length` */
    bool lost;           /* a sync failed: what was appended since the last good one may be gone */
    ByteWriter gathered; /* heads and records for the next write */
    size_t longest;      /* of these records */
};

/* Write at a place of the file; *written tells how far it came. */
static Status write_at(int descriptor, const uint8_t *data, size_t length, uint64_t offset,
                       const char *path) {
    while (length > 0) {
        ssize_t written = pwrite(descriptor, data, length, (off_t)offset);
        if (written > 0) {
            data += written;
            offset += (uint64_t)written;
            length -= (size_t)written;
        } else if (written == 0 || errno != EINTR) {
            return status_fail_errno(STATUS_ENVIRONMENT, "cannot append to the journal %s", path);
        }
    }
    return STATUS_OK;
}

static Status cut(int descriptor, uint64_t length, const char *path) {
    while (ftruncate(descriptor, (off_t)length) != 0) {
        if (errno != EINTR) {
            return status_fail_errno(STATUS_ENVIRONMENT, "cannot cut the journal %s to %llu bytes", path,
                                     (unsigned long long)length);
        }
    }
    return STATUS_OK;
}

static Status sync_all(int descriptor, const char *path) {
    while (fsync(descriptor) != 0) {
        if (errno != EINTR) return status_fail_errno(STATUS_ENVIRONMENT, "cannot sync the journal %s", path);
    }
    return STATUS_OK;
}

static Status journal_new(Journal **out, int descriptor, const char *path, uint64_t length) {
    Journal *journal = NULL;
    TRY(memory_new(&journal, 1, sizeof(*journal)));
    journal->descriptor = -1;
    Status status = memory_text(&journal->path, path);
    if (status != STATUS_OK) {
        free(journal);
        return status;
    }
    journal->descriptor = descriptor;
    journal->length = length;
    *out = journal;
    return STATUS_OK;
}

static Status write_magic(int descriptor, const char *path) {
    TRY(write_at(descriptor, (const uint8_t *)JOURNAL_MAGIC, JOURNAL_MAGIC_SIZE, 0, path));
    TRY(sync_all(descriptor, path));
    return file_sync_folder_of(path);
}

static Status refuse_first(void *context, Record *record) {
    (void)context;
    record_release(record);
    return status_fail(STATUS_ENVIRONMENT, "the journal has records");
}

/* A journal that was killed as it was made. */
static bool has_no_record(const char *path) {
    JournalReading reading;
    return journal_read(path, UINT64_MAX, refuse_first, NULL, &reading) == STATUS_OK &&
           reading.damaged_at == UINT64_MAX;
}

Status journal_create(Journal **out, const char *path) {
    *out = NULL;
    if (has_no_record(path)) (void)unlink(path);
    int descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0) return status_fail_errno(STATUS_ENVIRONMENT, "cannot make the journal %s", path);
    Status status = write_magic(descriptor, path);
    if (status == STATUS_OK) status = journal_new(out, descriptor, path, JOURNAL_MAGIC_SIZE);
    if (status != STATUS_OK) {
        close(descriptor);
        (void)unlink(path);
    }
    return status;
}

static Status prepare(int descriptor, const char *path, uint64_t *good_length) {
    off_t end = lseek(descriptor, 0, SEEK_END);
    if (end < 0) return status_fail_errno(STATUS_ENVIRONMENT, "cannot read the journal %s", path);
    if ((uint64_t)end < *good_length) {
        return status_fail(STATUS_ENVIRONMENT, "the journal %s has %llu bytes where %llu were read before",
                           path, (unsigned long long)end, (unsigned long long)*good_length);
    }
    if (*good_length < JOURNAL_MAGIC_SIZE) {
        TRY(cut(descriptor, 0, path));
        *good_length = JOURNAL_MAGIC_SIZE;
        return write_magic(descriptor, path);
    }
    TRY(cut(descriptor, *good_length, path));
    return sync_all(descriptor, path);
}

Status journal_open(Journal **out, const char *path, uint64_t good_length) {
    *out = NULL;
    int descriptor = open(path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return status_fail_errno(STATUS_ENVIRONMENT, "cannot open the journal %s", path);
    Status status = prepare(descriptor, path, &good_length);
    if (status == STATUS_OK) status = journal_new(out, descriptor, path, good_length);
    if (status != STATUS_OK) close(descriptor);
    return status;
}

static Status refuse_lost(const Journal *journal) {
    return status_fail(STATUS_ENVIRONMENT,
                       "the journal %s could not be synced before; what it holds on disk is not known",
                       journal->path);
}

/* Room for the head of a record behind what is gathered; where that is. */
static size_t record_begin(Journal *journal) {
    size_t head = journal->gathered.length;
    bytes_put_u64(&journal->gathered, 0);
    return head;
}

/* Fill in its head, once its bytes are there. */
static void record_seal(Journal *journal, size_t head) {
    ByteWriter *w = &journal->gathered;
    if (w->failed) return;
    size_t length = w->length - head - JOURNAL_HEAD_SIZE;
    if (length > journal->longest) journal->longest = length;
    for (size_t i = 0; i < 4; i++)
        w->data[head + i] = (uint8_t)(length >> 8 * i);
    uint32_t sum = journal_sum(w->data + head, w->data + head + JOURNAL_HEAD_SIZE, length);
    for (size_t i = 0; i < 4; i++)
        w->data[head + 4 + i] = (uint8_t)(sum >> 8 * i);
}

static Status write_gathered(Journal *journal) {
    const ByteWriter *w = &journal->gathered;
    if (journal->lost) return refuse_lost(journal);
    TRY(bytes_writer_status(w));
    if (journal->longest > UINT32_MAX) {
        return status_fail(STATUS_ENVIRONMENT, "a record of %zu bytes does not fit into the journal %s",
                           journal->longest, journal->path);
    }
    if (w->length == 0) return STATUS_OK;
    if (journal->overhang) {
        TRY(cut(journal->descriptor, journal->length, journal->path));
        journal->overhang = false;
    }
    Status status = write_at(journal->descriptor, w->data, w->length, journal->length, journal->path);
    if (status != STATUS_OK) {
        /* Cut back at once; where even that fails, before the next append. */
        journal->overhang = ftruncate(journal->descriptor, (off_t)journal->length) != 0;
        return status;
    }
    journal->length += w->length;
    journal->unsynced = true;
    return STATUS_OK;
}

Status journal_append_gathered(Journal *journal) {
    Status status = write_gathered(journal);
    bytes_writer_reset(&journal->gathered);
    journal->longest = 0;
    return status;
}

void journal_gather(Journal *journal, const void *bytes, size_t length) {
    size_t head = record_begin(journal);
    bytes_put_raw(&journal->gathered, bytes, length);
    record_seal(journal, head);
}

Status journal_append(Journal *journal, const Record *record) {
    size_t head = record_begin(journal);
    record_encode(record, &journal->gathered);
    record_seal(journal, head);
    return journal_append_gathered(journal);
}

/* Is the file still the one of its name? Else nobody will find what goes into it. */
static bool is_in_place(const Journal *journal) {
    struct stat open_file, named;
    return fstat(journal->descriptor, &open_file) == 0 && stat(journal->path, &named) == 0 &&
           open_file.st_nlink > 0 && open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
}

Status journal_sync(Journal *journal) {
    if (journal->lost) return refuse_lost(journal);
    if (!journal->unsynced) return STATUS_OK;
    while (fdatasync(journal->descriptor) != 0) {
        if (errno == EINTR) continue;
        /* The kernel may have dropped the pages: a second call would succeed and prove nothing. */
        journal->lost = true;
        return status_fail_errno(STATUS_ENVIRONMENT, "cannot sync the journal %s", journal->path);
    }
    if (!is_in_place(journal)) {
        journal->lost = true;
        return status_fail(STATUS_ENVIRONMENT,
                           "the journal %s was removed or renamed while the campaign ran; what was not "
                           "yet recorded is lost",
                           journal->path);
    }
    journal->unsynced = false;
    return STATUS_OK;
}

uint64_t journal_length(const Journal *journal) {
    return journal->length;
}

void journal_close(Journal **journal) {
    if (*journal == NULL) return;
    close((*journal)->descriptor);
    bytes_writer_release(&(*journal)->gathered);
    free((*journal)->path);
    free(*journal);
    *journal = NULL;
}

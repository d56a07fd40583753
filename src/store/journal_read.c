#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "store/journal.h"
#include "store/journal_format.h"

#define WINDOW ((size_t)1 << 20)        /* bytes read at once */
#define SEARCH_LENGTH ((size_t)1 << 16) /* longest record looked for behind damage */

/* A window on the file that moves forward. */
typedef struct Reader {
    int descriptor;
    const char *path;
    uint64_t end;  /* bytes that count */
    uint8_t *data; /* owned [capacity]: bytes [start, start + filled) of the file */
    size_t capacity, filled;
    uint64_t start;
} Reader;

typedef enum Found {
    FOUND_WHOLE,
    FOUND_WRONG,  /* its end lies within the file, its sum is wrong */
    FOUND_BEYOND, /* no room for it before the end, or a length that no record has */
} Found;

static uint32_t get_u32(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static Status fill(Reader *r, uint64_t offset, size_t length) {
    size_t wanted = length > WINDOW ? length : WINDOW;
    if (wanted > r->end - offset) wanted = (size_t)(r->end - offset);
    TRY(memory_grow(&r->data, &r->capacity, wanted, 1));
    r->start = offset;
    r->filled = 0;
    while (r->filled < wanted) {
        ssize_t got =
            pread(r->descriptor, r->data + r->filled, wanted - r->filled, (off_t)(offset + r->filled));
        if (got > 0) {
            r->filled += (size_t)got;
        } else if (got == 0) {
            r->end = offset + r->filled; /* its writer has cut it meanwhile */
            return STATUS_OK;
        } else if (errno != EINTR) {
            return status_fail_errno(STATUS_ENVIRONMENT, "cannot read the journal %s", r->path);
        }
    }
    return STATUS_OK;
}

/* Bytes [offset, offset + length) in *at, valid until the next call; NULL where the file ends before. */
static Status reader_at(Reader *r, uint64_t offset, size_t length, const uint8_t **at) {
    *at = NULL;
    if (offset > r->end || length > r->end - offset) return STATUS_OK;
    if (offset < r->start || offset + length > r->start + r->filled) {
        TRY(fill(r, offset, length));
        if (length > r->filled) return STATUS_OK;
    }
    *at = r->data + (offset - r->start);
    return STATUS_OK;
}

/* What begins at `offset`? `data` (of a whole record) is valid until the next call. */
static Status look(Reader *r, uint64_t offset, size_t longest, Found *found, const uint8_t **data,
                   size_t *length) {
    *found = FOUND_BEYOND;
    const uint8_t *head = NULL;
    TRY(reader_at(r, offset, JOURNAL_HEAD_SIZE, &head));
    if (head == NULL) return STATUS_OK;
    *length = get_u32(head);
    if (*length == 0 || *length > longest) return STATUS_OK;
    TRY(reader_at(r, offset, JOURNAL_HEAD_SIZE + *length, &head));
    if (head == NULL) return STATUS_OK;
    *data = head + JOURNAL_HEAD_SIZE;
    *found = journal_sum(head, *data, *length) == get_u32(head + 4) ? FOUND_WHOLE : FOUND_WRONG;
    return STATUS_OK;
}

/* Is there a whole record anywhere behind the bad one at `bad`? Its length field may be what is wrong, so
 * that every byte may begin the next one. */
static Status more_follows(Reader *r, uint64_t bad, Found kind, size_t length, bool *more) {
    Found found = FOUND_BEYOND;
    const uint8_t *data = NULL;
    size_t found_length = 0;
    if (kind == FOUND_WRONG) {
        uint64_t next = bad + JOURNAL_HEAD_SIZE + length;
        TRY(look(r, next, UINT32_MAX, &found, &data, &found_length));
    }
    for (uint64_t at = bad + 1; found != FOUND_WHOLE && at + JOURNAL_HEAD_SIZE < r->end; at++) {
        TRY(look(r, at, SEARCH_LENGTH, &found, &data, &found_length));
    }
    *more = found == FOUND_WHOLE;
    return STATUS_OK;
}

/* Before decoding, which another version's record need not survive. */
static Status check_version(const Reader *r, const uint8_t *data, size_t length) {
    if (length < 5 || data[0] != RECORD_CAMPAIGN) return STATUS_OK;
    uint32_t version = get_u32(data + 1);
    if (version == JOURNAL_FORMAT_VERSION) return STATUS_OK;
    return status_fail(STATUS_ENVIRONMENT,
                       "the journal %s is of format version %u; this winnow reads version %d", r->path,
                       version, JOURNAL_FORMAT_VERSION);
}

static Status read_records(Reader *r, JournalVisitor visit, void *context, JournalReading *reading) {
    while (reading->good_length < r->end) {
        Found found = FOUND_BEYOND;
        const uint8_t *data = NULL;
        size_t length = 0;
        TRY(look(r, reading->good_length, UINT32_MAX, &found, &data, &length));
        if (found != FOUND_WHOLE) {
            bool more = false;
            TRY(more_follows(r, reading->good_length, found, length, &more));
            if (more) reading->damaged_at = reading->good_length;
            return STATUS_OK;
        }
        if (reading->records == 0) TRY(check_version(r, data, length));
        Record record = {0};
        Status status = record_decode(&record, data, length);
        if (status == STATUS_INPUT) {
            reading->damaged_at = reading->good_length;
            return STATUS_OK;
        }
        if (status == STATUS_OK) status = visit(context, &record);
        if (status != STATUS_OK) {
            return status_within(status, "record %llu of the journal %s",
                                 (unsigned long long)reading->records + 1, r->path);
        }
        reading->records++;
        reading->good_length += JOURNAL_HEAD_SIZE + length;
    }
    return STATUS_OK;
}

static Status check_magic(Reader *r, bool *whole) {
    const uint8_t *magic = NULL;
    size_t length = r->end < JOURNAL_MAGIC_SIZE ? (size_t)r->end : JOURNAL_MAGIC_SIZE;
    TRY(reader_at(r, 0, length, &magic));
    *whole = length == JOURNAL_MAGIC_SIZE;
    if (magic == NULL || memcmp(magic, JOURNAL_MAGIC, length) == 0) return STATUS_OK;
    if (*whole && memcmp(magic, JOURNAL_MAGIC, JOURNAL_MARK_AT) == 0 && magic[JOURNAL_MARK_AT] == 0xFE &&
        magic[JOURNAL_MARK_AT + 1] == 0xFF) {
        return status_fail(STATUS_ENVIRONMENT,
                           "the journal %s is of another byte order; continue it on the kind of "
                           "machine that wrote it",
                           r->path);
    }
    return status_fail(STATUS_ENVIRONMENT, "%s is not a winnow journal", r->path);
}

static Status read_open(Reader *r, uint64_t limit, JournalVisitor visit, void *context,
                        JournalReading *reading) {
    struct stat about;
    if (fstat(r->descriptor, &about) != 0) {
        return status_fail_errno(STATUS_ENVIRONMENT, "cannot read the journal %s", r->path);
    }
    if (!S_ISREG(about.st_mode))
        return status_fail(STATUS_ENVIRONMENT, "%s is not a winnow journal", r->path);
    reading->file_length = (uint64_t)about.st_size;
    r->end = reading->file_length < limit ? reading->file_length : limit;
    bool whole = false;
    TRY(check_magic(r, &whole));
    if (!whole) return STATUS_OK; /* killed while it was made: nothing was in it yet */
    reading->good_length = JOURNAL_MAGIC_SIZE;
    return read_records(r, visit, context, reading);
}

Status journal_read(const char *path, uint64_t limit, JournalVisitor visit, void *context,
                    JournalReading *reading) {
    *reading = (JournalReading){.damaged_at = UINT64_MAX};
    Reader r = {.path = path, .descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (r.descriptor < 0) return status_fail_errno(STATUS_ENVIRONMENT, "cannot open the journal %s", path);
    Status status = read_open(&r, limit, visit, context, reading);
    close(r.descriptor);
    free(r.data);
    return status;
}

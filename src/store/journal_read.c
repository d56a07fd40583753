#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/journal.h"
#include "store/journal_format.h"
#include "store/journal_search.h"
#include "store/journal_window.h"

typedef struct Reader {
    JournalWindow window;
    JournalSearch search;
    bool searching; /* `search` has begun */
    JournalVisitor visit;
    void *context;
    JournalReading *found;
    uint64_t damage_end; /* of the newest bad place */
} Reader;

/* The whole record at `offset`, valid until the window moves; NULL where there is none. */
static Status whole_at(Reader *r, uint64_t offset, const uint8_t **data, size_t *length) {
    const uint8_t *head = NULL;
    *data = NULL;
    TRY(window_at(&r->window, offset, JOURNAL_HEAD_SIZE, &head));
    if (head == NULL) return STATUS_OK;
    *length = journal_u32(head);
    if (*length == 0) return STATUS_OK;
    TRY(window_at(&r->window, offset, JOURNAL_HEAD_SIZE + *length, &head));
    if (head == NULL) return STATUS_OK;
    if (journal_sum(head, head + JOURNAL_HEAD_SIZE, *length) == journal_u32(head + 4))
        *data = head + JOURNAL_HEAD_SIZE;
    return STATUS_OK;
}

static void note_damage(Reader *r, uint64_t begin, uint64_t end) {
    JournalReading *found = r->found;
    if (found->damaged_at == UINT64_MAX) found->damaged_at = begin;
    if (found->damage_count == 0 || begin != r->damage_end) found->damage_count++;
    found->lost_bytes += end - begin;
    r->damage_end = end;
}

static void note_good(const Reader *r, uint64_t end) {
    r->found->records++;
    if (r->found->damaged_at == UINT64_MAX)
        r->found->good_length = end;
    else
        r->found->kept_after++;
}

/* Before decoding, which another version's record need not survive. */
static Status check_version(const Reader *r, const uint8_t *data, size_t length) {
    if (length < 5 || data[0] != RECORD_CAMPAIGN) return STATUS_OK;
    uint32_t version = journal_u32(data + 1);
    if (version >= JOURNAL_OLDEST_VERSION && version <= JOURNAL_FORMAT_VERSION) return STATUS_OK;
    return status_fail(
        STATUS_ENVIRONMENT,
        "the journal %s is of format version %u; this winnow reads versions %d to %d: let the one that "
        "began it go on with it, or begin anew with winnow run --fresh",
        r->window.path, version, JOURNAL_OLDEST_VERSION, JOURNAL_FORMAT_VERSION);
}

static Status take(Reader *r, uint64_t offset, const uint8_t *data, size_t length) {
    uint64_t end = offset + JOURNAL_HEAD_SIZE + length;
    if (r->found->records == 0) TRY(check_version(r, data, length));
    Record record;
    Status status = record_decode(&record, data, length);
    if (status == STATUS_OK) {
        status = r->visit(r->context, &record);
        if (status == STATUS_INPUT) r->found->refused++;
    }
    if (status == STATUS_INPUT) {
        note_damage(r, offset, end);
        status_clear();
        return STATUS_OK;
    }
    if (status != STATUS_OK) {
        return status_within(status, "record %llu of the journal %s",
                             (unsigned long long)r->found->records + 1, r->window.path);
    }
    note_good(r, end);
    return STATUS_OK;
}

static Status search_from(Reader *r, uint64_t from, uint64_t *at, bool *more) {
    if (!r->searching) journal_search_begin(&r->search, &r->window);
    r->searching = true;
    return journal_search(&r->search, from, at, more);
}

static Status read_records(Reader *r, uint64_t offset) {
    while (offset < r->window.end) {
        const uint8_t *data = NULL;
        size_t length = 0;
        TRY(whole_at(r, offset, &data, &length));
        if (data != NULL) {
            TRY(take(r, offset, data, length));
            offset += JOURNAL_HEAD_SIZE + length;
        } else {
            uint64_t next = 0;
            bool more = false;
            TRY(search_from(r, offset + 1, &next, &more));
            if (!more) return STATUS_OK; /* a torn tail */
            note_damage(r, offset, next);
            offset = next;
        }
    }
    return STATUS_OK;
}

static Status refuse_foreign(const Reader *r, bool regular) {
    r->found->foreign = regular;
    return status_fail(STATUS_ENVIRONMENT, "%s is not a winnow journal", r->window.path);
}

/* Bytes that are no magic: those of another machine's journal, or of none, or damaged ones. */
static Status read_behind_magic(Reader *r, const uint8_t *magic) {
    if (memcmp(magic, JOURNAL_MAGIC, JOURNAL_MARK_AT) == 0 && magic[JOURNAL_MARK_AT] == 0xFE &&
        magic[JOURNAL_MARK_AT + 1] == 0xFF) {
        return status_fail(STATUS_ENVIRONMENT,
                           "the journal %s is of another byte order; continue it on the kind of "
                           "machine that wrote it",
                           r->window.path);
    }
    uint64_t first = 0;
    bool any = false;
    TRY(search_from(r, 0, &first, &any));
    if (!any) return refuse_foreign(r, true);
    note_damage(r, 0, first);
    return read_records(r, first);
}

static Status read_open(Reader *r, uint64_t limit) {
    JournalWindow *w = &r->window;
    struct stat about;
    if (fstat(w->descriptor, &about) != 0)
        return status_fail_errno(STATUS_ENVIRONMENT, "cannot read the journal %s", w->path);
    if (!S_ISREG(about.st_mode)) return refuse_foreign(r, false);
    r->found->device = about.st_dev;
    r->found->inode = about.st_ino;
    r->found->file_length = (uint64_t)about.st_size;
    w->end = r->found->file_length < limit ? r->found->file_length : limit;
    const uint8_t *magic = NULL;
    size_t length = w->end < JOURNAL_MAGIC_SIZE ? (size_t)w->end : JOURNAL_MAGIC_SIZE;
    TRY(window_at(w, 0, length, &magic));
    if (magic == NULL || length == 0) return STATUS_OK;
    bool same = memcmp(magic, JOURNAL_MAGIC, length) == 0;
    if (length < JOURNAL_MAGIC_SIZE) return same ? STATUS_OK : refuse_foreign(r, true);
    if (!same) return read_behind_magic(r, magic);
    r->found->good_length = JOURNAL_MAGIC_SIZE;
    return read_records(r, JOURNAL_MAGIC_SIZE);
}

/* Behind what was read before. */
static Status read_appended(Reader *r, bool *fits) {
    JournalWindow *w = &r->window;
    struct stat about;
    if (fstat(w->descriptor, &about) != 0)
        return status_fail_errno(STATUS_ENVIRONMENT, "cannot read the journal %s", w->path);
    JournalReading *found = r->found;
    *fits = about.st_dev == found->device && about.st_ino == found->inode &&
            (uint64_t)about.st_size >= found->good_length && found->good_length >= JOURNAL_MAGIC_SIZE;
    if (!*fits) return STATUS_OK;
    w->end = found->file_length = (uint64_t)about.st_size;
    return read_records(r, found->good_length);
}

static Status reader_open(Reader *r, const char *path, JournalVisitor visit, void *context,
                          JournalReading *reading) {
    *r = (Reader){.window = {.path = path, .descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)},
                  .visit = visit,
                  .context = context,
                  .found = reading};
    if (r->window.descriptor >= 0) return STATUS_OK;
    return status_fail_errno(STATUS_ENVIRONMENT, "cannot open the journal %s", path);
}

static void reader_close(Reader *r) {
    close(r->window.descriptor);
    window_release(&r->window);
    journal_search_release(&r->search);
}

Status journal_read(const char *path, uint64_t limit, JournalVisitor visit, void *context,
                    JournalReading *reading) {
    *reading = (JournalReading){.damaged_at = UINT64_MAX};
    Reader r;
    TRY(reader_open(&r, path, visit, context, reading));
    Status status = read_open(&r, limit);
    reader_close(&r);
    return status;
}

Status journal_read_on(const char *path, JournalVisitor visit, void *context, JournalReading *reading,
                       bool *fits) {
    *fits = false;
    Reader r;
    TRY(reader_open(&r, path, visit, context, reading));
    Status status = read_appended(&r, fits);
    reader_close(&r);
    return status;
}

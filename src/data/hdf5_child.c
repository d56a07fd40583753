/* HDF5 files are read in a process of their own, which sends what it finds through a pipe: of a damaged file
 * HDF5 1.10 can crash, never end, or ask for all memory there is. The process ends before any training
 * begins; MPI is idle meanwhile, so that no page that it has registered is written to beside the child. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "data/hdf5_source.h"

/* What reading so many bytes may take: of computing, many times what gzip needs; of memory, what gzip can
 * expand them to. */
#define SECONDS_OF(bytes) (20 + (bytes) / 10000000)
#define MEMORY_OF(bytes) (((rlim_t)1 << 30) + 1100 * (bytes))
#define PIPE_SIZE (1 << 20) /* asked for; a smaller one serves as well */
#define TEXT_SIZE 4096      /* of an error */

/* What goes before every piece. Like Found it has no holes, whose bytes nobody would set. */
typedef struct Piece {
    uint64_t status; /* Status; where it is not STATUS_OK, the piece is its text and the last one */
    uint64_t length; /* bytes that follow */
} Piece;

typedef struct Found {
    size_t type; /* ValueType */
    Shape shape;
    size_t classes, names_length;
    size_t rows[SET_COUNT];
} Found;

/* ---- the child ---- */

static Status send_piece(int out, Status status, const void *data, size_t length) {
    Piece piece = {.status = (uint64_t)status, .length = length};
    TRY(file_write_all(out, &piece, sizeof piece, "pipe"));
    return file_write_all(out, data, length, "pipe");
}

/* From now on it may compute for so long. */
static void allow_seconds(rlim_t seconds) {
    struct rusage used;
    struct rlimit limit;
    if (getrusage(RUSAGE_SELF, &used) != 0 || getrlimit(RLIMIT_CPU, &limit) != 0) return;
    limit.rlim_cur = (rlim_t)used.ru_utime.tv_sec + (rlim_t)used.ru_stime.tv_sec + seconds;
    if (limit.rlim_cur < limit.rlim_max)
        (void)setrlimit(RLIMIT_CPU, &limit); /* no limit is the largest number */
}

/* It may take so much memory, beside what it has. */
static void allow_memory(rlim_t bytes) {
    FILE *sizes = fopen("/proc/self/statm", "re");
    unsigned long long pages = 0;
    struct rlimit limit;
    if (sizes == NULL) return;
    bool known = fscanf(sizes, "%*u %*u %*u %*u %*u %llu", &pages) == 1;
    (void)fclose(sizes);
    if (!known || getrlimit(RLIMIT_DATA, &limit) != 0) return;
    limit.rlim_cur = pages * (rlim_t)sysconf(_SC_PAGESIZE) + bytes;
    if (limit.rlim_cur < limit.rlim_max) (void)setrlimit(RLIMIT_DATA, &limit);
}

static rlim_t file_size(const char *path) {
    struct stat about;
    return path != NULL && stat(path, &about) == 0 ? (rlim_t)about.st_size : 0;
}

static Status send_about(int out, const DataSource *source) {
    Found found = {.type = (size_t)source->type,
                   .shape = source->shape,
                   .classes = source->classes,
                   .names_length = source->names_length};
    memcpy(found.rows, source->rows, sizeof found.rows);
    TRY(send_piece(out, STATUS_OK, &found, sizeof found));
    TRY(send_piece(out, STATUS_OK, source->names, source->names_length));
    for (size_t set = 0; set < SET_COUNT; set++)
        TRY(send_piece(out, STATUS_OK, source->labels[set], source->rows[set] * sizeof(uint16_t)));
    return STATUS_OK;
}

static size_t row_bytes(const DataSource *source) {
    size_t values = source->shape.height * source->shape.width * source->shape.channels;
    return values * (source->type == VALUE_U8 ? sizeof(uint8_t) : sizeof(float));
}

static Status send_set(int out, const DataSource *source, size_t set) {
    size_t rows = source->rows[set], step = hdf5_source_step(source, set);
    void *values;
    TRY(memory_new(&values, step, row_bytes(source)));
    Status status = STATUS_OK;
    for (size_t first = 0; first < rows && status == STATUS_OK; first += step) {
        size_t count = rows - first < step ? rows - first : step;
        allow_seconds(SECONDS_OF(count * row_bytes(source)));
        status = hdf5_source_rows(source, set, first, count, values);
        if (status == STATUS_OK) status = send_piece(out, STATUS_OK, values, count * row_bytes(source));
    }
    free(values);
    return status;
}

static Status send_all(int out, const DataSpec *spec) {
    DataSource source = {0};
    rlim_t bytes = file_size(spec->train_hdf5.file) + file_size(spec->test_hdf5.file);
    allow_seconds(SECONDS_OF(bytes));
    allow_memory(MEMORY_OF(bytes));
    Status status = hdf5_source_open_here(&source, spec);
    if (status == STATUS_OK) status = send_about(out, &source);
    for (size_t set = 0; set < SET_COUNT && status == STATUS_OK; set++) {
        if (source.rows[set] > 0) status = send_set(out, &source, set);
    }
    data_source_close(&source);
    return status;
}

static _Noreturn void be_child(int out, const DataSpec *spec, pid_t parent) {
    struct rlimit no_core = {0};
    (void)setrlimit(RLIMIT_CORE, &no_core);
    (void)signal(SIGXCPU, SIG_DFL);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0) {
        (void)dup2(nowhere, STDOUT_FILENO); /* what it says when it dies is nobody's business */
        (void)dup2(nowhere, STDERR_FILENO);
    }
    Status status = send_all(out, spec);
    if (status == STATUS_OK) _exit(0);
    const char *text = status_text();
    size_t length = strnlen(text, TEXT_SIZE - 1);
    _exit(send_piece(out, status, text, length) == STATUS_OK ? 0 : 1);
}

/* ---- the parent ---- */

typedef struct Hdf5Child {
    pid_t process; /* 0 once it has been waited for */
    int in;
    const DataSpec *spec; /* borrowed */
} Hdf5Child;

/* It has sent less than it should. */
static Status ended_early(Hdf5Child *child) {
    int end = 0;
    pid_t waited;
    while ((waited = waitpid(child->process, &end, 0)) < 0 && errno == EINTR)
        continue;
    child->process = 0;
    const char *train = child->spec->train_hdf5.file, *test = child->spec->test_hdf5.file;
    bool two = test != NULL && strcmp(train, test) != 0;
    int killer = waited > 0 && WIFSIGNALED(end) ? WTERMSIG(end) : 0;
    if (killer == SIGKILL || killer == SIGTERM) {
        return status_fail(STATUS_ENVIRONMENT,
                           "%s%s%s: the process that read it was killed; did the memory run out?", train,
                           two ? " or " : "", two ? test : "");
    }
    return status_fail(STATUS_INPUT, "%s%s%s: it is damaged: HDF5 %s on reading it; restore a copy", train,
                       two ? " or " : "", two ? test : "", killer == SIGXCPU ? "never ends" : "crashes");
}

static Status receive(Hdf5Child *child, void *out, size_t length) {
    unsigned char *next = out;
    while (length > 0) {
        TRY(data_check_stop(child->spec->train_hdf5.file));
        ssize_t got = read(child->in, next, length);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return ended_early(child);
        next += got;
        length -= (size_t)got;
    }
    return STATUS_OK;
}

/* The next piece, of at most `room` bytes; the child's error becomes the parent's. */
static Status receive_piece(Hdf5Child *child, void *out, size_t room, size_t *length) {
    Piece piece;
    TRY(receive(child, &piece, sizeof piece));
    if (piece.status != STATUS_OK) {
        char text[TEXT_SIZE] = "";
        if (piece.length >= TEXT_SIZE) return ended_early(child);
        TRY(receive(child, text, piece.length));
        return status_restore((Status)piece.status, text);
    }
    if (piece.length > room) return status_fail(STATUS_ENVIRONMENT, "a piece of data is too long");
    *length = piece.length;
    return receive(child, out, piece.length);
}

static Status receive_whole(Hdf5Child *child, void *out, size_t length) {
    size_t got = 0;
    TRY(receive_piece(child, out, length, &got));
    return got == length ? STATUS_OK : status_fail(STATUS_ENVIRONMENT, "a piece of data is too short");
}

static Status receive_about(DataSource *source) {
    Hdf5Child *child = source->state;
    Found found = {0};
    TRY(receive_whole(child, &found, sizeof found));
    source->type = (ValueType)found.type;
    source->shape = found.shape;
    source->classes = found.classes;
    source->names_length = found.names_length;
    memcpy(source->rows, found.rows, sizeof found.rows);
    TRY(memory_new(&source->names, source->names_length, 1));
    TRY(receive_whole(child, source->names, source->names_length));
    for (size_t set = 0; set < SET_COUNT; set++) {
        TRY(memory_new(&source->labels[set], source->rows[set], sizeof(uint16_t)));
        TRY(receive_whole(child, source->labels[set], source->rows[set] * sizeof(uint16_t)));
    }
    return STATUS_OK;
}

static Status read_values(DataSource *source, size_t set, void *values) {
    unsigned char *next = values;
    size_t left = source->rows[set] * row_bytes(source);
    while (left > 0) {
        size_t got = 0;
        TRY(receive_piece(source->state, next, left, &got));
        next += got;
        left -= got;
    }
    return STATUS_OK;
}

static void close_child(void *pointer) {
    Hdf5Child *child = pointer;
    (void)close(child->in);
    if (child->process > 0) (void)kill(child->process, SIGKILL);
    while (child->process > 0 && waitpid(child->process, NULL, 0) < 0 && errno == EINTR)
        continue;
    free(child);
}

static Status start(DataSource *source, const DataSpec *spec) {
    Hdf5Child *child;
    int ends[2];
    TRY(memory_new(&child, 1, sizeof *child));
    Status status = STATUS_OK;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        status = status_fail_errno(STATUS_ENVIRONMENT, "cannot make a pipe to read HDF5 data");
        free(child);
        return status;
    }
    (void)fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE);
    *child = (Hdf5Child){.in = ends[0], .spec = spec};
    source->state = child;
    source->close = close_child;
    pid_t parent = getpid();
    child->process = fork();
    if (child->process == 0) {
        (void)close(ends[0]);
        be_child(ends[1], spec, parent);
    }
    if (child->process < 0)
        status = status_fail_errno(STATUS_ENVIRONMENT, "cannot start a process to read HDF5 data");
    (void)close(ends[1]);
    return status;
}

Status hdf5_source_open(DataSource *source, const DataSpec *spec) {
    const Hdf5Part *parts[SET_COUNT] = {&spec->train_hdf5, &spec->test_hdf5};
    for (size_t set = 0; set < SET_COUNT; set++) {
        const Hdf5Part *part = parts[set];
        bool wanted = set == SET_TRAIN || part->file != NULL;
        bool labelled = part->labels != NULL || spec->unlabelled;
        if (wanted && (part->file == NULL || part->images == NULL || !labelled)) {
            return status_fail(STATUS_INPUT,
                               "data of format hdf5 need a file and the paths of its images and labels");
        }
    }
    source->name = spec->train_hdf5.file;
    source->read_values = read_values;
    TRY(start(source, spec));
    return receive_about(source);
}

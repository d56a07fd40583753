#include "data/node_segment.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scratch.h"
#include "suite.h"

#define SIZE ((size_t)300000)

static unsigned char *pattern(void) {
    unsigned char *bytes = malloc(SIZE);
    if (bytes == NULL) exit(1);
    for (size_t i = 0; i < SIZE; i++) {
        bytes[i] = (unsigned char)(i * 7 + i / 256);
    }
    return bytes;
}

/* Run in a child; its exit code. */
static int in_child(int (*run)(const NodeSegment *), const NodeSegment *segment) {
    pid_t child = fork();
    if (child == 0) _exit(run(segment));
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int attach_and_compare(const NodeSegment *made) {
    NodeSegment segment;
    if (node_segment_attach(&segment, made->name, made->length) != STATUS_OK) return 1;
    if (segment.length != made->length || segment.data == made->data) return 2;
    int result = memcmp(segment.data, made->data, made->length) == 0 ? 0 : 3;
    node_segment_detach(&segment);
    return result;
}

static int write_to_it(const NodeSegment *made) {
    NodeSegment segment;
    if (node_segment_attach(&segment, made->name, made->length) != STATUS_OK) return 1;
    signal(SIGSEGV, SIG_DFL); /* a sanitizer would report instead of dying */
    volatile unsigned char *writable;
    memcpy(&writable, &segment.data, sizeof segment.data);
    *writable = 1;
    return 0;
}

static void check_segment(NodeSegment *segment, const unsigned char *bytes) {
    CU_ASSERT_EQUAL_FATAL(segment->length, SIZE);
    CU_ASSERT_EQUAL(memcmp(segment->data, bytes, SIZE), 0);
    CU_ASSERT_EQUAL(in_child(attach_and_compare, segment), 0);
    CU_ASSERT_EQUAL(in_child(write_to_it, segment), 128 + SIGSEGV);
    char name[NODE_SEGMENT_NAME_SIZE];
    memcpy(name, segment->name, sizeof name);
    struct stat about;
    CU_ASSERT_EQUAL(stat(name, &about), 0);
    CU_ASSERT_EQUAL(about.st_mode & 0777, 0600);
    node_segment_unlink(segment);
    CU_ASSERT(stat(name, &about) != 0 && errno == ENOENT);
    CU_ASSERT_EQUAL(memcmp(segment->data, bytes, SIZE), 0);
    node_segment_unlink(segment);
    node_segment_detach(segment);
    CU_ASSERT_PTR_NULL(segment->data);
    node_segment_detach(segment);
}

static void a_segment_is_shared_and_read_only(void) {
    unsigned char *bytes = pattern();
    NodeSegment segment;
    NodeSegment second;
    CU_ASSERT_EQUAL_FATAL(node_segment_create(&segment, bytes, SIZE), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(node_segment_create(&second, bytes, SIZE), STATUS_OK);
    CU_ASSERT_STRING_NOT_EQUAL(segment.name, second.name);
    check_segment(&segment, bytes);
    check_segment(&second, bytes);
    free(bytes);
}

static void a_file_serves_as_well(void) {
    unsigned char *bytes = pattern();
    NodeSegment segment;
    CU_ASSERT_EQUAL_FATAL(node_segment_create_in_folder(&segment, ".", bytes, SIZE), STATUS_OK);
    CU_ASSERT_EQUAL(strncmp(segment.name, "./winnow-", 9), 0);
    check_segment(&segment, bytes);
    free(bytes);
}

static void attaching_checks_name_and_length(void) {
    unsigned char *bytes = pattern();
    NodeSegment made;
    NodeSegment segment;
    CU_ASSERT_EQUAL_FATAL(node_segment_create(&made, bytes, SIZE), STATUS_OK);
    CU_ASSERT_EQUAL(node_segment_attach(&segment, made.name, SIZE + 1), STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "it has 300000 bytes, but 300001 are expected"));
    CU_ASSERT_PTR_NULL(segment.data);
    node_segment_unlink(&made);
    node_segment_detach(&made);
    CU_ASSERT_EQUAL(node_segment_attach(&segment, "/dev/shm/winnow-none", SIZE), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(node_segment_attach(&segment, "/dev/shm", SIZE), STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NULL(segment.data);
    free(bytes);
}

/* In a child: no file may grow beyond 1000 bytes, so neither place has room; nothing is left behind in
 * $TMPDIR. */
static int create_without_room(const NodeSegment *unused) {
    (void)unused;
    struct rlimit limit = {1000, 1000};
    signal(SIGXFSZ, SIG_IGN);
    mkdir("empty-folder", 0700);
    setenv("TMPDIR", "empty-folder", 1);
    unsigned char *bytes = pattern();
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
    NodeSegment segment;
    Status status = node_segment_create(&segment, bytes, SIZE);
    free(bytes);
    if (status != STATUS_ENVIRONMENT || segment.data != NULL) return 2;
    if (strstr(status_text(), "/dev/shm/winnow-") == NULL) return 3;
    if (strstr(status_text(), "empty-folder/winnow-") == NULL) return 4;
    return rmdir("empty-folder") == 0 ? 0 : 5;
}

static void without_room_there_is_an_error_and_no_litter(void) {
    CU_ASSERT_EQUAL(in_child(create_without_room, NULL), 0);
}

static void make_old(const char *path) {
    struct timespec hour_ago[2] = {{.tv_sec = time(NULL) - 3600}, {.tv_sec = time(NULL) - 3600}};
    CU_ASSERT_EQUAL_FATAL(utimensat(AT_FDCWD, path, hour_ago, 0), 0);
}

static int die_with_a_segment(const NodeSegment *unused) {
    (void)unused;
    unsigned char *bytes = pattern();
    NodeSegment segment;
    Status status = node_segment_create(&segment, bytes, SIZE);
    free(bytes);
    return status == STATUS_OK ? 0 : 1; /* its name stays */
}

static void what_dead_makers_left_is_removed(void) {
    char left[64];
    unsigned char *bytes = pattern();
    NodeSegment wanted, newest;
    pid_t maker = fork();
    if (maker == 0) _exit(die_with_a_segment(NULL));
    CU_ASSERT_EQUAL_FATAL(waitpid(maker, NULL, 0), maker);
    (void)snprintf(left, sizeof(left), "/dev/shm/winnow-%ld-0", (long)maker);
    CU_ASSERT_EQUAL_FATAL(access(left, F_OK), 0);
    CU_ASSERT_EQUAL_FATAL(node_segment_create(&wanted, bytes, SIZE), STATUS_OK);
    CU_ASSERT_EQUAL(access(left, F_OK), 0); /* too new to be judged */
    make_old(left);
    make_old(wanted.name);
    CU_ASSERT_EQUAL_FATAL(node_segment_create(&newest, bytes, SIZE), STATUS_OK);
    CU_ASSERT_NOT_EQUAL(access(left, F_OK), 0);
    CU_ASSERT_EQUAL(access(wanted.name, F_OK), 0); /* its maker lives */
    node_segment_unlink(&wanted);
    node_segment_detach(&wanted);
    node_segment_unlink(&newest);
    node_segment_detach(&newest);
    free(bytes);
}

/* The whole way: load, share, let another process train on it. */
static int read_shared_data(const NodeSegment *made) {
    NodeSegment segment;
    Dataset *view;
    if (node_segment_attach(&segment, made->name, made->length) != STATUS_OK) return 1;
    if (dataset_view(&view, segment.data, segment.length) != STATUS_OK) return 2;
    int count = (int)dataset_part(view, PART_TRAIN).count;
    walk(view);
    dataset_destroy(&view);
    node_segment_detach(&segment);
    return count;
}

static void a_data_set_is_shared_with_another_process(void) {
    DataSpec spec = {.format = DATA_SYNTHETIC,
                     .synthetic = SYNTHETIC_SPIRALS,
                     .examples = 60,
                     .classes = 3,
                     .features = 2,
                     .validation = 10};
    Dataset *dataset;
    CU_ASSERT_EQUAL_FATAL(dataset_load(&dataset, &spec, 1), STATUS_OK);
    size_t length;
    const void *block = dataset_block(dataset, &length);
    NodeSegment segment;
    CU_ASSERT_EQUAL_FATAL(node_segment_create(&segment, block, length), STATUS_OK);
    dataset_destroy(&dataset);
    CU_ASSERT_EQUAL(in_child(read_shared_data, &segment), 50);
    node_segment_unlink(&segment);
    node_segment_detach(&segment);
}

void suite_node_segment(void) {
    static const TestCase tests[] = {
        {"a segment is shared with another process, read-only, until unlinked",
         a_segment_is_shared_and_read_only},
        {"a file serves where shared memory does not", a_file_serves_as_well},
        {"attaching checks name and length", attaching_checks_name_and_length},
        {"without room there is an error and nothing left behind",
         without_room_there_is_an_error_and_no_litter},
        {"what dead makers left is removed, what is wanted stays", what_dead_makers_left_is_removed},
        {"a data set is shared with another process", a_data_set_is_shared_with_another_process},
    };
    SUITE("node segment", tests);
}

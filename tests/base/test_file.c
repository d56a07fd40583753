#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/planted_calls.h"
#include "base/suites.h"
#include "suite.h"

#define LIMIT 100000

static void check_content(const char *path, const char *expected) {
    char *data = NULL;
    size_t length = 0;
    CU_ASSERT_EQUAL(file_read(path, LIMIT, &data, &length), STATUS_OK);
    CU_ASSERT_EQUAL(length, strlen(expected));
    if (data != NULL) CU_ASSERT_STRING_EQUAL(data, expected);
    free(data);
}

static void check_write(const char *path, const char *content, Status expected) {
    CU_ASSERT_EQUAL(file_write_whole(path, content, strlen(content)), expected);
}

static void writes_and_reads(void) {
    check_write("whole", "first", STATUS_OK);
    check_content("whole", "first");
    check_write("whole", "second, longer", STATUS_OK);
    check_content("whole", "second, longer");
    check_write("whole", "", STATUS_OK);
    check_content("whole", "");
    CU_ASSERT_FALSE(file_exists("whole.tmp"));
}

static void order_of_calls(void) {
    planted = (PlantedCalls){.noting = true};
    check_write("ordered", "x", STATUS_OK);
    CU_ASSERT_STRING_EQUAL(planted.order, "write;fsync file;rename;fsync folder;");
    planted = (PlantedCalls){0};
    check_write("made.part", "y", STATUS_OK);
    planted = (PlantedCalls){.noting = true};
    CU_ASSERT_EQUAL(file_publish("made.part", "ordered"), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(planted.order, "fsync file;rename;fsync folder;");
    planted = (PlantedCalls){0};
    check_content("ordered", "y");
    CU_ASSERT_FALSE(file_exists("made.part"));
}

/* With these calls failing, the old file stays, nothing else does, and the error names errno. */
static void check_failure(PlantedCalls calls, const char *reason) {
    check_write("kept", "old", STATUS_OK);
    planted = calls;
    planted.noting = true;
    check_write("kept", "new", STATUS_ENVIRONMENT);
    planted = (PlantedCalls){0};
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "kept"));
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), reason));
    check_content("kept", "old");
    CU_ASSERT_FALSE(file_exists("kept.tmp"));
}

static void failures_keep_the_old(void) {
    check_failure((PlantedCalls){.write_error = ENOSPC}, "No space left on device");
    check_failure((PlantedCalls){.file_sync_error = EIO}, "Input/output error");
}

static void full_disk(void) {
    (void)unlink("full.tmp");
    check_write("full", "old", STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(symlink("/dev/full", "full.tmp"), 0);
    check_write("full", "new", STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "No space left on device"));
    struct stat about;
    CU_ASSERT_NOT_EQUAL(lstat("full.tmp", &about), 0);
    check_content("full", "old");
}

static void failed_publish(void) {
    check_write("published", "old", STATUS_OK);
    check_write("published.part", "new", STATUS_OK);
    planted = (PlantedCalls){.noting = true, .file_sync_error = EIO};
    CU_ASSERT_EQUAL(file_publish("published.part", "published"), STATUS_ENVIRONMENT);
    planted = (PlantedCalls){0};
    CU_ASSERT_FALSE(file_exists("published.part"));
    check_content("published", "old");
    CU_ASSERT_EQUAL(file_publish("published.part", "published"), STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "published.part: No such file"));
}

static void failed_rename(void) {
    CU_ASSERT_EQUAL_FATAL(file_make_folders("occupied/inside"), STATUS_OK);
    check_write("occupied", "x", STATUS_ENVIRONMENT);
    CU_ASSERT_FALSE(file_exists("occupied.tmp"));
    CU_ASSERT_TRUE(file_exists("occupied/inside"));
}

static void folder_sync(void) {
    planted = (PlantedCalls){.noting = true, .folder_sync_error = EINVAL};
    check_write("folder_sync", "x", STATUS_OK);
    planted = (PlantedCalls){.noting = true, .folder_sync_error = EIO};
    check_write("folder_sync", "x", STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "the folder ."));
    planted = (PlantedCalls){0};
    CU_ASSERT_FALSE(file_exists("folder_sync.tmp"));
    CU_ASSERT_EQUAL(file_sync_folder_of("folder_sync"), STATUS_OK);
    CU_ASSERT_EQUAL(file_sync_folder_of("nowhere/at/all"), STATUS_ENVIRONMENT);
}

static void missing_folders(void) {
    check_write("missing/folder/file", "x", STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "missing/folder/file"));
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "No such file or directory"));
    check_write("plain", "x", STATUS_OK);
    check_write("plain/file", "x", STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "Not a directory"));
    check_content("plain", "x");
}

static void short_writes(void) {
    static char content[2001];
    memset(content, 'c', sizeof(content) - 1);
    content[1234] = 'd';
    planted = (PlantedCalls){.noting = true, .write_at_most = 7, .write_interrupted = true};
    check_write("short", content, STATUS_OK);
    CU_ASSERT(planted.writes > 2 * (2000 / 7));
    planted = (PlantedCalls){0};
    check_content("short", content);
}

static void bad_descriptor(void) {
    CU_ASSERT_EQUAL(file_write_all(-1, "x", 1, "some name"), STATUS_ENVIRONMENT);
    CU_ASSERT_STRING_EQUAL(status_text(), "cannot write some name: Bad file descriptor");
    CU_ASSERT_EQUAL(file_write_all(-1, "", 0, "some name"), STATUS_OK);
}

static void read_limit(void) {
    char *data = NULL;
    size_t length = 99;
    check_write("limited", "12345", STATUS_OK);
    CU_ASSERT_EQUAL(file_read("limited", 5, &data, &length), STATUS_OK);
    CU_ASSERT_EQUAL(length, 5);
    free(data);
    CU_ASSERT_EQUAL(file_read("limited", 4, &data, &length), STATUS_INPUT);
    CU_ASSERT_PTR_NULL(data);
    CU_ASSERT_EQUAL(length, 0);
    /* This one does not tell its size, and has no end. */
    CU_ASSERT_EQUAL(file_read("/dev/zero", 50000, &data, &length), STATUS_INPUT);
    CU_ASSERT_PTR_NULL(data);
}

static void reads_zeros_and_more(void) {
    static char content[20000];
    char *data = NULL;
    size_t length = 0;
    content[10000] = 'x';
    CU_ASSERT_EQUAL(file_write_whole("zeros", content, sizeof(content)), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(file_read("zeros", LIMIT, &data, &length), STATUS_OK);
    CU_ASSERT_EQUAL(length, sizeof(content));
    CU_ASSERT_EQUAL(memcmp(data, content, sizeof(content)), 0);
    CU_ASSERT_EQUAL(data[length], '\0');
    free(data);
    /* A size of 0 is told for this one, and it is not empty. */
    CU_ASSERT_EQUAL_FATAL(file_read("/proc/self/stat", LIMIT, &data, &length), STATUS_OK);
    CU_ASSERT(length > 10);
    CU_ASSERT_EQUAL(strlen(data), length);
    free(data);
}

static void unreadable(void) {
    char *data = NULL;
    size_t length = 0;
    CU_ASSERT_EQUAL(file_read("no such file", LIMIT, &data, &length), STATUS_ENVIRONMENT);
    CU_ASSERT_STRING_EQUAL(status_text(), "cannot open no such file: No such file or directory");
    CU_ASSERT_EQUAL(file_read(".", LIMIT, &data, &length), STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "Is a directory"));
    CU_ASSERT_PTR_NULL(data);
}

static void folder_names(void) {
    static const char *const rows[][2] = {
        {"a/b/c", "a/b"}, {"a", "."},    {"/a", "/"},  {"/", "/"},         {"", "."},
        {"a//b", "a"},    {"a/b/", "a"}, {"./a", "."}, {"../a/b", "../a"}, {"//a", "/"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *folder = NULL;
        CU_ASSERT_EQUAL_FATAL(file_folder_of(&folder, rows[i][0]), STATUS_OK);
        CU_ASSERT_STRING_EQUAL(folder, rows[i][1]);
        free(folder);
    }
}

static void makes_folders(void) {
    char here[4000];
    char absolute[4096];
    CU_ASSERT_EQUAL(file_make_folders("deep/er/est"), STATUS_OK);
    CU_ASSERT_TRUE(file_exists("deep/er/est"));
    CU_ASSERT_EQUAL(file_make_folders("deep/er/est"), STATUS_OK);
    CU_ASSERT_EQUAL(file_make_folders("deep//other/"), STATUS_OK);
    CU_ASSERT_TRUE(file_exists("deep/other"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(here, sizeof(here)));
    (void)snprintf(absolute, sizeof(absolute), "%s/deep/abs", here);
    CU_ASSERT_EQUAL(file_make_folders(absolute), STATUS_OK);
    CU_ASSERT_TRUE(file_exists("deep/abs"));
    CU_ASSERT_EQUAL(file_make_folders("/"), STATUS_OK);
    check_write("deep/file", "x", STATUS_OK);
    CU_ASSERT_EQUAL(file_make_folders("deep/file"), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(file_make_folders("deep/file/below"), STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "Not a directory"));
}

void suite_file(void) {
    static const TestCase tests[] = {
        {"what was written is read", writes_and_reads},
        {"the file is synced, renamed, its folder synced", order_of_calls},
        {"a failed write or sync keeps the old file", failures_keep_the_old},
        {"a full disk keeps the old file", full_disk},
        {"a failed publish keeps the old file", failed_publish},
        {"a failed rename leaves no temporary file", failed_rename},
        {"a folder that cannot be synced is tolerated, a broken disk is not", folder_sync},
        {"a missing folder or a file as folder is an error", missing_folders},
        {"short and interrupted writes are continued", short_writes},
        {"a failed write names the file", bad_descriptor},
        {"a file over the limit is refused", read_limit},
        {"zero bytes and files of unknown size are read", reads_zeros_and_more},
        {"what cannot be read is an error", unreadable},
        {"the folder part of a path", folder_names},
        {"folders are made with their parents", makes_folders},
    };
    SUITE("file", tests);
}

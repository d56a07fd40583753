#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"

void fuzz_require(bool holds, const char *what, const char *file, int line) {
    if (holds) return;
    fprintf(stderr, "%s:%d: not true: %s; newest error: %s\n", file, line, what, status_text());
    abort();
}

bool fuzz_accepted(Status status) {
    if (status == STATUS_OK) return true;
    REQUIRE(status == STATUS_INPUT || status == STATUS_ENVIRONMENT);
    REQUIRE(status_text()[0] != '\0');
    return false;
}

void fuzz_touch(const void *data, size_t size) {
    const volatile uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++)
        (void)bytes[i];
}

const char *fuzz_file(unsigned slot, const void *data, size_t size) {
    static int descriptor[FUZZ_FILES];
    static char path[FUZZ_FILES][32];
    REQUIRE(slot < FUZZ_FILES);
    if (descriptor[slot] == 0) {
        descriptor[slot] = memfd_create("fuzz", MFD_CLOEXEC);
        REQUIRE(descriptor[slot] > 0);
        (void)snprintf(path[slot], sizeof(path[slot]), "/proc/self/fd/%d", descriptor[slot]);
    }
    REQUIRE(ftruncate(descriptor[slot], 0) == 0);
    REQUIRE(lseek(descriptor[slot], 0, SEEK_SET) == 0);
    REQUIRE(file_write_all(descriptor[slot], data, size, path[slot]) == STATUS_OK);
    return path[slot];
}

static char beside[32]; /* the file to which others are added */

static void remove_beside(void) {
    static const char *const endings[] = {"", ".journal", ".live", ".lock"};
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        char path[sizeof(beside) + 16];
        (void)snprintf(path, sizeof(path), "%s%s", beside, endings[i]);
        (void)unlink(path);
    }
}

const char *fuzz_file_beside(const char *ending, const void *data, size_t size) {
    char path[sizeof(beside) + 16];
    if (beside[0] == '\0') {
        (void)snprintf(beside, sizeof(beside), "fuzz-%ld.h5", (long)getpid());
        REQUIRE(atexit(remove_beside) == 0);
    }
    (void)snprintf(path, sizeof(path), "%s%s", beside, ending);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    REQUIRE(descriptor >= 0);
    REQUIRE(file_write_all(descriptor, data, size, path) == STATUS_OK);
    REQUIRE(close(descriptor) == 0);
    return beside;
}

FuzzPart fuzz_part(FuzzPart *rest) {
    const size_t length = strlen(FUZZ_SEPARATOR);
    const uint8_t *end = rest->size > 0 ? memmem(rest->data, rest->size, FUZZ_SEPARATOR, length) : NULL;
    FuzzPart part = *rest;
    if (end == NULL) {
        *rest = (FuzzPart){0};
        return part;
    }
    part.size = (size_t)(end - part.data);
    rest->data = end + length;
    rest->size -= part.size + length;
    return part;
}

void fuzz_require_bytes(ByteWriter *writer, const void *data, size_t size) {
    REQUIRE(bytes_writer_status(writer) == STATUS_OK);
    REQUIRE(writer->length == size);
    REQUIRE(size == 0 || memcmp(writer->data, data, size) == 0);
    bytes_writer_release(writer);
}

/* fuzz_seeds FOLDER: write a small corpus for each target, as FOLDER/<target>/<name>. */
#include "make_seeds.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "fuzz.h"

static const char *folder;

void seed_write(const char *target, const char *name, unsigned number, const void *data, size_t size) {
    char path[PATH_MAX];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, target);
    REQUIRE(file_make_folders(path) == STATUS_OK);
    (void)snprintf(path, sizeof(path), "%s/%s/%s-%u", folder, target, name, number);
    FILE *file = fopen(path, "wb");
    REQUIRE(file != NULL);
    REQUIRE(size == 0 || fwrite(data, size, 1, file) == 1);
    REQUIRE(fclose(file) == 0);
}

void seed_finish(const char *target, const char *name, unsigned number, ByteWriter *writer) {
    REQUIRE(bytes_writer_status(writer) == STATUS_OK);
    seed_write(target, name, number, writer->data, writer->length);
    bytes_writer_release(writer);
}

void seed_separator(ByteWriter *writer) {
    bytes_put_raw(writer, FUZZ_SEPARATOR, strlen(FUZZ_SEPARATOR));
}

int main(int count, char **words) {
    if (count != 2) return 2;
    folder = words[1];
    seeds_of_campaign();
    seeds_of_data();
    seeds_of_store();
    seeds_of_yaml();
    return 0;
}

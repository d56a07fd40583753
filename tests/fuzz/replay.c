/* fuzz_replay FOLDER...: run every target on every file of FOLDER/<target>. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "fuzz.h"

#define MOST_BYTES ((size_t)16 << 20)

typedef struct Target {
    const char *name;
    int (*run)(const uint8_t *data, size_t size);
} Target;

#define ENTRY(name) {#name, fuzz_##name},
static const Target targets[] = {FUZZ_TARGET_LIST(ENTRY)};

static void replay(const Target *target, const char *path) {
    char *data = NULL;
    size_t size = 0;
    REQUIRE(file_read(path, MOST_BYTES, &data, &size) == STATUS_OK);
    uint8_t *exact = malloc(size > 0 ? size : 1); /* so that the address sanitizer sees reads past the end */
    REQUIRE(exact != NULL);
    memcpy(exact, data, size);
    free(data);
    printf("%s: %s\n", target->name, path);
    fflush(stdout);
    (void)target->run(exact, size);
    free(exact);
}

/* How many there were. */
static size_t replay_folder(const Target *target, const char *folder) {
    char path[PATH_MAX];
    size_t count = 0;
    (void)snprintf(path, sizeof(path), "%s/%s", folder, target->name);
    DIR *entries = opendir(path);
    if (entries == NULL) return 0;
    for (const struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        if (entry->d_name[0] == '.') continue;
        (void)snprintf(path, sizeof(path), "%s/%s/%s", folder, target->name, entry->d_name);
        replay(target, path);
        count++;
    }
    closedir(entries);
    return count;
}

int main(int count, char **words) {
    size_t inputs = 0;
    for (int i = 1; i < count; i++) {
        for (size_t j = 0; j < sizeof(targets) / sizeof(targets[0]); j++)
            inputs += replay_folder(&targets[j], words[i]);
    }
    printf("%zu inputs replayed\n", inputs);
    return inputs > 0 ? 0 : 1;
}

#include "store/parts_folder.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "store/parts.h"
#include "store/paths.h"

static bool is_ours(const char *name) {
    return parts_is_blob(name) || strcmp(name, NOTE_NAME) == 0 || strcmp(name, NOTE_NAME ".tmp") == 0 ||
           strncmp(name, PROBE_PREFIX, strlen(PROBE_PREFIX)) == 0;
}

/* Does the ledger name it: as a kept network, or as the checkpoint that its trial goes on from? */
static bool is_needed(const Ledger *ledger, const char *name) {
    const char *number = strchr(name, '-');
    if (ledger == NULL || number == NULL || !parts_is_blob(name)) return false;
    unsigned long long id = strtoull(number + 1, NULL, 10);
    if (id >= ledger->trial_count) return false;
    const LedgerTrial *trial = &ledger->trials[id];
    if (trial->kept && strcmp(trial->member->blob, name) == 0) return true;
    return !trial->finished && trial->checkpoint != NULL && strcmp(trial->checkpoint->blob, name) == 0;
}

static void remove_others(const char *folder, const Ledger *ledger) {
    DIR *listing = opendir(folder);
    if (listing == NULL) return;
    const struct dirent *entry;
    while ((entry = readdir(listing)) != NULL) {
        if (is_ours(entry->d_name) && !is_needed(ledger, entry->d_name))
            (void)unlinkat(dirfd(listing), entry->d_name, 0);
    }
    (void)closedir(listing);
}

void parts_sweep(const char *file, const Ledger *ledger) {
    char *folder = NULL;
    if (campaign_path(&folder, file, PARTS_ENDING) == STATUS_OK)
        remove_others(folder, ledger);
    else
        status_clear();
    free(folder);
}

void parts_remove_all(const char *file) {
    char *folder = NULL;
    if (campaign_path(&folder, file, PARTS_ENDING) == STATUS_OK) {
        remove_others(folder, NULL);
        (void)rmdir(folder);
    } else {
        status_clear();
    }
    free(folder);
}

Status parts_leave_note(const char *file, const char *token) {
    TRY(parts_make_folder(file));
    char *path = NULL;
    TRY(parts_path(&path, file, NOTE_NAME));
    Status status = file_write_whole(path, token, strlen(token));
    free(path);
    return status;
}

static bool note_is(const char *path, const char *token) {
    char *found = NULL;
    size_t length = 0;
    bool same = file_read(path, strlen(token), &found, &length) == STATUS_OK && length == strlen(token) &&
                memcmp(found, token, length) == 0;
    free(found);
    return same;
}

static bool can_write_as(char *pattern) {
    int descriptor = mkstemp(pattern);
    if (descriptor < 0) return false;
    bool written = write(descriptor, "x", 1) == 1;
    written = close(descriptor) == 0 && written;
    (void)unlink(pattern);
    return written;
}

bool parts_see_note(const char *file, const char *token) {
    char *note = NULL, *probe = NULL;
    bool seen = parts_path(&note, file, NOTE_NAME) == STATUS_OK &&
                parts_path(&probe, file, PROBE_PREFIX "XXXXXX") == STATUS_OK && note_is(note, token) &&
                can_write_as(probe);
    free(note);
    free(probe);
    if (!seen) status_clear();
    return seen;
}

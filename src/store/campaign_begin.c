#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "store/campaign_state.h"
#include "store/paths.h"

#define ENDING_SIZE 48

static Status append(void *context, Record *record) {
    Status status = journal_append(context, record);
    record_release(record);
    return status;
}

static Status begin(const char *temporary, const char *path, const Ledger *ledger, uint64_t *length) {
    Journal *journal = NULL;
    (void)unlink(temporary); /* left by a kill */
    TRY(journal_create(&journal, temporary));
    Status status = ledger != NULL ? ledger_replay(ledger, append, journal) : STATUS_OK;
    if (status == STATUS_OK) status = journal_sync(journal);
    *length = journal_length(journal);
    journal_close(&journal);
    if (status == STATUS_OK) return file_publish(temporary, path);
    (void)unlink(temporary);
    return status;
}

Status campaign_state_begin(const char *file, const Ledger *ledger, Journal **out) {
    *out = NULL;
    char *path = NULL, *temporary = NULL;
    uint64_t length = 0;
    TRY(campaign_path(&path, file, ".journal"));
    Status status = campaign_path(&temporary, file, ".journal.tmp");
    if (status == STATUS_OK) status = begin(temporary, path, ledger, &length);
    if (status == STATUS_OK) status = journal_open(out, path, length);
    free(temporary);
    free(path);
    return status;
}

/* Give the file a second name, so that a kill before the new journal takes the first one leaves all as it
 * was. Where a file system has no second names, it is renamed. */
static bool name_too(const char *path, const char *name) {
    if (link(path, name) == 0) return true;
    return errno != EEXIST && !file_exists(name) && rename(path, name) == 0;
}

Status campaign_state_set_aside(const char *file, char **name) {
    *name = NULL;
    char *path = NULL;
    TRY(campaign_path(&path, file, ".journal"));
    Status status = STATUS_OK;
    bool done = !file_exists(path);
    for (int number = 1; status == STATUS_OK && !done; number++) {
        char ending[ENDING_SIZE] = ".journal.damaged";
        if (number > 1) (void)snprintf(ending, sizeof(ending), ".journal.damaged%d", number);
        free(*name);
        status = campaign_path(name, file, ending);
        done = status == STATUS_OK && name_too(path, *name);
        if (status == STATUS_OK && !done && errno != EEXIST)
            status = status_fail_errno(STATUS_ENVIRONMENT, "cannot keep %s as %s", path, *name);
    }
    if (status == STATUS_OK && *name != NULL) status = file_sync_folder_of(path);
    free(path);
    if (status == STATUS_OK) return STATUS_OK;
    free(*name);
    *name = NULL;
    return status;
}

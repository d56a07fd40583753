#include "rank/aside.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/log.h"
#include "store/paths.h"

static const char *const parts_of_campaign[] = {".journal", ".parts", ""}; /* in the order of renaming */
#define PART_COUNT (sizeof(parts_of_campaign) / sizeof(parts_of_campaign[0]))

/* "<file><part>.bak", ".bak2" ..: owned. */
static Status backup_path(char **out, const char *file, const char *part, int number) {
    char ending[64];
    if (number == 1)
        snprintf(ending, sizeof(ending), "%s.bak", part);
    else
        snprintf(ending, sizeof(ending), "%s.bak%d", part, number);
    return campaign_path(out, file, ending);
}

/* The first number that no backup has. */
static Status backup_number(const char *file, int *number) {
    bool taken = true;
    for (*number = 0; taken;) {
        ++*number;
        taken = false;
        for (size_t i = 0; i < PART_COUNT; i++) {
            char *path;
            TRY(backup_path(&path, file, parts_of_campaign[i], *number));
            taken = taken || file_exists(path);
            free(path);
        }
    }
    return STATUS_OK;
}

static Status set_aside(const char *file, const char *part, int number) {
    char *from = NULL, *to = NULL;
    TRY(campaign_path(&from, file, part));
    Status status = backup_path(&to, file, part, number);
    if (status == STATUS_OK && file_exists(from)) {
        if (rename(from, to) != 0)
            status = status_fail_errno(STATUS_ENVIRONMENT, "cannot rename %s to %s", from, to);
        else
            log_note("%s is now %s", from, to);
    }
    free(from);
    free(to);
    return status;
}

Status aside_set_all(const char *file) {
    int number;
    TRY(backup_number(file, &number));
    for (size_t i = 0; i < PART_COUNT; i++)
        TRY(set_aside(file, parts_of_campaign[i], number));
    return STATUS_OK;
}

#include "rank/disk_full.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* The text is what comes through from other processes and from HDF5; the number does not. */
static bool is_full(const char *text) {
    static const int reasons[] = {ENOSPC, EDQUOT, EFBIG};
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (strstr(text, strerror(reasons[i])) != NULL) return true;
    }
    return false;
}

Status disk_full_advise(Status status) {
    if (status != STATUS_ENVIRONMENT || !is_full(status_text())) return status;
    return status_fail(status, "%s; make room, then the same command goes on: nothing finished is lost",
                       status_text());
}

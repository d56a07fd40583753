#include "rank/ledger_from_journal.h"

#include <stdlib.h>

#include "store/journal.h"
#include "store/paths.h"

static Status take(void *context, Record *record) {
    return ledger_apply(context, record);
}

Status ledger_from_journal(Ledger **out, const char *file, uint64_t length) {
    char *path;
    TRY(campaign_path(&path, file, ".journal"));
    Ledger *ledger = NULL;
    JournalReading reading;
    Status status = ledger_create(&ledger);
    if (status == STATUS_OK) status = journal_read(path, length, take, ledger, &reading);
    if (status == STATUS_OK && reading.damage_count > 0)
        status = status_fail(STATUS_ENVIRONMENT,
                             "%s is damaged at byte %llu; winnow run goes on with what is left of it", path,
                             (unsigned long long)reading.damaged_at);
    if (status == STATUS_OK && (reading.good_length != length || !ledger->begun))
        status = status_fail(STATUS_ENVIRONMENT, "%s: only %llu of %llu bytes can be read", path,
                             (unsigned long long)reading.good_length, (unsigned long long)length);
    free(path);
    if (status == STATUS_OK)
        *out = ledger;
    else
        ledger_destroy(&ledger);
    return status;
}

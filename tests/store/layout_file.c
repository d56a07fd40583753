/* For test_layout.py: writes the made-up campaign's results file, or reads one and says what winnow makes of
 * it. */
#include <stdio.h>
#include <string.h>

#include "fixtures.h"
#include "store/parts.h"
#include "store/results.h"
#include "store/results_seal.h"

static int write_file(const char *path) {
    Config *config = fixture_config();
    fixture_clean(path);
    Ledger *ledger = fixture_ledger(path, true);
    /* An earlier ensemble's test figures stay as a row; writing the same ones again adds none. */
    ledger->ensemble.test_accuracy = 0.4;
    Status status = results_write(path, ledger, config);
    ledger->ensemble.test_accuracy = 0.8;
    for (int i = 0; i < 2 && status == STATUS_OK; i++)
        status = results_write(path, ledger, config);
    parts_remove_all(path);
    ledger_destroy(&ledger);
    fixture_config_free(config);
    return (int)status;
}

/* The seal is made anew, as if winnow had written these bytes. */
static Status read_sealed(const char *path) {
    Ledger *ledger = NULL;
    bool complete = false;
    MemberBlob blob = {0};
    TRY(seal_write(path, 0));
    TRY(results_read(path, false, &ledger, &complete));
    ledger_destroy(&ledger);
    TRY(results_read_member(path, FIXTURE_WITH_SNAPSHOTS, &blob));
    member_blob_release(&blob);
    return STATUS_OK;
}

int main(int count, char **words) {
    if (count != 3) return 2;
    if (strcmp(words[1], "write") == 0) return write_file(words[2]);
    Status status = read_sealed(words[2]);
    puts(status == STATUS_OK ? "read" : status_text());
    return (int)status;
}

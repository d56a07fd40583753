/* A journal's bytes as they are. */
#include "fuzz.h"
#include "ledger_check.h"

int fuzz_journal(const uint8_t *data, size_t size) {
    ledger_check_journal(fuzz_file(0, data, size));
    return 0;
}

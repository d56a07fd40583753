/* A results file's bytes as they are: what winnow did not seal never reaches HDF5. */
#include "fuzz.h"
#include "ledger_check.h"
#include "store/results.h"

int fuzz_results(const uint8_t *data, size_t size) {
    Ledger *ledger = NULL;
    bool complete = false;
    if (!fuzz_accepted(results_read(fuzz_file_beside("", data, size), false, &ledger, &complete))) return 0;
    ledger_check(ledger);
    ledger_destroy(&ledger);
    return 0;
}

/* A journal that may say anything, or has places where it says nothing. */
#include "fuzz.h"
#include "ledger_check.h"

int fuzz_ledger(const uint8_t *data, size_t size) {
    ByteWriter journal = {0};
    ledger_write_journal((FuzzPart){data, size}, &journal);
    ledger_check_journal(fuzz_file(0, journal.data, journal.length));
    bytes_writer_release(&journal);
    return 0;
}

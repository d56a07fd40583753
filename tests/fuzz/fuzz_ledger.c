/* A journal whose sums are all right, of records that may say anything: each part of the input is one. */
#include "fuzz.h"
#include "ledger_check.h"
#include "store/journal_format.h"

int fuzz_ledger(const uint8_t *data, size_t size) {
    FuzzPart rest = {data, size};
    ByteWriter journal = {0};
    bytes_put_raw(&journal, JOURNAL_MAGIC, JOURNAL_MAGIC_SIZE);
    while (rest.size > 0) {
        FuzzPart part = fuzz_part(&rest);
        size_t head = journal.length;
        bytes_put_u32(&journal, (uint32_t)part.size);
        bytes_put_u32(&journal, journal_sum(journal.data + head, part.data, part.size));
        bytes_put_raw(&journal, part.data, part.size);
    }
    REQUIRE(bytes_writer_status(&journal) == STATUS_OK);
    ledger_check_journal(fuzz_file(0, journal.data, journal.length));
    bytes_writer_release(&journal);
    return 0;
}

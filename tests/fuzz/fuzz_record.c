/* A journal's record: what is read is written again with the same bytes. */
#include "campaign/records.h"
#include "fuzz.h"

int fuzz_record(const uint8_t *data, size_t size) {
    Record record;
    ByteWriter again = {0};
    if (!fuzz_accepted(record_decode(&record, data, size))) return 0;
    record_encode(&record, &again);
    fuzz_require_bytes(&again, data, size);
    record_release(&record);
    return 0;
}

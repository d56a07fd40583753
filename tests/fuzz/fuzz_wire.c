/* A message between processes: what is read is written again with the same bytes. */
#include "campaign/wire.h"
#include "fuzz.h"

int fuzz_wire(const uint8_t *data, size_t size) {
    Message message;
    ByteWriter again = {0};
    if (!fuzz_accepted(message_decode(&message, data, size))) return 0;
    message_encode(&message, &again);
    fuzz_require_bytes(&again, data, size);
    message_release(&message);
    return 0;
}

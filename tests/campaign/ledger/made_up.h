/* Random valid records, messages and blobs; every bit pattern a field may have can come, NaN payloads too.
 * What is not filled, padding included, is zero. */
#ifndef WINNOW_TESTS_CAMPAIGN_MADE_UP_H
#define WINNOW_TESTS_CAMPAIGN_MADE_UP_H

#include "base/philox.h"
#include "campaign/wire.h"

Record made_up_record(RandomStream *random, RecordKind kind);
Message made_up_message(RandomStream *random, MessageKind kind);
MemberBlob made_up_blob(RandomStream *random);

extern const MessageKind MESSAGE_KINDS[15];

RandomStream made_up_stream(uint32_t number);

/* Bit for bit; for values whose padding is zero. */
bool bytes_equal(const void *a, const void *b, size_t length);
/* Equal in every field and in what they own. */
bool records_equal(const Record *a, const Record *b);
bool messages_equal(const Message *a, const Message *b);
bool blobs_equal(const MemberBlob *a, const MemberBlob *b);

#endif

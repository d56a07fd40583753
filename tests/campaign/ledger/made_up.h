/* Random valid records, messages and blobs; every bit pattern a field may have can come, NaN payloads too.
 * What is not filled, padding included, is zero. */
#ifndef WINNOW_TESTS_CAMPAIGN_MADE_UP_H
#define WINNOW_TESTS_CAMPAIGN_MADE_UP_H

#include "base/philox.h"
#include "campaign/wire.h"

/* How many of its parts at the end does a record of version 3 not have? */
size_t made_up_tails(const Record *record);

Record made_up_record(RandomStream *random, RecordKind kind);
Message made_up_message(RandomStream *random, MessageKind kind);
MemberBlob made_up_member_blob(RandomStream *random);
CheckpointBlob made_up_checkpoint_blob(RandomStream *random);

#define MESSAGE_KIND_COUNT 20
extern const MessageKind MESSAGE_KINDS[MESSAGE_KIND_COUNT];

RandomStream made_up_stream(uint32_t number);

/* Bit for bit; for values whose padding is zero. */
bool bytes_equal(const void *a, const void *b, size_t length);
/* Equal in every field and in what they own. */
bool records_equal(const Record *a, const Record *b);
bool messages_equal(const Message *a, const Message *b);
bool member_blobs_equal(const MemberBlob *a, const MemberBlob *b);
bool checkpoint_blobs_equal(const CheckpointBlob *a, const CheckpointBlob *b);

#endif

/* The messages between coordinator, supervisors and trial processes. Packed, little-endian, with a version;
 * what arrives is checked as untrusted. */
#ifndef WINNOW_CAMPAIGN_WIRE_H
#define WINNOW_CAMPAIGN_WIRE_H

#include "campaign/channel.h"
#include "campaign/records.h"

#define WIRE_VERSION 1
#define WIRE_MAX_BYTES ((size_t)1 << 31) /* of one message */
#define ERROR_TEXT_SIZE 4096

typedef enum MessageKind {
    /* supervisor to coordinator */
    MESSAGE_HELLO = 1,    /* here I am: give me work */
    MESSAGE_PROGRESS = 2, /* an epoch is over, or just: still alive */
    MESSAGE_RESULT = 3,   /* a trial ended; also the request for the next */
    MESSAGE_NETWORK = 4,  /* a kept network */
    MESSAGE_FAREWELL = 5, /* this rank takes no more work (orderly stop, or an error that it names) */
    /* coordinator to supervisor */
    MESSAGE_LEASE = 16,    /* train this */
    MESSAGE_VERDICT = 17,  /* keep or drop the network of that trial */
    MESSAGE_RECORDED = 18, /* the trial's row is safe on disk: forget it */
    MESSAGE_STOP = 19,     /* no more work: end your children and leave */
    /* supervisor to host process */
    MESSAGE_SETUP = 32,  /* the configuration and where the data lies */
    MESSAGE_JOB = 33,    /* start a child for this */
    MESSAGE_CANCEL = 34, /* kill the child of that slot */
    /* host process to supervisor */
    MESSAGE_READY = 48,     /* set up; or failed with a text */
    MESSAGE_JOB_ENDED = 49, /* the child of that slot is gone */
    /* child to supervisor, passed on by the host: PROGRESS, RESULT and NETWORK as above, and */
    MESSAGE_JOB_RESULT = 64 /* what a service job found: an encoded record */
} MessageKind;

typedef struct HelloMessage {
    char host[HOST_NAME_SIZE];
    uint32_t process;
    char arithmetic[ARITHMETIC_SIZE];
} HelloMessage;

typedef struct ProgressMessage {
    uint64_t lease, trial;
    bool has_row; /* an epoch is over */
    EpochRow row;
} ProgressMessage;

/* The record's stage, number, rank, host and lease are checked against the ledger by the coordinator. */
typedef struct ResultMessage {
    uint64_t lease;
    TrialRecord record; /* owns its curve */
    bool has_network;   /* a network can be had for the asking */
    bool crashed;       /* the trial's process died without a result: may be tried again */
} ResultMessage;

typedef struct NetworkMessage {
    uint64_t lease, trial;
    uint8_t *blob; /* owned: a MemberBlob's encoding */
    size_t length;
} NetworkMessage;

typedef struct FarewellMessage {
    char reason[ERROR_TEXT_SIZE]; /* "" for an orderly leave */
} FarewellMessage;

typedef struct LeaseMessage {
    uint64_t lease, trial;
    uint32_t stage, number;
    uint32_t parameter_count;
    Draw draw;
} LeaseMessage;

typedef struct VerdictMessage {
    uint64_t lease, trial;
    bool keep;
} VerdictMessage;

typedef struct RecordedMessage {
    uint64_t trial;
} RecordedMessage;

typedef struct SetupMessage {
    char *config_name, *config_text; /* owned */
    char *segment;                   /* owned: path of the node's data segment */
    uint64_t segment_length;
} SetupMessage;

typedef enum JobSlot { JOB_SLOT_TRIAL, JOB_SLOT_SERVICE, JOB_SLOT_COUNT } JobSlot;
typedef enum JobKind { JOB_TRIAL, JOB_PREFLIGHT, JOB_PUBLISH, JOB_ENSEMBLE, JOB_KIND_COUNT } JobKind;

typedef struct JobMessage {
    uint8_t kind;            /* JobKind; trials go to JOB_SLOT_TRIAL, all others to JOB_SLOT_SERVICE */
    LeaseMessage lease;      /* JOB_TRIAL */
    char *file;              /* JOB_PUBLISH, JOB_ENSEMBLE: the results file's path; owned */
    uint64_t journal_length; /* bytes of its journal that count */
} JobMessage;

typedef struct CancelMessage {
    uint8_t slot; /* JobSlot */
} CancelMessage;

typedef struct ReadyMessage {
    uint32_t status; /* Status */
    char text[ERROR_TEXT_SIZE];
} ReadyMessage;

typedef struct JobEndedMessage {
    uint8_t slot, kind;
    int32_t exit_code; /* 0..255, or -1 where a signal ended it */
    int32_t signal;    /* 0 where it exited */
    double seconds;
    char text[ERROR_TEXT_SIZE]; /* the child's own error, where it could say one */
} JobEndedMessage;

typedef struct JobResultMessage {
    Record record;
} JobResultMessage;

typedef struct Message {
    MessageKind kind;
    union {
        HelloMessage hello;
        ProgressMessage progress;
        ResultMessage result;
        NetworkMessage network;
        FarewellMessage farewell;
        LeaseMessage lease;
        VerdictMessage verdict;
        RecordedMessage recorded;
        SetupMessage setup;
        JobMessage job;
        CancelMessage cancel;
        ReadyMessage ready;
        JobEndedMessage job_ended;
        JobResultMessage job_result;
    } as;
} Message;

/* Append the message's encoding: u8 version, u8 kind, fields. */
void message_encode(const Message *message, ByteWriter *writer);
/* STATUS_ENVIRONMENT naming the kind where the bytes are not such a message, or of another version. */
Status message_decode(Message *message, const void *data, size_t length) MUST_CHECK;
void message_release(Message *message);

/* Encode and queue for `peer`, as channel_send; the message stays the caller's. */
Status message_send(Channel *channel, int peer, const Message *message) MUST_CHECK;
/* The next message of the channel and whom it is from, as channel_receive; *got is false where there is none.
 */
Status message_receive(Channel *channel, int *peer, Message *message, bool *got) MUST_CHECK;

#endif

/* The messages between coordinator, supervisors and trial processes. Packed, little-endian, with a version;
 * what arrives is checked as untrusted. */
#ifndef WINNOW_CAMPAIGN_WIRE_H
#define WINNOW_CAMPAIGN_WIRE_H

#include "campaign/channel.h"
#include "campaign/records.h"

#define WIRE_VERSION 4
#define WIRE_MAX_BYTES ((size_t)1 << 31) /* of one message */
#define ERROR_TEXT_SIZE 4096

typedef enum MessageKind {
    /* supervisor to coordinator */
    MESSAGE_HELLO = 1,      /* here I am: give me work */
    MESSAGE_PROGRESS = 2,   /* an epoch is over, or just: still alive */
    MESSAGE_RESULT = 3,     /* a trial ended; also the request for the next */
    MESSAGE_NETWORK = 4,    /* a kept network: stored, or the bytes of it */
    MESSAGE_FAREWELL = 5,   /* this rank takes no more work (orderly stop, or an error that it names) */
    MESSAGE_CHECKPOINT = 6, /* the state of the running trial: stored, offered, or the bytes of it */
    /* coordinator to supervisor */
    MESSAGE_LEASE = 16,    /* train this */
    MESSAGE_VERDICT = 17,  /* keep or drop the network or the checkpoint of that trial */
    MESSAGE_RECORDED = 18, /* the trial's row is safe on disk: forget it */
    MESSAGE_STOP = 19,     /* no more work: save what runs or end it, and leave */
    MESSAGE_ALIVE = 20,    /* the coordinator's sign of life, in answer to one of a worker */
    /* supervisor to host process */
    MESSAGE_SETUP = 32,  /* the configuration and where the data lies */
    MESSAGE_JOB = 33,    /* start a child for this */
    MESSAGE_CANCEL = 34, /* kill the child of that slot */
    MESSAGE_SAVE = 35,   /* the trial's child is to save its state after this epoch and to end; passed on */
    MESSAGE_STORE = 36,  /* write a blob into the campaign's folder */
    /* host process to supervisor */
    MESSAGE_READY = 48,     /* set up; or failed with a text */
    MESSAGE_JOB_ENDED = 49, /* the child of that slot is gone */
    MESSAGE_STORED = 50,    /* the blob is safe on disk; or could not be written */
    /* child to supervisor, passed on by the host: PROGRESS, RESULT, NETWORK and CHECKPOINT as above, and */
    MESSAGE_JOB_RESULT = 64, /* what a service job found: an encoded record */
    /* between the coordinator and a relay: bundle.h */
    MESSAGE_BUNDLE = 80
} MessageKind;

typedef struct HelloMessage {
    char host[HOST_NAME_SIZE];
    char arithmetic[ARITHMETIC_SIZE];
    bool sees_parts; /* this rank reads and writes the campaign's folder itself */
    bool relayed;    /* behind another rank's relay, which passes the coordinator's signs of life on */
    uint64_t lease;  /* that it works on, where it greets anew: its relay is gone, and what was on its way
                        through  it may be lost; 0: none */
} HelloMessage;

typedef struct ProgressMessage {
    uint64_t lease, trial;
    bool has_row; /* an epoch is over */
    EpochRow row;
    bool begun;             /* the child's first word: */
    uint32_t from_epoch;    /* it goes on after so many epochs (0: from the start) */
    char note[REASON_SIZE]; /* and why not from the checkpoint that it was given; "" */
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
    bool stored;         /* it lies in the campaign's folder as `record` says, and `blob` is NULL */
    MemberRecord record; /* where stored */
    uint8_t *blob;       /* owned: a MemberBlob's encoding */
    size_t length;
} NetworkMessage;

typedef struct CheckpointMessage {
    uint64_t lease;
    CheckpointRecord record;
    bool stored;   /* it lies in the campaign's folder; else blob NULL is an offer */
    uint8_t *blob; /* owned: a CheckpointBlob's encoding */
    size_t length;
} CheckpointMessage;

typedef struct FarewellMessage {
    char reason[ERROR_TEXT_SIZE]; /* "" for an orderly leave */
} FarewellMessage;

typedef struct LeaseMessage {
    uint64_t lease, trial;
    uint32_t stage, number;
    uint32_t parameter_count;
    Draw draw;
    uint32_t until_epoch; /* train until so many epochs are done; fewer than the stage's: then save the state
                             and report (TRIAL_STOPPED) */
    CheckpointRecord checkpoint; /* to go on from; epoch 0: none */
    uint8_t *blob;               /* owned: its bytes, for a rank that does not see the folder; else NULL */
    size_t length;
} LeaseMessage;

typedef enum BlobKind { BLOB_NETWORK, BLOB_CHECKPOINT, BLOB_KIND_COUNT } BlobKind;

typedef struct VerdictMessage {
    uint64_t lease, trial;
    uint8_t what; /* BlobKind */
    bool keep;    /* store or send it; else drop it */
} VerdictMessage;

typedef struct RecordedMessage {
    uint64_t trial;
} RecordedMessage;

typedef struct StopMessage {
    bool save;       /* running trials save their state first */
    bool ranks_lost; /* some rank is gone: MPI_Finalize may never return */
} StopMessage;

typedef struct SetupMessage {
    char *config_name, *config_text; /* owned */
    char *segment;                   /* owned: path of the node's data segment */
    uint64_t segment_length;
    char *file; /* owned: the results file whose folder of blobs this rank sees; "" where it does not */
    uint64_t data_hash; /* what the files must hold, where there is no segment */
    uint32_t threads;   /* of a trial's large products, 1 .. BLAS_THREADS_MAX */
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

typedef enum StoreOwner { STORE_OF_WORKER, STORE_OF_COORDINATOR, STORE_OWNER_COUNT } StoreOwner;

typedef struct StoreMessage {
    uint8_t owner; /* StoreOwner: whom the answer is for */
    char name[BLOB_NAME_SIZE];
    uint8_t *blob; /* owned */
    size_t length;
} StoreMessage;

typedef struct StoredMessage {
    uint8_t owner;
    char name[BLOB_NAME_SIZE];
    uint32_t status; /* Status */
    char text[ERROR_TEXT_SIZE];
} StoredMessage;

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
        StopMessage stop;
        CheckpointMessage checkpoint;
        StoreMessage store;
        StoredMessage stored;
        SetupMessage setup;
        JobMessage job;
        CancelMessage cancel;
        ReadyMessage ready;
        JobEndedMessage job_ended;
        JobResultMessage job_result;
    } as;
} Message;

/* The kind that an encoding says it is of; 0, which is none, where it is too short or of another version. */
MessageKind message_kind(const void *data, size_t length);

/* Append the message's encoding: u8 version, u8 kind, fields. */
void message_encode(const Message *message, ByteWriter *writer);
/* What the kind does not use of the message is left as it was. STATUS_ENVIRONMENT naming the kind where the
 * bytes are not such a message, or of another version. */
Status message_decode(Message *message, const void *data, size_t length) MUST_CHECK;
void message_release(Message *message);
/* A copy of no more bytes than its kind uses, owned: message_release, then free(). What the message owns then
 * belongs to both. */
Status message_duplicate(Message **out, const Message *message) MUST_CHECK;

/* Encode and queue for `peer`, as channel_send; the message stays the caller's. */
Status message_send(Channel *channel, int peer, const Message *message) MUST_CHECK;
/* The next message of the channel and whom it is from, as channel_receive; *got is false where there is none.
 */
Status message_receive(Channel *channel, int *peer, Message *message, bool *got) MUST_CHECK;

#endif

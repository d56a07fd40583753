/* A rank's host process with the trial's child: pretended training, a pure function of the trial. */
#ifndef WINNOW_TESTS_CHILD_H
#define WINNOW_TESTS_CHILD_H

#include "base/philox.h"
#include "campaign/config.h"
#include "campaign/coordinator/world.h"
#include "campaign/wire.h"

/* Encoded messages on their way, oldest first. */
typedef struct Mail {
    struct Letter {
        uint8_t *bytes; /* owned */
        size_t length;
        MessageKind kind;
        bool blob; /* a large one, over the channel */
    } * letters;
    size_t count, capacity;
} Mail;

void mail_put(Mail *mail, const Message *message);
bool mail_take(Mail *mail, Message *message); /* the caller releases it */
void mail_cut(Mail *mail, size_t count);      /* forget all but the first `count` */
void mail_release(Mail *mail);
size_t mail_blobs(const Mail *mail);

#define HOST_STORES 16

typedef enum ChildFate { FATE_WELL, FATE_CRASH, FATE_HANG } ChildFate;

typedef struct SimulatedHost {
    World *world;
    const Config *config;
    const char *arithmetic;
    bool sees_parts;
    bool cannot_write; /* its own writes fail, those of rank 0 do not */
    bool kills;        /* every child dies in its first epoch */
    bool diverge_all;
    double crash, hang; /* chances, for each child */
    bool running;
    LeaseMessage lease; /* without its blob */
    bool save;
    uint32_t epoch, epochs; /* done, and at which its lease ends */
    uint64_t state;         /* what training has come to */
    double next;            /* when the epoch ends; INFINITY where it hangs */
    double pace;            /* seconds an epoch */
    ChildFate fate;
    uint32_t fate_epoch;
    Mail out; /* to the supervisor */
    StoreMessage stores[HOST_STORES];
    size_t store_count;
} SimulatedHost;

/* A message of the supervisor. */
void host_take(SimulatedHost *host, Message *message, RandomStream *dice, double now);
/* Time passes: epochs end, blobs are written. */
void host_run(SimulatedHost *host, RandomStream *dice, double now);
void host_end(SimulatedHost *host);

/* What a trial that nothing disturbs comes to after so many epochs, with the hash of its weights there. */
TrainOutcome pretend_outcome(const Config *config, const LeaseMessage *lease, uint32_t epochs,
                             uint64_t state);

#endif

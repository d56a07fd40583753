/* A worker whose words are written down, and what coordinator and host may say to it. */
#ifndef WINNOW_TESTS_CAMPAIGN_WORKER_LISTENER_H
#define WINNOW_TESTS_CAMPAIGN_WORKER_LISTENER_H

#include "campaign/worker.h"

#define HEARD_MAX 64

/* What the worker said, oldest first: kinds, and of the last result its fields. */
typedef struct Heard {
    size_t count;
    struct {
        WorkerPeer peer;
        MessageKind kind;
    } said[HEARD_MAX];
    ResultMessage result;         /* its curve is not kept */
    HelloMessage hello;           /* the last one */
    ProgressMessage progress;     /* the last one to the coordinator */
    CheckpointMessage checkpoint; /* its blob is not kept; length 0 for an offer */
    bool network_stored;
    size_t network_length;
    char stored[BLOB_NAME_SIZE]; /* what the host was to write last */
    uint64_t job;                /* lease of the last one */
    size_t job_length;           /* of its blob */
    uint8_t cancelled;
} Heard;

extern Heard heard; /* since the last worker_new() */

Worker worker_new(void);
void from_coordinator(Worker *w, Message message, double now);
void from_host(Worker *w, Message message, double now);
void lease(Worker *w, uint64_t number, uint64_t trial, double now);
void verdict(Worker *w, uint64_t number, bool keep);
void checkpoint_verdict(Worker *w, uint64_t number, bool keep);
void stop(Worker *w, bool save, double now);
void child_saves(Worker *w, uint64_t number, uint32_t epoch, size_t length);
void host_stored(Worker *w, Status status);
/* Until `now`, with a call every half second, as the loop makes them. */
void time_passes(Worker *w, double from, double now);
void child_says_result(Worker *w, uint64_t number, TrialStatus status);
void child_says_network(Worker *w, uint64_t number, size_t length);
void child_ends(Worker *w, int exit_code, int signal, const char *text, double now);
/* What it said last, `back` messages ago. */
bool said(size_t back, WorkerPeer peer, MessageKind kind);
/* How often it said this. */
size_t count_of(WorkerPeer peer, MessageKind kind);
/* A trial that ends well, with a network of `length` bytes. */
void trains(Worker *w, uint64_t number, size_t length);

void stop_suite(void);

#endif

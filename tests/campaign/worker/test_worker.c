/* The working side of a rank, message by message. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "campaign/worker.h"
#include "suite.h"

#define HEARD_MAX 16

/* What the worker said, oldest first: kinds, and of the last result its fields. */
typedef struct Heard {
    size_t count;
    struct {
        WorkerPeer peer;
        MessageKind kind;
    } said[HEARD_MAX];
    ResultMessage result; /* its curve is not kept */
    size_t network_length;
    uint8_t cancelled;
} Heard;

static Heard heard;

static Status listen(void *context, WorkerPeer peer, const Message *message) {
    (void)context;
    CU_ASSERT_FATAL(heard.count < HEARD_MAX);
    heard.said[heard.count].peer = peer;
    heard.said[heard.count++].kind = message->kind;
    if (message->kind == MESSAGE_RESULT) {
        heard.result = message->as.result;
        heard.result.record.curve = NULL;
    }
    if (message->kind == MESSAGE_NETWORK) heard.network_length = message->as.network.length;
    if (message->kind == MESSAGE_CANCEL) heard.cancelled = message->as.cancel.slot;
    return STATUS_OK;
}

static Worker worker_new(double limit) {
    heard = (Heard){0};
    return (Worker){.outlet = listen, .trial_limit = limit};
}

static void from_coordinator(Worker *w, Message message, double now) {
    CU_ASSERT_EQUAL_FATAL(worker_on_coordinator(w, &message, now), STATUS_OK);
}

static void from_host(Worker *w, Message message, double now) {
    CU_ASSERT_EQUAL_FATAL(worker_on_host(w, &message, now), STATUS_OK);
}

static void lease(Worker *w, uint64_t number, uint64_t trial, double now) {
    Message message = {.kind = MESSAGE_LEASE};
    message.as.lease = (LeaseMessage){.lease = number, .trial = trial, .parameter_count = 1};
    from_coordinator(w, message, now);
}

static void verdict(Worker *w, uint64_t number, bool keep) {
    Message message = {.kind = MESSAGE_VERDICT};
    message.as.verdict = (VerdictMessage){.lease = number, .keep = keep};
    from_coordinator(w, message, 0);
}

static void child_says_result(Worker *w, uint64_t number, TrialStatus status) {
    Message message = {.kind = MESSAGE_RESULT};
    message.as.result.lease = number;
    message.as.result.record.outcome.status = status;
    message.as.result.record.curve_count = 1;
    CU_ASSERT_EQUAL_FATAL(memory_new(&message.as.result.record.curve, 1, sizeof(EpochRow)), STATUS_OK);
    from_host(w, message, 1);
}

static void child_says_network(Worker *w, uint64_t number, size_t length) {
    Message message = {.kind = MESSAGE_NETWORK};
    message.as.network = (NetworkMessage){.lease = number, .length = length};
    CU_ASSERT_EQUAL_FATAL(memory_new(&message.as.network.blob, length, 1), STATUS_OK);
    from_host(w, message, 1);
}

static void child_ends(Worker *w, int exit_code, int signal, const char *text, double now) {
    Message message = {.kind = MESSAGE_JOB_ENDED};
    message.as.job_ended.exit_code = exit_code;
    message.as.job_ended.signal = signal;
    text_copy(message.as.job_ended.text, sizeof(message.as.job_ended.text), text);
    from_host(w, message, now);
}

/* What it said last, `back` messages ago. */
static bool said(size_t back, WorkerPeer peer, MessageKind kind) {
    return heard.count > back && heard.said[heard.count - 1 - back].peer == peer &&
           heard.said[heard.count - 1 - back].kind == kind;
}

static void test_trains(void) {
    Worker w = worker_new(INFINITY);
    HelloMessage hello = {.process = 1};
    CU_ASSERT_EQUAL(worker_start(&w, &hello, 0), STATUS_OK);
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_HELLO));
    lease(&w, 1, 40, 0);
    CU_ASSERT_TRUE(said(0, WORKER_TO_HOST, MESSAGE_JOB));
    child_says_result(&w, 1, TRIAL_COMPLETED);
    child_says_network(&w, 1, 7);
    CU_ASSERT_EQUAL(heard.count, 2); /* handed in only once the child is gone */
    child_ends(&w, 0, 0, "", 2);
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_RESULT));
    CU_ASSERT_TRUE(heard.result.has_network);
    CU_ASSERT_FALSE(heard.result.crashed);
    CU_ASSERT_EQUAL(w.unrecorded, 1);
    Message recorded = {.kind = MESSAGE_RECORDED};
    from_coordinator(&w, recorded, 2);
    CU_ASSERT_EQUAL(w.unrecorded, 0);
    worker_release(&w);
}

static void test_verdict(void) {
    for (int keep = 0; keep <= 1; keep++) {
        Worker w = worker_new(INFINITY);
        lease(&w, 1, 40, 0);
        child_says_result(&w, 1, TRIAL_COMPLETED);
        child_says_network(&w, 1, 7);
        child_ends(&w, 0, 0, "", 2);
        lease(&w, 2, 41, 2); /* the next trial does not wait for the verdict */
        CU_ASSERT_TRUE(said(0, WORKER_TO_HOST, MESSAGE_JOB));
        verdict(&w, 9, true); /* of no lease of ours */
        CU_ASSERT_TRUE(said(0, WORKER_TO_HOST, MESSAGE_JOB));
        verdict(&w, 1, keep == 1);
        CU_ASSERT_EQUAL(said(0, WORKER_TO_COORDINATOR, MESSAGE_NETWORK), keep == 1);
        CU_ASSERT_EQUAL(heard.network_length, keep == 1 ? 7 : 0);
        CU_ASSERT_PTR_NULL(w.offered.blob);
        size_t before = heard.count;
        verdict(&w, 1, true); /* said twice: there is nothing more to send */
        CU_ASSERT_EQUAL(heard.count, before);
        worker_release(&w);
    }
}

static void test_death(void) {
    Worker w = worker_new(INFINITY);
    lease(&w, 1, 40, 5);
    child_ends(&w, -1, 11, "", 8);
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_RESULT));
    CU_ASSERT_TRUE(heard.result.crashed);
    CU_ASSERT_EQUAL(heard.result.record.trial, 40);
    CU_ASSERT_EQUAL(heard.result.record.outcome.status, TRIAL_FAILED);
    CU_ASSERT_EQUAL(heard.result.record.outcome.seconds, 3);
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.result.record.reason, "signal 11"));
    lease(&w, 2, 40, 8);
    child_ends(&w, 1, 0, "out of memory for 3 numbers", 9);
    CU_ASSERT_TRUE(heard.result.crashed);
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.result.record.reason, "code 1: out of memory for 3 numbers"));
    worker_release(&w);
}

/* Its row would name a network that never came. */
static void test_death_after_result(void) {
    Worker w = worker_new(INFINITY);
    lease(&w, 1, 40, 0);
    child_says_result(&w, 1, TRIAL_COMPLETED);
    child_ends(&w, -1, 9, "", 2);
    CU_ASSERT_TRUE(heard.result.crashed);
    CU_ASSERT_FALSE(heard.result.has_network);
    CU_ASSERT_EQUAL(heard.result.record.outcome.status, TRIAL_FAILED);
    worker_release(&w);
}

static void test_limit(void) {
    Worker w = worker_new(10);
    lease(&w, 1, 40, 100);
    CU_ASSERT_EQUAL(worker_tick(&w, 109), STATUS_OK);
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_PROGRESS));
    CU_ASSERT_EQUAL(worker_tick(&w, 110.5), STATUS_OK);
    CU_ASSERT_TRUE(said(0, WORKER_TO_HOST, MESSAGE_CANCEL));
    CU_ASSERT_EQUAL(heard.cancelled, JOB_SLOT_TRIAL);
    CU_ASSERT_EQUAL(worker_tick(&w, 110.6), STATUS_OK); /* once */
    CU_ASSERT_EQUAL(heard.count, 3);
    child_ends(&w, -1, 9, "", 110.7);
    CU_ASSERT_FALSE(heard.result.crashed); /* it would take as long again */
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.result.record.reason, "limits.trial_seconds: 10"));
    lease(&w, 2, 41, 111);
    child_ends(&w, -1, 9, "", 112);
    CU_ASSERT_TRUE(heard.result.crashed); /* the limit was the other trial's */
    worker_release(&w);
}

static void test_signs_of_life(void) {
    Worker w = worker_new(INFINITY);
    CU_ASSERT_EQUAL(worker_tick(&w, 50), STATUS_OK);
    CU_ASSERT_EQUAL(heard.count, 0); /* who does not train has said so */
    lease(&w, 1, 40, 50);
    CU_ASSERT_EQUAL(worker_tick(&w, 51.5), STATUS_OK);
    CU_ASSERT_EQUAL(heard.count, 1);
    CU_ASSERT_EQUAL(worker_tick(&w, 52.5), STATUS_OK);
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_PROGRESS));
    CU_ASSERT_EQUAL(worker_tick(&w, 53), STATUS_OK);
    CU_ASSERT_EQUAL(heard.count, 2);
    worker_release(&w);
}

static void test_stop(void) {
    Worker w = worker_new(INFINITY);
    lease(&w, 1, 40, 0);
    child_says_result(&w, 1, TRIAL_COMPLETED);
    from_coordinator(&w, (Message){.kind = MESSAGE_STOP}, 1);
    CU_ASSERT_TRUE(w.stopped);
    CU_ASSERT_TRUE(said(0, WORKER_TO_HOST, MESSAGE_CANCEL));
    size_t before = heard.count;
    from_host(&w, (Message){.kind = MESSAGE_PROGRESS}, 1);
    child_ends(&w, -1, 9, "", 2);
    lease(&w, 2, 41, 2);
    CU_ASSERT_EQUAL(worker_tick(&w, 99), STATUS_OK);
    CU_ASSERT_EQUAL(heard.count, before); /* no row, no new trial, no sign of life */
    worker_release(&w);
}

static void test_strangers(void) {
    Worker w = worker_new(INFINITY);
    child_ends(&w, 0, 0, "", 0); /* of no child of ours */
    child_says_result(&w, 7, TRIAL_COMPLETED);
    lease(&w, 1, 40, 0);
    lease(&w, 2, 41, 0); /* while it trains */
    CU_ASSERT_EQUAL(w.lease.lease, 1);
    child_says_result(&w, 7, TRIAL_COMPLETED);
    child_says_network(&w, 7, 3);
    CU_ASSERT_FALSE(w.has_result);
    CU_ASSERT_PTR_NULL(w.network.blob);
    CU_ASSERT_EQUAL(heard.count, 1);
    from_coordinator(&w, (Message){.kind = MESSAGE_PROGRESS}, 0);
    CU_ASSERT_EQUAL(heard.count, 1);
    worker_release(&w);
}

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    static const TestCase tests[] = {
        {"a trial is trained and handed in once its child is gone", test_trains},
        {"a network travels when it is to be kept, and goes when not", test_verdict},
        {"a child that dies makes a failed row with its signal or its words", test_death},
        {"a child that dies before its network has come counts as crashed", test_death_after_result},
        {"a trial over its limit is ended once, and is no crash", test_limit},
        {"a worker that trains gives signs of life", test_signs_of_life},
        {"told to stop, it ends its child and says no more", test_stop},
        {"what belongs to no lease of its own changes nothing", test_strangers},
    };
    SUITE("worker", tests);
    return suites_run();
}

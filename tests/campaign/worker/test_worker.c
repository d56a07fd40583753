/* The working side of a rank, message by message. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "campaign/worker/listener.h"
#include "suite.h"

static void test_trains(void) {
    Worker w = worker_new();
    HelloMessage hello = {.host = "node1"};
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
    worker_release(&w);
}

static void test_verdict(void) {
    for (int keep = 0; keep <= 1; keep++) {
        Worker w = worker_new();
        trains(&w, 1, 7);
        verdict(&w, 9, true); /* of no lease of ours */
        CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_RESULT));
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

/* Where it sees the folder, its host writes the network; where that fails, it offers the bytes. */
static void test_stores(void) {
    for (int full = 0; full <= 1; full++) {
        Worker w = worker_new();
        w.sees_parts = true;
        trains(&w, 1, 7);
        verdict(&w, 1, true);
        CU_ASSERT_TRUE(said(0, WORKER_TO_HOST, MESSAGE_STORE));
        CU_ASSERT_STRING_EQUAL(heard.stored, "member-40");
        host_stored(&w, full ? STATUS_ENVIRONMENT : STATUS_OK);
        CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_NETWORK));
        CU_ASSERT_EQUAL(heard.network_stored, !full);
        CU_ASSERT_EQUAL(heard.network_length, 0);
        CU_ASSERT_EQUAL(w.offered.blob != NULL, full);
        verdict(&w, 1, true);
        CU_ASSERT_EQUAL(heard.network_length, full ? 7 : 0);
        CU_ASSERT_EQUAL(count_of(WORKER_TO_HOST, MESSAGE_STORE), 1);
        CU_ASSERT_PTR_NULL(w.offered.blob);
        worker_release(&w);
    }
}

/* The next trial may run meanwhile, but its result waits: one network is in hand at a time. */
static void test_result_waits_for_the_network_before(void) {
    Worker w = worker_new();
    w.sees_parts = true;
    trains(&w, 1, 7);
    verdict(&w, 1, true);
    trains(&w, 2, 8);
    CU_ASSERT_EQUAL(count_of(WORKER_TO_COORDINATOR, MESSAGE_RESULT), 1);
    CU_ASSERT_EQUAL(w.last_sent, 2);
    host_stored(&w, STATUS_OK);
    CU_ASSERT_TRUE(said(1, WORKER_TO_COORDINATOR, MESSAGE_NETWORK));
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_RESULT));
    CU_ASSERT_EQUAL(heard.result.lease, 2);
    worker_release(&w);
}

static void test_death(void) {
    Worker w = worker_new();
    lease(&w, 1, 40, 5);
    child_ends(&w, -1, 11, "", 8);
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_RESULT));
    CU_ASSERT_TRUE(heard.result.crashed);
    CU_ASSERT_EQUAL(heard.result.record.trial, 40);
    CU_ASSERT_EQUAL(heard.result.record.outcome.status, TRIAL_FAILED);
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.result.record.reason, "signal 11"));
    lease(&w, 2, 40, 8);
    child_ends(&w, 1, 0, "out of memory for 3 numbers", 9);
    CU_ASSERT_TRUE(heard.result.crashed);
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.result.record.reason, "code 1: out of memory for 3 numbers"));
    worker_release(&w);
}

/* Its row would name a network that never came. */
static void test_death_after_result(void) {
    Worker w = worker_new();
    lease(&w, 1, 40, 0);
    child_says_result(&w, 1, TRIAL_COMPLETED);
    child_ends(&w, -1, 9, "", 2);
    CU_ASSERT_TRUE(heard.result.crashed);
    CU_ASSERT_FALSE(heard.result.has_network);
    CU_ASSERT_EQUAL(heard.result.record.outcome.status, TRIAL_FAILED);
    worker_release(&w);
}

/* Seconds of earlier leases count; a trial that begins anew has none. */
static void test_limit(void) {
    for (int anew = 0; anew <= 1; anew++) {
        Worker w = worker_new();
        w.limits.trial_seconds = 10;
        Message message = {.kind = MESSAGE_LEASE};
        message.as.lease = (LeaseMessage){.lease = 1, .trial = 40, .checkpoint = {.epoch = 3, .seconds = 4}};
        from_coordinator(&w, message, 100);
        Message begun = {.kind = MESSAGE_PROGRESS};
        begun.as.progress = (ProgressMessage){.lease = 1, .begun = true, .from_epoch = anew ? 0 : 3};
        from_host(&w, begun, 100);
        double limit = anew ? 110 : 106;
        time_passes(&w, 100, limit);
        CU_ASSERT_EQUAL(count_of(WORKER_TO_HOST, MESSAGE_CANCEL), 0);
        time_passes(&w, limit + 0.5, limit + 3);
        CU_ASSERT_EQUAL(count_of(WORKER_TO_HOST, MESSAGE_CANCEL), 1); /* once */
        CU_ASSERT_EQUAL(heard.cancelled, JOB_SLOT_TRIAL);
        child_ends(&w, -1, 9, "", limit + 3);
        CU_ASSERT_FALSE(heard.result.crashed); /* it would take as long again */
        CU_ASSERT_EQUAL(heard.result.record.outcome.seconds, 13);
        CU_ASSERT_PTR_NOT_NULL(strstr(heard.result.record.reason, "limits.trial_seconds: 10"));
        lease(&w, 2, 41, limit + 3);
        child_ends(&w, -1, 9, "", limit + 4);
        CU_ASSERT_TRUE(heard.result.crashed); /* the limit was the other trial's */
        worker_release(&w);
    }
}

static void epoch_ends(Worker *w, uint64_t number, double now) {
    Message message = {.kind = MESSAGE_PROGRESS};
    message.as.progress = (ProgressMessage){.lease = number, .has_row = true};
    from_host(w, message, now);
}

static void test_hang(void) {
    Worker w = worker_new();
    w.limits.epoch_seconds = 5;
    lease(&w, 1, 40, 0);
    time_passes(&w, 0, 4);
    epoch_ends(&w, 1, 4);
    time_passes(&w, 4.5, 9);
    CU_ASSERT_EQUAL(count_of(WORKER_TO_HOST, MESSAGE_CANCEL), 0);
    time_passes(&w, 9.5, 12);
    CU_ASSERT_EQUAL(count_of(WORKER_TO_HOST, MESSAGE_CANCEL), 1);
    child_ends(&w, -1, 9, "", 12);
    CU_ASSERT_TRUE(heard.result.crashed);
    CU_ASSERT_STRING_EQUAL(heard.result.record.reason, "ended no epoch within limits.epoch_seconds: 5");
    worker_release(&w);
}

/* Its process hangs in the kernel, or the host process does: this rank would be in everybody's way. */
static void test_does_not_end(void) {
    Worker w = worker_new();
    w.limits.epoch_seconds = 5;
    lease(&w, 1, 40, 0);
    time_passes(&w, 0.5, 35);
    CU_ASSERT_EQUAL(count_of(WORKER_TO_HOST, MESSAGE_CANCEL), 1);
    CU_ASSERT_EQUAL(worker_tick(&w, 35.5), STATUS_OK);
    CU_ASSERT_EQUAL(worker_tick(&w, 36), STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "trial 40 does not end"));
    worker_release(&w);
}

static void test_signs_of_life(void) {
    Worker w = worker_new();
    HelloMessage hello = {.host = "node1"};
    CU_ASSERT_EQUAL(worker_start(&w, &hello, 0), STATUS_OK);
    time_passes(&w, 0, 1.5);
    CU_ASSERT_EQUAL(heard.count, 1);
    time_passes(&w, 2, 5.5);
    CU_ASSERT_EQUAL(count_of(WORKER_TO_COORDINATOR, MESSAGE_PROGRESS), 2); /* idle */
    CU_ASSERT_EQUAL(heard.progress.lease, 0);
    lease(&w, 1, 40, 5.5);
    time_passes(&w, 6, 6);
    CU_ASSERT_EQUAL(heard.progress.lease, 1);
    CU_ASSERT_FALSE(heard.progress.has_row);
    epoch_ends(&w, 1, 7.5);
    CU_ASSERT_TRUE(heard.progress.has_row);
    size_t before = heard.count;
    time_passes(&w, 8, 9);
    CU_ASSERT_EQUAL(heard.count, before); /* the epoch was a sign of life */
    worker_release(&w);
}

static void test_watchdog(void) {
    Worker w = worker_new();
    w.limits.silence_seconds = 1; /* five times that */
    HelloMessage hello = {.host = "node1"};
    CU_ASSERT_EQUAL(worker_start(&w, &hello, 0), STATUS_OK);
    time_passes(&w, 0.5, 4);
    from_coordinator(&w, (Message){.kind = MESSAGE_ALIVE}, 4);
    time_passes(&w, 4.5, 8);
    time_passes(&w, 508, 508); /* suspended: that was not the coordinator's silence */
    CU_ASSERT_EQUAL(worker_tick(&w, 508.5), STATUS_RESUMABLE);
    w.watches_coordinator = false; /* as on rank 0 */
    CU_ASSERT_EQUAL(worker_tick(&w, 520), STATUS_OK);
    worker_release(&w);
}

/* A lease that comes while another trial runs takes its place. */
static void test_replaced(void) {
    Worker w = worker_new();
    lease(&w, 1, 40, 0);
    child_saves(&w, 1, 2, 5);
    Message message = {.kind = MESSAGE_LEASE};
    message.as.lease = (LeaseMessage){.lease = 2, .trial = 41, .length = 6};
    CU_ASSERT_EQUAL_FATAL(memory_new(&message.as.lease.blob, 6, 1), STATUS_OK);
    from_coordinator(&w, message, 1);
    CU_ASSERT_TRUE(said(0, WORKER_TO_HOST, MESSAGE_CANCEL));
    child_says_result(&w, 1, TRIAL_COMPLETED);
    child_ends(&w, -1, 9, "", 1);
    CU_ASSERT_TRUE(said(0, WORKER_TO_HOST, MESSAGE_JOB));
    CU_ASSERT_EQUAL(heard.job, 2);
    CU_ASSERT_EQUAL(heard.job_length, 6);
    CU_ASSERT_EQUAL(count_of(WORKER_TO_COORDINATOR, MESSAGE_RESULT), 0);
    CU_ASSERT_FALSE(w.has_result);
    CU_ASSERT_PTR_NULL(w.checkpoint.blob);
    worker_release(&w);
}

/* --- checkpoints --- */

/* Only the newest one travels, and only when asked for. */
static void test_checkpoints(void) {
    Worker w = worker_new();
    lease(&w, 1, 40, 0);
    child_saves(&w, 1, 2, 5);
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_CHECKPOINT));
    CU_ASSERT_EQUAL(heard.checkpoint.length, 0); /* an offer */
    size_t before = heard.count;
    child_saves(&w, 1, 3, 6);
    CU_ASSERT_EQUAL(heard.count, before); /* one question is open */
    checkpoint_verdict(&w, 9, true);
    CU_ASSERT_EQUAL(heard.count, before);
    checkpoint_verdict(&w, 1, true);
    CU_ASSERT_EQUAL(heard.checkpoint.length, 6);
    CU_ASSERT_EQUAL(heard.checkpoint.record.epoch, 3);
    child_saves(&w, 1, 4, 7);
    CU_ASSERT_EQUAL(heard.checkpoint.length, 0);
    checkpoint_verdict(&w, 1, false);
    CU_ASSERT_PTR_NULL(w.checkpoint.blob);
    child_saves(&w, 1, 5, 0); /* stored by the child itself: passed on */
    CU_ASSERT_TRUE(heard.checkpoint.stored);
    CU_ASSERT_EQUAL(heard.checkpoint.record.epoch, 5);
    worker_release(&w);
}

/* A trial that waits at a rung is gone on with from there: its report comes after its state. */
static void test_report_waits_for_its_checkpoint(void) {
    for (int keep = 0; keep <= 1; keep++) {
        Worker w = worker_new();
        lease(&w, 1, 40, 0);
        child_saves(&w, 1, 3, 5);
        child_says_result(&w, 1, TRIAL_STOPPED);
        child_ends(&w, 0, 0, "", 2);
        CU_ASSERT_EQUAL(count_of(WORKER_TO_COORDINATOR, MESSAGE_RESULT), 0);
        checkpoint_verdict(&w, 1, keep == 1);
        CU_ASSERT_EQUAL(count_of(WORKER_TO_COORDINATOR, MESSAGE_CHECKPOINT), 1U + (unsigned)keep);
        CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_RESULT));
        CU_ASSERT_EQUAL(heard.result.record.outcome.status, TRIAL_STOPPED);
        CU_ASSERT_FALSE(w.has_result);
        worker_release(&w);
    }
    Worker w = worker_new(); /* its child has stored it */
    w.sees_parts = true;
    lease(&w, 1, 40, 0);
    child_saves(&w, 1, 3, 0);
    child_says_result(&w, 1, TRIAL_STOPPED);
    child_ends(&w, 0, 0, "", 2);
    CU_ASSERT_TRUE(said(1, WORKER_TO_COORDINATOR, MESSAGE_CHECKPOINT));
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_RESULT));
    worker_release(&w);
}

/* --- another way to the coordinator --- */

static void greet_anew(Worker *w) {
    HelloMessage hello = {.host = "n1"};
    CU_ASSERT_EQUAL_FATAL(worker_greet_anew(w, &hello, 3), STATUS_OK);
}

static void test_greets_anew_in_training(void) {
    Worker w = worker_new();
    lease(&w, 1, 40, 0);
    child_saves(&w, 1, 3, 5);
    greet_anew(&w);
    CU_ASSERT_TRUE(said(1, WORKER_TO_COORDINATOR, MESSAGE_HELLO));
    CU_ASSERT_EQUAL(heard.hello.lease, 1);
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_CHECKPOINT)); /* offered again */
    CU_ASSERT_EQUAL(heard.checkpoint.length, 0);
    checkpoint_verdict(&w, 1, true);
    CU_ASSERT_EQUAL(heard.checkpoint.length, 5);
    greet_anew(&w); /* nothing to offer any more */
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_HELLO));
    worker_release(&w);
}

static void test_greets_anew_after_training(void) {
    Worker w = worker_new();
    greet_anew(&w);
    CU_ASSERT_EQUAL(heard.hello.lease, 0);
    trains(&w, 1, 3);
    CU_ASSERT_PTR_NOT_NULL(w.offered.blob);
    greet_anew(&w); /* its result may be lost */
    CU_ASSERT_EQUAL(heard.hello.lease, 0);
    CU_ASSERT_PTR_NULL(w.offered.blob);
    lease(&w, 2, 41, 0);
    child_saves(&w, 2, 3, 5);
    child_says_result(&w, 2, TRIAL_STOPPED);
    child_ends(&w, 0, 0, "", 2); /* a result that waits for its checkpoint's verdict */
    greet_anew(&w);
    CU_ASSERT_EQUAL(heard.hello.lease, 0);
    CU_ASSERT_FALSE(w.has_result);
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_HELLO));
    CU_ASSERT_EQUAL(worker_leave(&w, "", 4), STATUS_OK);
    greet_anew(&w);
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_FAREWELL));
    worker_release(&w);
}

/* What was saved for the stop is offered on the new way, until nobody takes it any more. */
static void test_greets_anew_in_a_stop(void) {
    for (int taken = 0; taken <= 1; taken++) {
        Worker w = worker_new();
        lease(&w, 1, 40, 0);
        stop(&w, true, 1);
        child_saves(&w, 1, 3, 5);
        child_ends(&w, 0, 0, "", 2);
        CU_ASSERT_FALSE(w.left);
        greet_anew(&w);
        CU_ASSERT_EQUAL(heard.hello.lease, 0);
        CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_CHECKPOINT));
        stop(&w, true, 3); /* told again on the new way */
        CU_ASSERT_FALSE(w.left);
        if (taken)
            checkpoint_verdict(&w, 1, true);
        else
            stop(&w, false, 4);
        CU_ASSERT_EQUAL(heard.checkpoint.length, taken ? 5U : 0U);
        CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_FAREWELL));
        CU_ASSERT_TRUE(w.left);
        worker_release(&w);
    }
}

/* The one that runs is being ended for another: its checkpoint is of no use. */
static void test_greets_anew_when_replaced(void) {
    Worker w = worker_new();
    lease(&w, 1, 40, 0);
    child_saves(&w, 1, 3, 5);
    lease(&w, 2, 41, 1);
    greet_anew(&w);
    CU_ASSERT_EQUAL(heard.hello.lease, 2);
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_HELLO));
    worker_release(&w);
}

static void test_strangers(void) {
    Worker w = worker_new();
    child_ends(&w, 0, 0, "", 0); /* of no child of ours */
    child_says_result(&w, 7, TRIAL_COMPLETED);
    lease(&w, 1, 40, 0);
    child_says_result(&w, 7, TRIAL_COMPLETED);
    child_says_network(&w, 7, 3);
    child_saves(&w, 7, 3, 5);
    CU_ASSERT_FALSE(w.has_result);
    CU_ASSERT_PTR_NULL(w.network.blob);
    CU_ASSERT_EQUAL(heard.count, 1);
    from_coordinator(&w, (Message){.kind = MESSAGE_PROGRESS}, 0);
    host_stored(&w, STATUS_OK); /* nothing was to be stored */
    CU_ASSERT_EQUAL(heard.count, 1);
    worker_release(&w);
}

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    static const TestCase tests[] = {
        {"a trial is trained and handed in once its child is gone", test_trains},
        {"a network travels when it is to be kept, and goes when not", test_verdict},
        {"where the folder is seen the host stores the network, else its bytes are offered", test_stores},
        {"a result waits until the network before it is safe", test_result_waits_for_the_network_before},
        {"a child that dies makes a failed row with its signal or its words", test_death},
        {"a child that dies before its network has come counts as crashed", test_death_after_result},
        {"a trial over its limit, earlier leases included, is ended once, and is no crash", test_limit},
        {"a child that ends no epoch for too long is ended and counts as crashed", test_hang},
        {"a process that does not end ends its rank's part", test_does_not_end},
        {"a worker gives signs of life, working or idle", test_signs_of_life},
        {"a worker that hears nothing of the coordinator ends, its own absence not counted", test_watchdog},
        {"a new lease takes the place of the trial that runs", test_replaced},
        {"of the checkpoints only the newest travels, when asked for", test_checkpoints},
        {"a trial's report from a rung comes after its state", test_report_waits_for_its_checkpoint},
        {"a new greeting names the trial that runs and offers its checkpoint again",
         test_greets_anew_in_training},
        {"a new greeting in a stop offers what was saved", test_greets_anew_in_a_stop},
        {"a new greeting leaves out the checkpoint of a trial that was replaced",
         test_greets_anew_when_replaced},
        {"a new greeting drops what was handed in on the old way", test_greets_anew_after_training},
        {"what belongs to no lease of its own changes nothing", test_strangers},
    };
    SUITE("worker", tests);
    stop_suite();
    return suites_run();
}

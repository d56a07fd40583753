/* How a worker leaves. */
#include "campaign/worker/listener.h"
#include "suite.h"

static void test_stop_without_saving(void) {
    Worker w = worker_new();
    lease(&w, 1, 40, 0);
    child_says_result(&w, 1, TRIAL_COMPLETED);
    stop(&w, false, 1);
    CU_ASSERT_TRUE(said(0, WORKER_TO_HOST, MESSAGE_CANCEL));
    CU_ASSERT_FALSE(w.left); /* its child still lives */
    child_ends(&w, -1, 9, "", 2);
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_FAREWELL));
    CU_ASSERT_TRUE(w.left);
    size_t before = heard.count;
    lease(&w, 2, 41, 2);
    CU_ASSERT_EQUAL(worker_tick(&w, 99), STATUS_OK);
    CU_ASSERT_EQUAL(worker_leave(&w, "again", 99), STATUS_OK);
    CU_ASSERT_EQUAL(heard.count, before); /* no row, no new trial, no sign of life, no second farewell */
    worker_release(&w);
    w = worker_new();
    lease(&w, 1, 40, 0);
    stop(&w, false, 1);
    child_says_result(&w, 1, TRIAL_COMPLETED); /* it was quicker than its end */
    child_says_network(&w, 1, 7);
    child_ends(&w, 0, 0, "", 2);
    CU_ASSERT_TRUE(w.left);
    CU_ASSERT_EQUAL(count_of(WORKER_TO_COORDINATOR, MESSAGE_RESULT), 0);
    worker_release(&w);
}

static void test_stop_idle(void) {
    Worker w = worker_new();
    stop(&w, true, 1);
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_FAREWELL));
    worker_release(&w);
}

static void test_stop_saves(void) {
    for (int blind = 0; blind <= 1; blind++) {
        Worker w = worker_new();
        w.sees_parts = !blind;
        lease(&w, 1, 40, 0);
        stop(&w, true, 1);
        CU_ASSERT_TRUE(said(0, WORKER_TO_HOST, MESSAGE_SAVE));
        stop(&w, true, 1);
        CU_ASSERT_EQUAL(count_of(WORKER_TO_HOST, MESSAGE_SAVE), 1);
        child_saves(&w, 1, 3, blind ? 5 : 0);
        CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_CHECKPOINT));
        child_ends(&w, 0, 0, "", 4);
        CU_ASSERT_EQUAL(w.left, !blind); /* its bytes have still to be asked for */
        if (blind) checkpoint_verdict(&w, 1, true);
        CU_ASSERT_TRUE(w.left);
        CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_FAREWELL));
        CU_ASSERT_TRUE(said(1, WORKER_TO_COORDINATOR, MESSAGE_CHECKPOINT));
        CU_ASSERT_EQUAL(count_of(WORKER_TO_COORDINATOR, MESSAGE_RESULT), 0);
        worker_release(&w);
    }
}

/* An epoch that does not end in time is cut off; a death is no crash now. */
static void test_stop_out_of_time(void) {
    Worker w = worker_new();
    lease(&w, 1, 40, 0);
    stop(&w, true, 1);
    time_passes(&w, 1.5, 10.5);
    CU_ASSERT_EQUAL(count_of(WORKER_TO_HOST, MESSAGE_CANCEL), 0);
    time_passes(&w, 11, 13);
    CU_ASSERT_EQUAL(count_of(WORKER_TO_HOST, MESSAGE_CANCEL), 1);
    child_ends(&w, -1, 9, "", 13);
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_FAREWELL));
    CU_ASSERT_EQUAL(count_of(WORKER_TO_COORDINATOR, MESSAGE_RESULT), 0);
    worker_release(&w);
}

/* A trial that ends meanwhile is handed in, with its network, before the farewell. */
static void test_stop_with_a_result(void) {
    Worker w = worker_new();
    w.sees_parts = true;
    lease(&w, 1, 40, 0);
    stop(&w, true, 1);
    child_says_result(&w, 1, TRIAL_COMPLETED);
    child_says_network(&w, 1, 7);
    child_ends(&w, 0, 0, "", 4);
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_RESULT));
    verdict(&w, 1, true);
    CU_ASSERT_FALSE(w.left);
    host_stored(&w, STATUS_OK);
    CU_ASSERT_TRUE(said(1, WORKER_TO_COORDINATOR, MESSAGE_NETWORK));
    CU_ASSERT_TRUE(said(0, WORKER_TO_COORDINATOR, MESSAGE_FAREWELL));
    worker_release(&w);
}

void stop_suite(void) {
    static const TestCase tests[] = {
        {"told to stop at the end of all, it ends its child, says farewell and no more",
         test_stop_without_saving},
        {"told to stop while idle, it leaves at once", test_stop_idle},
        {"told to stop, its child saves, and it leaves once that is safe", test_stop_saves},
        {"a child that cannot save in time is ended", test_stop_out_of_time},
        {"a trial that ends after the stop is handed in before the farewell", test_stop_with_a_result},
    };
    SUITE("stop", tests);
}

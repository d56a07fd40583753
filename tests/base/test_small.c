/* Clock, log and JSON. */
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/suites.h"
#include "suite.h"

static void monotonic_goes_on(void) {
    double before = clock_monotonic();
    clock_sleep(0.02);
    double passed = clock_monotonic() - before;
    CU_ASSERT(passed >= 0.02 && passed < 5);
}

static void unix_is_now(void) {
    CU_ASSERT(fabs(clock_unix() - (double)time(NULL)) < 2);
}

static void senseless_sleeps_end(void) {
    double before = clock_monotonic();
    clock_sleep(0);
    clock_sleep(-1);
    clock_sleep(NAN);
    CU_ASSERT(clock_monotonic() - before < 1);
}

static void on_alarm(int number) {
    (void)number;
}

static void signals_wake(void) {
    struct sigaction action = {.sa_handler = on_alarm};
    struct sigaction old;
    /* Again and again, should the first come before the sleep. */
    struct itimerval soon = {{0, 20000}, {0, 20000}};
    struct itimerval never = {{0, 0}, {0, 0}};
    (void)sigaction(SIGALRM, &action, &old);
    double before = clock_monotonic();
    (void)setitimer(ITIMER_REAL, &soon, NULL);
    clock_sleep(INFINITY);
    (void)setitimer(ITIMER_REAL, &never, NULL);
    (void)sigaction(SIGALRM, &old, NULL);
    CU_ASSERT(clock_monotonic() - before < 10);
}

typedef struct Heard {
    size_t lines;
    LogLevel level;
    char line[5000];
} Heard;

static void hear(void *context, LogLevel level, const char *line) {
    Heard *heard = context;
    heard->lines++;
    heard->level = level;
    (void)strncpy(heard->line, line, sizeof(heard->line) - 1);
}

static void log_reaches_the_sink(void) {
    static Heard heard;
    log_note("to nobody");
    log_set_sink(hear, &heard);
    log_note("note %d", 1);
    CU_ASSERT_EQUAL(heard.level, LOG_NOTE);
    CU_ASSERT_STRING_EQUAL(heard.line, "note 1");
    log_warning("warning %s", "two");
    CU_ASSERT_EQUAL(heard.level, LOG_WARNING);
    CU_ASSERT_STRING_EQUAL(heard.line, "warning two");
    log_note("%*d", 4500, 1);
    CU_ASSERT_EQUAL(strlen(heard.line), 4095);
    CU_ASSERT_STRING_EQUAL(heard.line + 4091, " ...");
    log_set_sink(NULL, NULL);
    log_warning("to nobody");
    CU_ASSERT_EQUAL(heard.lines, 3);
}

static void json_numbers(void) {
    json_t *object = json_object();
    CU_ASSERT_EQUAL(json_object_set_new(object, "z", json_number_or_null(0.5)), 0);
    CU_ASSERT_EQUAL(json_object_set_new(object, "a", json_number_or_null(NAN)), 0);
    CU_ASSERT_EQUAL(json_object_set_new(object, "m", json_number_or_null(-INFINITY)), 0);
    char *text = json_text_take(object);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_STRING_EQUAL(text, "{\n  \"z\": 0.5,\n  \"a\": null,\n  \"m\": null\n}");
    free(text);
}

static void json_is_exact(void) {
    char *text = json_text_take(json_number_or_null(0.1));
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_EQUAL(strtod(text, NULL), 0.1);
    free(text);
    CU_ASSERT_PTR_NULL(json_text_take(NULL));
}

void suite_small(void) {
    static const TestCase tests[] = {
        {"the clock goes on while one sleeps", monotonic_goes_on},
        {"the Unix clock tells the time", unix_is_now},
        {"senseless sleeps end at once", senseless_sleeps_end},
        {"a signal ends a sleep", signals_wake},
        {"lines reach the sink, cut where too long", log_reaches_the_sink},
        {"NaN and infinity are null, keys keep their order", json_numbers},
        {"numbers come back exactly", json_is_exact},
    };
    SUITE("clock, log, json", tests);
}

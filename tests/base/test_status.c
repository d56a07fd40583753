#include <errno.h>
#include <string.h>
#include <threads.h>

#include "base/status.h"
#include "base/suites.h"
#include "suite.h"

static void fail_replaces(void) {
    CU_ASSERT_EQUAL(status_fail(STATUS_INPUT, "first"), STATUS_INPUT);
    CU_ASSERT_EQUAL(status_fail(STATUS_ENVIRONMENT, "second %d", 2), STATUS_ENVIRONMENT);
    CU_ASSERT_STRING_EQUAL(status_text(), "second 2");
    status_clear();
    CU_ASSERT_STRING_EQUAL(status_text(), "");
}

static void within_prepends(void) {
    (void)status_fail(STATUS_INPUT, "bad label");
    CU_ASSERT_EQUAL(status_within(STATUS_INPUT, "file %s", "a.idx"), STATUS_INPUT);
    CU_ASSERT_EQUAL(status_within(STATUS_ENVIRONMENT, "trial %d", 7), STATUS_ENVIRONMENT);
    CU_ASSERT_STRING_EQUAL(status_text(), "trial 7: file a.idx: bad label");
}

static void errno_is_appended(void) {
    errno = ENOENT;
    CU_ASSERT_EQUAL(status_fail_errno(STATUS_ENVIRONMENT, "cannot open %s", "x"), STATUS_ENVIRONMENT);
    CU_ASSERT_STRING_EQUAL(status_text(), "cannot open x: No such file or directory");
}

static void own_text_as_argument(void) {
    (void)status_fail(STATUS_INPUT, "inner");
    (void)status_fail(STATUS_INPUT, "outer (%s), again %s", status_text(), status_text());
    CU_ASSERT_STRING_EQUAL(status_text(), "outer (inner), again inner");
    (void)status_restore(STATUS_INPUT, status_text() + strlen("outer "));
    CU_ASSERT_STRING_EQUAL(status_text(), "(inner), again inner");
}

static void restore_is_exact(void) {
    CU_ASSERT_EQUAL(status_restore(STATUS_RESUMABLE, "100 %s of %n"), STATUS_RESUMABLE);
    CU_ASSERT_STRING_EQUAL(status_text(), "100 %s of %n");
}

static void long_text_is_cut(void) {
    static char longer[6000];
    memset(longer, 'x', sizeof(longer) - 1);
    (void)status_fail(STATUS_INPUT, "%s", longer);
    CU_ASSERT_EQUAL(strlen(status_text()), 4095);
    CU_ASSERT_STRING_EQUAL(status_text() + 4091, "x...");
    (void)status_within(STATUS_INPUT, "in front");
    CU_ASSERT_EQUAL(strlen(status_text()), 4095);
    CU_ASSERT_EQUAL(strncmp(status_text(), "in front: xxx", 13), 0);
    CU_ASSERT_STRING_EQUAL(status_text() + 4091, "x...");
}

static void longest_text_is_whole(void) {
    static char fits[4096];
    memset(fits, 'y', sizeof(fits) - 1);
    (void)status_fail(STATUS_INPUT, "%s", fits);
    CU_ASSERT_STRING_EQUAL(status_text(), fits);
}

static void cut_between_characters(void) {
    static char umlauts[6001];
    for (size_t shift = 0; shift < 2; shift++) {
        for (size_t i = shift; i + 1 < sizeof(umlauts); i += 2)
            memcpy(umlauts + i, "\xC3\xA4", 2);
        umlauts[0] = shift == 1 ? 'x' : umlauts[0];
        umlauts[sizeof(umlauts) - 1] = '\0';
        (void)status_fail(STATUS_INPUT, "%s", umlauts);
        size_t length = strlen(status_text());
        CU_ASSERT(length >= 4094);
        CU_ASSERT_STRING_EQUAL(status_text() + length - 5, "\xC3\xA4...");
    }
}

static int other_thread(void *seen) {
    *(size_t *)seen = strlen(status_text());
    (void)status_fail(STATUS_INPUT, "theirs");
    return 0;
}

static void text_is_the_threads_own(void) {
    thrd_t thread;
    size_t seen = 99;
    (void)status_fail(STATUS_INPUT, "mine");
    CU_ASSERT_EQUAL_FATAL(thrd_create(&thread, other_thread, &seen), thrd_success);
    (void)thrd_join(thread, NULL);
    CU_ASSERT_EQUAL(seen, 0);
    CU_ASSERT_STRING_EQUAL(status_text(), "mine");
}

static int went_on;

static Status tries(Status inner) {
    TRY(inner);
    went_on++;
    return STATUS_OK;
}

static void try_passes_on(void) {
    went_on = 0;
    CU_ASSERT_EQUAL(tries(STATUS_RESUMABLE), STATUS_RESUMABLE);
    CU_ASSERT_EQUAL(went_on, 0);
    CU_ASSERT_EQUAL(tries(STATUS_OK), STATUS_OK);
    CU_ASSERT_EQUAL(went_on, 1);
}

void suite_status(void) {
    static const TestCase tests[] = {
        {"a new error replaces the text", fail_replaces},
        {"context goes in front", within_prepends},
        {"the text of errno comes last", errno_is_appended},
        {"the present text may be an argument", own_text_as_argument},
        {"a restored text is taken as it is", restore_is_exact},
        {"a long text ends with dots", long_text_is_cut},
        {"a text that just fits is whole", longest_text_is_whole},
        {"no character is cut in half", cut_between_characters},
        {"each thread has its own text", text_is_the_threads_own},
        {"TRY returns failures and nothing else", try_passes_on},
    };
    SUITE("status", tests);
}

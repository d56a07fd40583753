#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/suites.h"
#include "base/text.h"
#include "suite.h"

static void adding_grows(void) {
    Text text = {0};
    CU_ASSERT_STRING_EQUAL(text_of(&text), "");
    for (int i = 0; i < 1000; i++)
        text_add(&text, "%d,", i % 10);
    CU_ASSERT_EQUAL(text.length, 2000);
    CU_ASSERT_EQUAL(strlen(text_of(&text)), 2000);
    CU_ASSERT_EQUAL(strncmp(text_of(&text), "0,1,2,3,", 8), 0);
    text_add(&text, "%s", "");
    CU_ASSERT_EQUAL(text.length, 2000);
    CU_ASSERT_FALSE(text.failed);
    text_release(&text);
    CU_ASSERT_PTR_NULL(text.data);
}

static void text_failure_sticks(void) {
    Text text = {.failed = true};
    text_add(&text, "x");
    CU_ASSERT_STRING_EQUAL(text_of(&text), "");
    CU_ASSERT_TRUE(text.failed);
    text_release(&text);
    static const size_t impossible[] = {SIZE_MAX / 4, SIZE_MAX - 1};
    for (size_t i = 0; i < 2; i++) {
        Text huge = {.length = impossible[i]};
        text_add(&huge, "xyz");
        CU_ASSERT_TRUE(huge.failed);
        CU_ASSERT_EQUAL(huge.length, impossible[i]);
        text_release(&huge);
    }
}

static void copy_is_cut(void) {
    char out[5] = "????";
    text_copy(out, sizeof(out), "abcdefg");
    CU_ASSERT_STRING_EQUAL(out, "abcd");
    text_copy(out, sizeof(out), "xy");
    CU_ASSERT_STRING_EQUAL(out, "xy");
    text_copy(out, 1, "z");
    CU_ASSERT_STRING_EQUAL(out, "");
    out[0] = 'k';
    text_copy(out, 0, "z");
    CU_ASSERT_EQUAL(out[0], 'k');
}

static void endings(void) {
    CU_ASSERT_TRUE(text_ends_in("a.h5", ".h5"));
    CU_ASSERT_FALSE(text_ends_in(".h5", ".h5"));
    CU_ASSERT_FALSE(text_ends_in("a.h5.csv", ".h5"));
    CU_ASSERT_FALSE(text_ends_in("", ".h5"));
}

static void nearest_word(void) {
    static const char *const words[] = {"learning_rate", "momentum", "weight_decay",
                                        "batch_size",    "lr_decay", "mode"};
    size_t count = sizeof(words) / sizeof(words[0]);
    CU_ASSERT_PTR_EQUAL(text_nearest("learing_rate", words, count), words[0]);
    CU_ASSERT_PTR_EQUAL(text_nearest("Momentum", words, count), words[1]);
    CU_ASSERT_PTR_EQUAL(text_nearest("weigth_decay", words, count), words[2]);
    CU_ASSERT_PTR_EQUAL(text_nearest("batchsize", words, count), words[3]);
    CU_ASSERT_PTR_EQUAL(text_nearest("mode", words, count), words[5]);
    CU_ASSERT_PTR_NULL(text_nearest("optimizer", words, count));
    CU_ASSERT_PTR_NULL(text_nearest("", words, count));
    CU_ASSERT_PTR_NULL(text_nearest("mode", words, 0));
}

static void edits_are_bounded(void) {
    static const char *const word = "abcdefgh"; /* 8 letters: at most 3 edits */
    CU_ASSERT_PTR_EQUAL(text_nearest("abcdeXYZ", &word, 1), word);
    CU_ASSERT_PTR_NULL(text_nearest("abcdWXYZ", &word, 1));
    CU_ASSERT_PTR_EQUAL(text_nearest("abcdefghijk", &word, 1), word);
    CU_ASSERT_PTR_NULL(text_nearest("abcdefghijkl"
                                    "mnop",
                                    &word, 1));
}

static void nearer_wins(void) {
    static const char *const words[] = {"values", "value"};
    CU_ASSERT_PTR_EQUAL(text_nearest("valu", words, 2), words[1]);
    /* One edit to either: the first. */
    CU_ASSERT_PTR_EQUAL(text_nearest("valuex", words, 2), words[0]);
}

static void huge_words_are_harmless(void) {
    static char huge[100001];
    memset(huge, 'a', sizeof(huge) - 1);
    const char *words[] = {huge, "aaa"};
    CU_ASSERT_PTR_NULL(text_nearest(huge, words, 2));
    CU_ASSERT_PTR_EQUAL(text_nearest("aa", words, 2), words[1]);
}

static void counts(void) {
    CU_ASSERT_STRING_EQUAL(text_count(0, "trial", "trials"), "0 trials");
    CU_ASSERT_STRING_EQUAL(text_count(1, "trial", "trials"), "1 trial");
    CU_ASSERT_STRING_EQUAL(text_count(2, "trial", "trials"), "2 trials");
}

static void durations(void) {
    static const struct {
        double seconds;
        const char *text;
    } rows[] = {
        {0, "0 ms"},
        {0.85, "850 ms"},
        {0.9994, "999 ms"},
        {0.9996, "1.0 s"},
        {12.34, "12.3 s"},
        {59.94, "59.9 s"},
        {59.96, "1 min 00 s"},
        {245.2, "4 min 05 s"},
        {3599.4, "59 min 59 s"},
        {3599.6, "1 h 00 min"},
        {11520, "3 h 12 min"},
        {86369, "23 h 59 min"},
        {86371, "1 d 00 h"},
        {187200, "2 d 04 h"},
        {NAN, "unknown"},
        {-1, "unknown"},
        {INFINITY, "unknown"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_STRING_EQUAL(text_duration(rows[i].seconds), rows[i].text);
}

static void byte_counts(void) {
    CU_ASSERT_STRING_EQUAL(text_bytes(0), "0 B");
    CU_ASSERT_STRING_EQUAL(text_bytes(640), "640 B");
    CU_ASSERT_STRING_EQUAL(text_bytes(999.6), "1.0 kB");
    CU_ASSERT_STRING_EQUAL(text_bytes(1500), "1.5 kB");
    CU_ASSERT_STRING_EQUAL(text_bytes(12.34e6), "12.3 MB");
    CU_ASSERT_STRING_EQUAL(text_bytes(999.96e6), "1.0 GB");
    CU_ASSERT_STRING_EQUAL(text_bytes(2e12), "2.0 TB");
    CU_ASSERT_STRING_EQUAL(text_bytes(18446744073709551615.0), "18.4 EB");
    CU_ASSERT_STRING_EQUAL(text_bytes(-1), "unknown");
    CU_ASSERT_STRING_EQUAL(text_bytes(NAN), "unknown");
}

static void eight_buffers(void) {
    const char *kept[8];
    for (size_t i = 0; i < 8; i++)
        kept[i] = text_count(i, "x", "x");
    for (size_t i = 0; i < 8; i++)
        CU_ASSERT_EQUAL(kept[i][0], (char)('0' + i));
}

static void long_nouns_are_cut(void) {
    char noun[300];
    memset(noun, 'n', sizeof(noun) - 1);
    noun[sizeof(noun) - 1] = '\0';
    const char *before = text_count(5, "a", "b");
    size_t length = strlen(text_count(2, noun, noun));
    CU_ASSERT(length > 50 && length < 299);
    CU_ASSERT_STRING_EQUAL(before, "5 b");
}

void suite_text(void) {
    static const TestCase tests[] = {
        {"a text grows as it is added to", adding_grows},
        {"a text's failure sticks", text_failure_sticks},
        {"a copy is cut to its buffer", copy_is_cut},
        {"an ending has something before it", endings},
        {"a mistyped word finds its neighbour", nearest_word},
        {"a word too far away finds none", edits_are_bounded},
        {"the nearer word wins, then the first", nearer_wins},
        {"words of 100 kB cost nothing", huge_words_are_harmless},
        {"counts have their singular", counts},
        {"durations round into the next unit", durations},
        {"bytes round into the next unit", byte_counts},
        {"eight results live side by side", eight_buffers},
        {"a long noun is cut", long_nouns_are_cut},
    };
    SUITE("text", tests);
}

#include "data/split.h"

#include <math.h>
#include <string.h>

#include "scratch.h"
#include "suite.h"

#define MOST 2000
#define CLASSES 6

typedef struct Split {
    uint32_t training[MOST], validation[MOST], selection[MOST];
    size_t per_class[CLASSES]; /* validation */
    size_t selected[CLASSES];
} Split;

/* Rows of class c: counts[c], spread through the file. */
static size_t make_labels(const size_t counts[CLASSES], uint16_t *labels) {
    size_t left[CLASSES];
    memcpy(left, counts, sizeof left);
    size_t rows = 0;
    for (bool more = true; more;) {
        more = false;
        for (size_t c = 0; c < CLASSES; c++) {
            if (left[c] == 0) continue;
            left[c]--;
            labels[rows++] = (uint16_t)c;
            more = true;
        }
    }
    return rows;
}

static Split split_both(const uint16_t *labels, size_t rows, SplitCounts counts, uint64_t seed) {
    Split s = {0};
    SplitIndex index = {s.training, s.validation, s.selection};
    CU_ASSERT_EQUAL_FATAL(split_stratified(labels, rows, CLASSES, counts, seed, index), STATUS_OK);
    for (size_t i = 0; i < counts.validation; i++) {
        s.per_class[labels[s.validation[i]]]++;
    }
    for (size_t i = 0; i < counts.selection; i++) {
        s.selected[labels[s.selection[i]]]++;
    }
    return s;
}

static Split split(const uint16_t *labels, size_t rows, size_t count, uint64_t seed) {
    return split_both(labels, rows, (SplitCounts){count, 0}, seed);
}

/* In ascending order; each is one more of those that were seen. */
static void see(const uint32_t *part, size_t count, unsigned char *seen) {
    for (size_t i = 0; i < count; i++) {
        seen[part[i]]++;
        if (i > 0) CU_ASSERT(part[i - 1] < part[i]);
    }
}

static void every_row_is_in_one_part(void) {
    static const size_t counts[CLASSES] = {100, 50, 7, 0, 1, 300};
    uint16_t labels[MOST];
    size_t rows = make_labels(counts, labels);
    for (size_t count = 1; count <= rows - 5; count++) {
        size_t room = rows - 5 - count;
        size_t selections[] = {0, room < 1 ? room : 1, room / 2, room};
        for (size_t i = 0; i < sizeof selections / sizeof *selections; i++) {
            Split s = split_both(labels, rows, (SplitCounts){count, selections[i]}, 3);
            unsigned char seen[MOST] = {0};
            see(s.validation, count, seen);
            see(s.selection, selections[i], seen);
            see(s.training, rows - count - selections[i], seen);
            size_t once = 0;
            for (size_t row = 0; row < rows; row++) {
                once += seen[row] == 1;
            }
            CU_ASSERT_EQUAL(once, rows);
            for (size_t c = 0; c < CLASSES; c++) {
                CU_ASSERT(counts[c] == 0 || s.per_class[c] + s.selected[c] < counts[c]);
            }
        }
    }
}

static void a_selection_part_leaves_validation_as_it_is(void) {
    static const size_t counts[CLASSES] = {300, 200, 100, 50};
    uint16_t labels[MOST];
    size_t rows = make_labels(counts, labels);
    Split without = split(labels, rows, 120, 3);
    for (size_t selection = 1; selection < 500; selection += 83) {
        Split with = split_both(labels, rows, (SplitCounts){120, selection}, 3);
        CU_ASSERT_EQUAL(memcmp(with.validation, without.validation, sizeof with.validation), 0);
    }
}

/* Of what validation leaves. */
static void the_selection_part_is_stratified_too(void) {
    static const size_t counts[CLASSES] = {601, 250, 33, 20, 90, 5};
    uint16_t labels[MOST];
    size_t rows = make_labels(counts, labels);
    for (size_t count = 1; count < rows / 2; count += 7) {
        Split s = split_both(labels, rows, (SplitCounts){200, count}, 3);
        for (size_t c = 0; c < CLASSES; c++) {
            double quota = (double)count * (double)(counts[c] - s.per_class[c]) / (double)(rows - 200);
            CU_ASSERT(fabs((double)s.selected[c] - quota) < 1);
        }
    }
}

/* From numbers of their own: rows are not chosen by where they stood in the first draw. */
static void parts_are_drawn_apart(void) {
    static const size_t counts[CLASSES] = {600};
    uint16_t labels[MOST];
    size_t rows = make_labels(counts, labels);
    Split s = split_both(labels, rows, (SplitCounts){100, 100}, 3);
    Split other = split_both(labels, rows, (SplitCounts){100, 100}, 4);
    Split larger = split(labels, rows, 200, 3);
    unsigned char seen[MOST] = {0};
    for (size_t i = 0; i < 200; i++) {
        seen[larger.validation[i]] = 1;
    }
    size_t in_larger = 0;
    double mean = 0;
    for (size_t i = 0; i < 100; i++) {
        in_larger += seen[s.selection[i]];
        mean += s.selection[i] / 100.0;
    }
    CU_ASSERT(in_larger < 40); /* 20 are to be expected, 100 if the first stream went on */
    CU_ASSERT_DOUBLE_EQUAL(mean, 300, 70);
    CU_ASSERT_NOT_EQUAL(memcmp(s.selection, other.selection, 100 * sizeof *s.selection), 0);
}

/* Worked by hand: 10 of 100 in classes of 45, 35, 14, 6: quotas 4.5, 3.5, 1.4, 0.6; whole parts 4, 3, 1, 0;
 * the two left go to 0.6 and, of the two 0.5, to the lower class. */
static void shares_are_the_largest_remainders(void) {
    static const size_t counts[CLASSES] = {45, 35, 14, 6};
    static const size_t expected[CLASSES] = {5, 3, 1, 1};
    uint16_t labels[MOST];
    size_t rows = make_labels(counts, labels);
    Split s = split(labels, rows, 10, 3);
    CU_ASSERT_EQUAL(memcmp(s.per_class, expected, sizeof expected), 0);
}

static void no_share_is_a_whole_example_off(void) {
    static const size_t counts[CLASSES] = {601, 250, 33, 20, 90, 5};
    uint16_t labels[MOST];
    size_t rows = make_labels(counts, labels);
    for (size_t count = 1; count < rows / 2; count += 7) {
        Split s = split(labels, rows, count, 3);
        for (size_t c = 0; c < CLASSES; c++) {
            double quota = (double)count * (double)counts[c] / (double)rows;
            CU_ASSERT(fabs((double)s.per_class[c] - quota) < 1);
        }
    }
}

static void each_class_keeps_one_to_train_on(void) {
    static const size_t counts[CLASSES] = {10, 1, 1, 2, 0, 1};
    static const size_t expected[CLASSES] = {9, 0, 0, 1, 0, 0};
    uint16_t labels[MOST];
    size_t rows = make_labels(counts, labels);
    Split s = split(labels, rows, 10, 3);
    CU_ASSERT_EQUAL(memcmp(s.per_class, expected, sizeof expected), 0);
}

static void the_seed_chooses(void) {
    static const size_t counts[CLASSES] = {300, 300, 300};
    uint16_t labels[MOST];
    size_t rows = make_labels(counts, labels);
    Split first = split(labels, rows, 90, 3);
    Split again = split(labels, rows, 90, 3);
    Split other = split(labels, rows, 90, 4);
    CU_ASSERT_EQUAL(memcmp(&first, &again, sizeof first), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(first.validation, other.validation, 90 * sizeof *first.validation), 0);
    CU_ASSERT_EQUAL(memcmp(first.per_class, other.per_class, sizeof first.per_class), 0);
    /* Not simply the first ones: the mean row is near the middle. */
    double mean = 0;
    for (size_t i = 0; i < 90; i++) {
        mean += first.validation[i] / 90.0;
    }
    CU_ASSERT_DOUBLE_EQUAL(mean, 450, 100);
}

static void counts_and_fractions_are_understood(void) {
    static const size_t counts[CLASSES] = {500, 500};
    static const struct {
        double validation;
        size_t expected;
    } good[] = {{1, 1}, {250, 250}, {998, 998}, {0.25, 250}, {0.0004, 1}, {0.1004, 100}, {0.1006, 101}};
    uint16_t labels[MOST];
    size_t rows = make_labels(counts, labels);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        SplitCounts parts = {0};
        CU_ASSERT_EQUAL(split_count_validation(good[i].validation, labels, rows, CLASSES, &parts), STATUS_OK);
        CU_ASSERT(parts.validation == good[i].expected && parts.selection == 0);
        parts.validation = 0;
        CU_ASSERT_EQUAL(split_count_selection(good[i].validation, labels, rows, CLASSES, &parts), STATUS_OK);
        CU_ASSERT(parts.selection == good[i].expected && parts.validation == 0);
    }
}

/* A fraction is one of the whole file, whatever validates. */
static void selections_are_counted_beside_validation(void) {
    static const size_t counts[CLASSES] = {500, 300};
    uint16_t labels[MOST];
    size_t rows = make_labels(counts, labels);
    SplitCounts parts = {.validation = 400};
    CU_ASSERT_EQUAL(split_count_selection(0.25, labels, rows, CLASSES, &parts), STATUS_OK);
    CU_ASSERT(parts.validation == 400 && parts.selection == 200);
    CU_ASSERT_EQUAL(split_count_selection(398, labels, rows, CLASSES, &parts), STATUS_OK);
    CU_ASSERT_EQUAL(parts.selection, 398);
    CU_ASSERT_EQUAL(split_count_selection(399, labels, rows, CLASSES, &parts), STATUS_INPUT);
    CU_ASSERT_STRING_EQUAL(
        status_text(), "selection asks for 399 examples beside the 400 that validate, but the training file "
                       "has 800, and each of its 2 classes needs one to train on, which leaves 398");
    CU_ASSERT_EQUAL(split_count_selection(400, labels, rows, CLASSES, &parts), STATUS_INPUT);
    CU_ASSERT_STRING_EQUAL(
        status_text(), "selection asks for 400 examples beside the 400 that validate, but the training file "
                       "has 800, and some must be left to train on");
    CU_ASSERT_EQUAL(split_count_selection(0.5, labels, rows, CLASSES, &parts), STATUS_INPUT);
}

static void impossible_counts_are_errors(void) {
    static const size_t counts[CLASSES] = {500, 300};
    static const struct {
        double validation;
        const char *holds;
    } bad[] = {
        {0, "not 0"},
        {-3, "not -3"},
        {NAN, "nan"},
        {INFINITY, "inf"},
        {10.5, "whole number"},
        {900, "asks for 900 examples, but the training file has 800"},
        {800, "asks for 800 examples, but the training file has 800"},
        {1e30, "but the training file has 800"},
        {799, "asks for 799 examples, but the training file has 800, and each of its 2 classes needs one to "
              "train on, "
              "which leaves 798"},
        {0.9999, "asks for 800 examples"},
    };
    uint16_t labels[MOST];
    size_t rows = make_labels(counts, labels);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        SplitCounts parts = {0};
        CU_ASSERT_EQUAL(split_count_validation(bad[i].validation, labels, rows, CLASSES, &parts),
                        STATUS_INPUT);
        CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), bad[i].holds));
    }
}

void suite_split(void) {
    static const TestCase tests[] = {
        {"every row is in exactly one part, in ascending order", every_row_is_in_one_part},
        {"a selection part leaves the validation part as it is", a_selection_part_leaves_validation_as_it_is},
        {"no class's share of a selection part is a whole example off its quota",
         the_selection_part_is_stratified_too},
        {"the parts are drawn apart from each other, by the seed", parts_are_drawn_apart},
        {"shares follow the largest remainders, ties to the lower class", shares_are_the_largest_remainders},
        {"no class's share is a whole example off its quota", no_share_is_a_whole_example_off},
        {"each class keeps one example to train on", each_class_keeps_one_to_train_on},
        {"the seed chooses the rows, not the shares", the_seed_chooses},
        {"counts and fractions are understood", counts_and_fractions_are_understood},
        {"a selection part is counted beside the validation part", selections_are_counted_beside_validation},
        {"impossible counts are errors that name both numbers", impossible_counts_are_errors},
    };
    SUITE("split", tests);
}

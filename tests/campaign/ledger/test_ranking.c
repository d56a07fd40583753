#include "campaign/ranking.h"

#include <math.h>
#include <string.h>

#include "base/philox.h"
#include "suite.h"
#include "suites.h"

#define MANY 6000

static int by_rank(const void *a, const void *b) {
    RankedTrial x = *(const RankedTrial *)a;
    RankedTrial y = *(const RankedTrial *)b;
    return ranked_before(x, y) ? -1 : ranked_before(y, x);
}

/* Of the first `count` of `entries` the best `places` are the ones of sorting them. */
static void check_best(Ranking *ranking, const RankedTrial *entries, size_t count, size_t places) {
    static RankedTrial sorted[MANY];
    memcpy(sorted, entries, count * sizeof(*entries));
    qsort(sorted, count, sizeof(*sorted), by_rank);
    size_t wanted = places < count ? places : count, wrong = 0;
    const RankedTrial *best = ranking_best(ranking, &places);
    CU_ASSERT_EQUAL_FATAL(places, wanted);
    for (size_t i = 0; i < places; i++)
        wrong += best[i].trial != sorted[i].trial;
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Insert `entries` in their order, asking for `places` after every so many of them, and for all in the end.
 */
static void check_order_asking(const RankedTrial *entries, size_t count, size_t every, size_t places) {
    Ranking ranking = {0};
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_EQUAL_FATAL(ranking_insert(&ranking, entries[i]), STATUS_OK);
        if (i % every == 0) check_best(&ranking, entries, i + 1, places);
    }
    CU_ASSERT_EQUAL(ranking.count, count);
    check_best(&ranking, entries, count, SIZE_MAX);
    ranking_release(&ranking);
}

static void check_order(RankedTrial *entries, size_t count) {
    static const size_t every[] = {41, 307, MANY / 2 + 1, MANY}, places[] = {1, 5, 256, 700, SIZE_MAX};
    for (size_t i = 0; i < sizeof(every) / sizeof(every[0]); i++)
        for (size_t j = 0; j < sizeof(places) / sizeof(places[0]); j++)
            check_order_asking(entries, count, every[i], places[j]);
    check_order_asking(entries, 600, 1, 5);
    check_order_asking(entries, 600, 1, 300);
    check_order_asking(entries, 600, 1, SIZE_MAX);
    qsort(entries, count, sizeof(*entries), by_rank);
}

static void none(void) {
    Ranking ranking = {0};
    size_t places = 3;
    (void)ranking_best(&ranking, &places);
    CU_ASSERT_EQUAL(places, 0);
    ranking_release(&ranking);
}

static void any_order_of_insertion_is_sorted(void) {
    static RankedTrial entries[MANY];
    RandomStream random = random_stream(7, RANDOM_SYNTHETIC, 0, 0, 0, 0);
    for (uint64_t i = 0; i < MANY; i++)
        entries[i] = (RankedTrial){.worth = (double)random_below(&random, 50), .trial = i};
    check_order(entries, MANY);
    /* now they are sorted, best first: once more so, and once the other way round */
    check_order(entries, MANY);
    for (size_t i = 0; i < MANY / 2; i++) {
        RankedTrial swapped = entries[i];
        entries[i] = entries[MANY - 1 - i];
        entries[MANY - 1 - i] = swapped;
    }
    check_order(entries, MANY);
}

static void each_metric_has_its_direction(void) {
    TrainOutcome good = {.val_accuracy = 0.9, .val_loss = 0.1};
    TrainOutcome bad = {.val_accuracy = 0.5, .val_loss = 0.7};
    TrainOutcome none = {.val_accuracy = NAN, .val_loss = NAN};
    for (MetricKind metric = METRIC_VAL_ACCURACY; metric <= METRIC_VAL_LOSS; metric++) {
        CU_ASSERT_TRUE(ranked_before(ranked_trial(metric, 9, &good), ranked_trial(metric, 1, &bad)));
        CU_ASSERT_FALSE(ranked_before(ranked_trial(metric, 1, &bad), ranked_trial(metric, 9, &good)));
        CU_ASSERT_TRUE(ranked_before(ranked_trial(metric, 9, &bad), ranked_trial(metric, 1, &none)));
        CU_ASSERT_TRUE(ranked_before(ranked_trial(metric, 1, &none), ranked_trial(metric, 2, &none)));
        CU_ASSERT_TRUE(ranked_before(ranked_trial(metric, 1, &good), ranked_trial(metric, 2, &good)));
        CU_ASSERT_FALSE(ranked_before(ranked_trial(metric, 1, &good), ranked_trial(metric, 1, &good)));
    }
}

void ranking_suite(void) {
    static const TestCase tests[] = {
        {"entries inserted in any order come out sorted, however often one asks",
         any_order_of_insertion_is_sorted},
        {"an empty one has no best", none},
        {"accuracy rises, loss falls, NaN is last, ties go by id", each_metric_has_its_direction},
    };
    SUITE("ranking", tests);
}

#include "ensemble/selection.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/philox.h"
#include "ensemble/suites.h"
#include "suite.h"

static Selection selection;

/* Two classes, and the label is always 0: a network is the row of its probabilities of class 0. */
enum { MOST_NETWORKS = 8, MOST_EXAMPLES = 8 };
static float tables[MOST_NETWORKS][MOST_EXAMPLES * 2];
static const uint16_t zeros[MOST_EXAMPLES];
static Candidate candidates[MOST_NETWORKS];

static void network(size_t index, uint64_t trial, size_t examples, const float *right) {
    for (size_t e = 0; e < examples; e++) {
        tables[index][2 * e] = right[e];
        tables[index][2 * e + 1] = 1 - right[e];
    }
    double accuracy = 0, loss = 0;
    ensemble_judge(tables[index], zeros, examples, 2, &accuracy, &loss);
    candidates[index] = (Candidate){.trial = trial, .metric = accuracy, .probabilities = tables[index]};
}

static EnsembleRules plain_greedy(uint32_t size) {
    EnsembleRules rules = ensemble_rules_default();
    rules.size = size;
    rules.sorted = 0;
    rules.bags = 1;
    return rules;
}

static void choose(const EnsembleRules *rules, size_t count, size_t examples) {
    selection_release(&selection);
    CU_ASSERT_EQUAL_FATAL(ensemble_select(rules, candidates, count, zeros, examples, 2, &selection),
                          STATUS_OK);
}

static uint32_t count_of(uint64_t trial) {
    for (size_t m = 0; m < selection.member_count; m++) {
        if (selection.members[m] == trial) return selection.counts[m];
    }
    return 0;
}

static void a_case_worked_by_hand(void) {
    /* 10: right on examples 0 1 2; 11 and 12: right on 3 and one more, 11 strongly.
     * Best single: 10 with 3 of 4. With 11: means .55 .45 .55 .65, still 3. With 12: .65 .5(a tie, so class
     * 0) .65 .55, that is 4 of 4. A third pick cannot be more accurate; of those that keep 4, the lowest loss
     * counts: 10 10 12: 2/3 .6 2/3 .4333 loses example 3; 10 12 11: .6 .4333 .6 .6333 loses example 1; so
     * does 10 12 12: .6333 .4 .6333 .7333. So no third pick is kept. */
    network(0, 10, 4, (float[]){0.7f, 0.8f, 0.7f, 0.1f});
    network(1, 11, 4, (float[]){0.4f, 0.1f, 0.4f, 1.0f});
    network(2, 12, 4, (float[]){0.6f, 0.2f, 0.6f, 1.0f});
    EnsembleRules rules = plain_greedy(3);
    choose(&rules, 3, 4);
    CU_ASSERT_EQUAL_FATAL(selection.member_count, 2);
    CU_ASSERT_EQUAL(selection.members[0], 10);
    CU_ASSERT_EQUAL(selection.members[1], 12);
    CU_ASSERT_EQUAL(selection.counts[0], 1);
    CU_ASSERT_EQUAL(selection.counts[1], 1);
    CU_ASSERT_EQUAL_FATAL(selection.pick_count, 2);
    CU_ASSERT_EQUAL(selection.metric_after_pick[0], 0.75);
    CU_ASSERT_EQUAL(selection.metric_after_pick[1], 1);
    CU_ASSERT_EQUAL(selection.accuracy, 1);
    CU_ASSERT_DOUBLE_EQUAL(selection.loss, -(2 * log(0.65) + log(0.5) + log(0.55)) / 4, 1e-6);
}

static void complementary_networks(void) {
    network(0, 1, 6, (float[]){0.9f, 0.9f, 0.9f, 0.9f, 0.1f, 0.1f});
    network(1, 2, 6, (float[]){0.9f, 0.9f, 0.9f, 0.9f, 0.1f, 0.1f});
    network(2, 3, 6, (float[]){0.4f, 0.4f, 0.4f, 0.9f, 0.95f, 0.95f});
}

static void greedy_beats_top_on_complementary_members(void) {
    complementary_networks();
    EnsembleRules rules = plain_greedy(2);
    choose(&rules, 3, 6);
    CU_ASSERT_EQUAL(selection.accuracy, 1);
    CU_ASSERT_EQUAL(count_of(1), 1);
    CU_ASSERT_EQUAL(count_of(3), 1);
    rules.method = ENSEMBLE_TOP;
    choose(&rules, 3, 6);
    CU_ASSERT_DOUBLE_EQUAL(selection.accuracy, 4.0 / 6, 1e-12);
    CU_ASSERT_EQUAL_FATAL(selection.member_count, 2);
    CU_ASSERT_EQUAL(selection.members[0], 1);
    CU_ASSERT_EQUAL(selection.members[1], 2);
    CU_ASSERT_EQUAL(selection.pick_count, 2);
}

static void picking_again_gives_weight(void) {
    /* One of each is right on .8, wrong on .48, right on .575; two and one are right on all three. */
    network(0, 1, 3, (float[]){0.8f, 0.6f, 0.4f});
    network(1, 2, 3, (float[]){0.8f, 0.36f, 0.75f});
    EnsembleRules rules = plain_greedy(3);
    choose(&rules, 2, 3);
    CU_ASSERT_EQUAL(count_of(1), 2); /* .8 .52 .517 */
    CU_ASSERT_EQUAL(count_of(2), 1);
    CU_ASSERT_EQUAL(selection.accuracy, 1);
    CU_ASSERT_EQUAL_FATAL(selection.pick_count, 3);
    CU_ASSERT_EQUAL(selection.metric_after_pick[2], 1);
}

static void the_sorted_start_stops_where_the_metric_suffers(void) {
    complementary_networks();
    EnsembleRules rules = plain_greedy(3);
    rules.sorted = 3;
    choose(&rules, 3, 6);
    /* Sorted: 1, 2 (equal), then 3: (.7333 x 3, .9, .3833 x 2): not worse than 4 of 6. So it has all three.
     */
    CU_ASSERT_EQUAL(count_of(1), 1);
    CU_ASSERT_EQUAL(count_of(2), 1);
    CU_ASSERT_EQUAL(count_of(3), 1);
    network(1, 2, 6, (float[]){0.9f, 0.9f, 0.05f, 0.05f, 0.6f, 0.6f});
    choose(&rules, 3, 6);
    CU_ASSERT_EQUAL(count_of(2), 0); /* .475 twice: 2 of 6 against 4 */
    CU_ASSERT_EQUAL(selection.accuracy, 1);
}

static void loss_can_be_the_metric(void) {
    network(0, 1, 2, (float[]){0.6f, 0.6f});
    network(1, 2, 2, (float[]){1.0f, 0.45f});
    candidates[0].metric = log(0.6);
    candidates[1].metric = (log(1.0) + log(0.45)) / 2; /* the lower loss, at the lower accuracy */
    EnsembleRules rules = plain_greedy(1);
    rules.metric = METRIC_VAL_LOSS;
    choose(&rules, 2, 2);
    CU_ASSERT_EQUAL(count_of(2), 1);
    CU_ASSERT_DOUBLE_EQUAL(selection.metric_after_pick[0], -log(0.45) / 2, 1e-6);
    CU_ASSERT_EQUAL(selection.metric_after_pick[0], selection.loss);
    rules.metric = METRIC_VAL_ACCURACY;
    choose(&rules, 2, 2);
    CU_ASSERT_EQUAL(count_of(1), 1);
}

static void equal_accuracy_is_decided_by_loss_then_by_id(void) {
    network(0, 7, 2, (float[]){0.6f, 0.2f});
    network(1, 9, 2, (float[]){0.9f, 0.2f});
    network(2, 8, 2, (float[]){0.9f, 0.2f});
    EnsembleRules rules = plain_greedy(1);
    choose(&rules, 3, 2);
    CU_ASSERT_EQUAL(selection.member_count, 1);
    CU_ASSERT_EQUAL(selection.members[0], 8);
    rules.method = ENSEMBLE_TOP;
    choose(&rules, 3, 2);
    CU_ASSERT_EQUAL(selection.members[0], 7);
}

static void fewer_networks_than_the_size_are_fine(void) {
    complementary_networks();
    EnsembleRules rules = ensemble_rules_default();
    choose(&rules, 1, 6);
    CU_ASSERT_EQUAL(selection.member_count, 1);
    CU_ASSERT_EQUAL(selection.members[0], 1);
    rules.bags = 1;
    choose(&rules, 1, 6);
    CU_ASSERT_EQUAL(selection.member_count, 1);
    rules.method = ENSEMBLE_TOP;
    choose(&rules, 3, 6);
    CU_ASSERT_EQUAL(selection.member_count, 3);
}

/* A pool of networks that are right on random examples with random confidence. */
enum { POOL = 20, EXAMPLES = 300, CLASSES = 5 };
static float pool_tables[POOL][EXAMPLES * CLASSES];
static uint16_t pool_labels[EXAMPLES];
static Candidate pool[POOL];

static void pool_fill(uint64_t seed, double skill) {
    RandomStream stream = random_stream(seed, RANDOM_SYNTHETIC, 0, 0, 0, 0);
    for (size_t e = 0; e < EXAMPLES; e++) {
        pool_labels[e] = (uint16_t)random_below(&stream, CLASSES);
    }
    for (size_t n = 0; n < POOL; n++) {
        for (size_t e = 0; e < EXAMPLES; e++) {
            float *p = &pool_tables[n][e * CLASSES];
            double sum = 0, weight[CLASSES];
            for (size_t c = 0; c < CLASSES; c++) {
                weight[c] =
                    random_unit(&stream) + 0.01 + (c == pool_labels[e] ? skill * random_unit(&stream) : 0);
                sum += weight[c];
            }
            for (size_t c = 0; c < CLASSES; c++) {
                p[c] = (float)(weight[c] / sum);
            }
        }
        double accuracy = 0, loss = 0;
        ensemble_judge(pool_tables[n], pool_labels, EXAMPLES, CLASSES, &accuracy, &loss);
        pool[n] = (Candidate){.trial = 50 + n, .metric = accuracy, .probabilities = pool_tables[n]};
    }
}

static void choose_from_pool(const EnsembleRules *rules, size_t count, Selection *out) {
    selection_release(out);
    CU_ASSERT_EQUAL_FATAL(ensemble_select(rules, pool, count, pool_labels, EXAMPLES, CLASSES, out),
                          STATUS_OK);
}

static bool same_selection(const Selection *a, const Selection *b) {
    return a->member_count == b->member_count && a->pick_count == b->pick_count &&
           a->accuracy == b->accuracy && a->loss == b->loss &&
           memcmp(a->members, b->members, a->member_count * sizeof *a->members) == 0 &&
           memcmp(a->counts, b->counts, a->member_count * sizeof *a->counts) == 0 &&
           memcmp(a->metric_after_pick, b->metric_after_pick, a->pick_count * sizeof *a->metric_after_pick) ==
               0;
}

static void the_order_of_candidates_does_not_matter(void) {
    static Selection first;
    for (int bags = 1; bags <= 10; bags += 9) {
        for (int method = ENSEMBLE_GREEDY; method <= ENSEMBLE_TOP; method++) {
            EnsembleRules rules = ensemble_rules_default();
            rules.bags = (uint32_t)bags;
            rules.method = (EnsembleMethod)method;
            pool_fill(1, 0.8);
            choose_from_pool(&rules, POOL, &first);
            for (uint64_t seed = 0; seed < 10; seed++) {
                RandomStream stream = random_stream(seed, RANDOM_SYNTHETIC, 0, 1, 0, 0);
                for (uint32_t i = POOL; i > 1; i--) {
                    uint32_t j = random_below(&stream, i);
                    Candidate swapped = pool[i - 1];
                    pool[i - 1] = pool[j];
                    pool[j] = swapped;
                }
                choose_from_pool(&rules, POOL, &selection);
                CU_ASSERT(same_selection(&first, &selection));
            }
        }
    }
    selection_release(&first);
}

static void bags_depend_on_the_seed_alone(void) {
    static Selection first;
    EnsembleRules rules = ensemble_rules_default();
    pool_fill(2, 0.8);
    choose_from_pool(&rules, POOL, &first);
    choose_from_pool(&rules, POOL, &selection);
    CU_ASSERT(same_selection(&first, &selection));
    rules.seed = 1;
    choose_from_pool(&rules, POOL, &selection);
    CU_ASSERT_FALSE(same_selection(&first, &selection));
    selection_release(&first);
}

static void greedy_is_never_worse_than_the_best_single(void) {
    for (uint64_t seed = 0; seed < 60; seed++) {
        pool_fill(seed, 0.1 * (double)(seed % 12));
        double best_accuracy = 0, best_loss = INFINITY;
        for (size_t n = 0; n < POOL; n++) {
            double accuracy = 0, loss = 0;
            ensemble_judge(pool_tables[n], pool_labels, EXAMPLES, CLASSES, &accuracy, &loss);
            best_accuracy = fmax(best_accuracy, accuracy);
            best_loss = fmin(best_loss, loss);
            pool[n].metric = (double)((n * 7 + seed) % POOL); /* a ranking that says nothing */
        }
        EnsembleRules rules = ensemble_rules_default();
        rules.seed = seed;
        rules.bags = 1 + (uint32_t)(seed % 3);
        choose_from_pool(&rules, POOL, &selection);
        CU_ASSERT(selection.accuracy >= best_accuracy);
        rules.metric = METRIC_VAL_LOSS;
        choose_from_pool(&rules, POOL, &selection);
        CU_ASSERT(selection.loss <= best_loss);
    }
}

static void a_bag_starts_with_its_best(void) {
    EnsembleRules rules = ensemble_rules_default();
    rules.size = 1;
    rules.bags = 2;
    rules.bag_part = 1;
    pool_fill(4, 0.8);
    choose_from_pool(&rules, POOL, &selection);
    CU_ASSERT_EQUAL(selection.members[0], pool[0].trial); /* sorted by then */
    CU_ASSERT_EQUAL(selection.counts[0], 2);
}

static void bags_that_miss_the_best_fall_back_to_it(void) {
    /* One perfect network among seven that are sure and wrong; one small bag, without it for some seed. */
    network(0, 5, 2, (float[]){0.6f, 0.6f});
    for (size_t i = 1; i < 8; i++) {
        network(i, 10 + i, 2, (float[]){0.9f, 0.0f});
    }
    EnsembleRules rules = ensemble_rules_default();
    rules.bags = 2;
    rules.bag_part = 0.1;
    for (uint64_t seed = 0; seed < 20; seed++) {
        rules.seed = seed;
        choose(&rules, 8, 2);
        CU_ASSERT_EQUAL(selection.accuracy, 1);
        CU_ASSERT_EQUAL(selection.member_count, 1);
        CU_ASSERT_EQUAL(selection.members[0], 5);
        CU_ASSERT_EQUAL(selection.counts[0], 1);
        CU_ASSERT_EQUAL(selection.pick_count, 1);
    }
}

static void of_equal_counts_the_better_rank_stays(void) {
    /* Equally accurate, so that nothing but the rank, here the id, tells them apart. */
    network(0, 21, 2, (float[]){0.9f, 0.1f});
    network(1, 20, 2, (float[]){0.9f, 0.1f});
    EnsembleRules rules = plain_greedy(2);
    rules.bags = 2;
    rules.bag_part = 0.5;
    bool tied = false;
    for (rules.seed = 0; rules.seed < 32 && !tied; rules.seed++) {
        rules.size = 2;
        choose(&rules, 2, 2);
        tied = count_of(20) == 1 && count_of(21) == 1;
        if (!tied) continue;
        rules.size = 1;
        choose(&rules, 2, 2);
        CU_ASSERT_EQUAL(selection.member_count, 1);
        CU_ASSERT_EQUAL(count_of(20), 1);
    }
    CU_ASSERT(tied);
}

static void a_metric_that_misleads_gives_the_best_network_alone(void) {
    network(0, 30, 2, (float[]){0.9f, 0.1f});
    network(1, 31, 2, (float[]){0.8f, 0.8f});
    candidates[0].metric = 1; /* ranked first, though it is right on one example of two */
    EnsembleRules rules = plain_greedy(1);
    rules.sorted = 1;
    choose(&rules, 2, 2);
    CU_ASSERT_EQUAL(selection.member_count, 1);
    CU_ASSERT_EQUAL(count_of(31), 1);
    CU_ASSERT_EQUAL(selection.accuracy, 1);
}

static void a_selection_agrees_with_its_own_members(void) {
    for (uint32_t bags = 1; bags <= 10; bags += 3) {
        EnsembleRules rules = ensemble_rules_default();
        rules.bags = bags;
        rules.size = 5;
        pool_fill(3 + bags, 0.7);
        choose_from_pool(&rules, POOL, &selection);
        CU_ASSERT(selection.member_count >= 1 && selection.member_count <= 5);
        const float *parts[POOL];
        for (size_t m = 0; m < selection.member_count; m++) {
            parts[m] = pool_tables[selection.members[m] - 50];
            CU_ASSERT(selection.counts[m] >= 1);
            if (m == 0) continue;
            CU_ASSERT(selection.counts[m] < selection.counts[m - 1] ||
                      (selection.counts[m] == selection.counts[m - 1] &&
                       selection.members[m] > selection.members[m - 1]));
        }
        static float average[EXAMPLES * CLASSES];
        double accuracy = 0, loss = 0;
        ensemble_average(parts, selection.counts, selection.member_count, EXAMPLES, CLASSES, average);
        ensemble_judge(average, pool_labels, EXAMPLES, CLASSES, &accuracy, &loss);
        CU_ASSERT_EQUAL(selection.accuracy, accuracy);
        CU_ASSERT_EQUAL(selection.loss, loss);
        CU_ASSERT_EQUAL(selection.metric_after_pick[selection.pick_count - 1], accuracy);
        if (bags > 1) CU_ASSERT_EQUAL(selection.pick_count, selection.member_count);
    }
}

static void networks_that_gave_nan_are_not_chosen(void) {
    complementary_networks();
    network(3, 4, 6, (float[]){NAN, NAN, NAN, NAN, NAN, NAN});
    candidates[3].metric = NAN;
    EnsembleRules rules = plain_greedy(2);
    choose(&rules, 4, 6);
    CU_ASSERT_EQUAL(selection.accuracy, 1);
    CU_ASSERT_EQUAL(count_of(4), 0);
}

static void what_cannot_be_chosen_from_is_refused(void) {
    complementary_networks();
    EnsembleRules rules = ensemble_rules_default();
    Selection none = {0};
    CU_ASSERT_EQUAL(ensemble_select(&rules, candidates, 0, zeros, 6, 2, &none), STATUS_INPUT);
    CU_ASSERT_EQUAL(ensemble_select(&rules, candidates, 3, zeros, 0, 2, &none), STATUS_INPUT);
    CU_ASSERT_EQUAL(ensemble_select(&rules, candidates, 3, (uint16_t[]){0, 0, 0, 2, 0, 0}, 6, 2, &none),
                    STATUS_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "label 2 of validation example 3"));
    CU_ASSERT_EQUAL(ensemble_select(&rules, candidates, 3, zeros, SIZE_MAX / 2, 3, &none), STATUS_INPUT);
    rules.size = 0;
    CU_ASSERT_EQUAL(ensemble_select(&rules, candidates, 3, zeros, 6, 2, &none), STATUS_INPUT);
    CU_ASSERT_PTR_NULL(none.members);
}

static void averaging_lifts_a_pool_of_real_size(void) {
    enum { BIG_EXAMPLES = 10000, BIG_CLASSES = 10, CELLS = BIG_EXAMPLES * BIG_CLASSES };
    float *cells = malloc(sizeof *cells * CELLS * POOL);
    uint16_t *labels = malloc(sizeof *labels * BIG_EXAMPLES);
    if (cells == NULL || labels == NULL) exit(1);
    RandomStream stream = random_stream(1, RANDOM_SYNTHETIC, 0, 0, 0, 0);
    for (size_t e = 0; e < BIG_EXAMPLES; e++) {
        labels[e] = (uint16_t)random_below(&stream, BIG_CLASSES);
    }
    for (size_t i = 0; i < (size_t)CELLS * POOL; i++) {
        size_t e = i % CELLS / BIG_CLASSES;
        double lift = i % BIG_CLASSES == labels[e] ? 0.1 : 0;
        cells[i] = (float)(0.2 * random_unit(&stream) + lift);
    }
    for (size_t n = 0; n < POOL; n++) {
        pool[n] = (Candidate){.trial = n, .metric = 0, .probabilities = cells + n * CELLS};
    }
    EnsembleRules rules = ensemble_rules_default();
    selection_release(&selection);
    Status status = ensemble_select(&rules, pool, POOL, labels, BIG_EXAMPLES, BIG_CLASSES, &selection);
    CU_ASSERT_EQUAL(status, STATUS_OK);
    double single = 0, accuracy, loss;
    for (size_t n = 0; n < POOL; n++) {
        ensemble_judge(cells + n * CELLS, labels, BIG_EXAMPLES, BIG_CLASSES, &accuracy, &loss);
        if (accuracy > single) single = accuracy;
    }
    CU_ASSERT_TRUE(selection.accuracy > single + 0.05);
    free(cells);
    free(labels);
}

/* All networks are one trial's and alike: rank and order go by epoch, whichever order they come in. */
static void networks_of_one_trial(void) {
    static const uint32_t epochs[][3] = {{2, 5, 9}, {9, 5, 2}, {5, 9, 2}};
    for (size_t i = 0; i < 3; i++) {
        for (size_t n = 0; n < 3; n++) {
            network(n, 7, 4, (float[]){0.9f, 0.9f, 0.9f, 0.2f});
            candidates[n].epoch = epochs[i][n];
        }
        network(3, 6, 4, (float[]){0.9f, 0.2f, 0.2f, 0.9f});
        EnsembleRules rules = plain_greedy(3);
        rules.method = ENSEMBLE_TOP;
        choose(&rules, 4, 4);
        CU_ASSERT_EQUAL_FATAL(selection.member_count, 3);
        for (size_t m = 0; m < 3; m++) {
            CU_ASSERT_EQUAL(selection.members[m], 7);
            CU_ASSERT_EQUAL(selection.epochs[m], epochs[0][m]);
            CU_ASSERT_EQUAL(selection.counts[m], 1);
        }
        rules.method = ENSEMBLE_GREEDY;
        choose(&rules, 4, 4); /* the first of those that are alike, and the one that makes up for it */
        CU_ASSERT_EQUAL_FATAL(selection.member_count, 2);
        CU_ASSERT(selection.members[0] == 6 && selection.epochs[0] == 0);
        CU_ASSERT(selection.members[1] == 7 && selection.epochs[1] == 2);
    }
}

void suite_selection(void) {
    static const TestCase tests[] = {
        {"a case worked by hand", a_case_worked_by_hand},
        {"greedy beats top on complementary members", greedy_beats_top_on_complementary_members},
        {"picking a network again gives it weight", picking_again_gives_weight},
        {"the sorted start stops where the metric suffers", the_sorted_start_stops_where_the_metric_suffers},
        {"loss can be the metric", loss_can_be_the_metric},
        {"equal accuracy is decided by loss, then by id", equal_accuracy_is_decided_by_loss_then_by_id},
        {"fewer networks than the size are fine", fewer_networks_than_the_size_are_fine},
        {"the order of candidates does not matter", the_order_of_candidates_does_not_matter},
        {"networks of one trial are told apart by their epochs", networks_of_one_trial},
        {"bags depend on the seed alone", bags_depend_on_the_seed_alone},
        {"greedy is never worse than the best single", greedy_is_never_worse_than_the_best_single},
        {"a bag starts with its best", a_bag_starts_with_its_best},
        {"bags that miss the best network fall back to it", bags_that_miss_the_best_fall_back_to_it},
        {"of equal counts the better rank stays", of_equal_counts_the_better_rank_stays},
        {"a metric that misleads gives the best network alone",
         a_metric_that_misleads_gives_the_best_network_alone},
        {"a selection agrees with its own members", a_selection_agrees_with_its_own_members},
        {"networks that gave NaN are not chosen", networks_that_gave_nan_are_not_chosen},
        {"what cannot be chosen from is refused", what_cannot_be_chosen_from_is_refused},
        {"averaging lifts a pool of real size above its best network", averaging_lifts_a_pool_of_real_size},
    };
    SUITE("selection", tests);
}

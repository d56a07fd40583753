#include <math.h>
#include <string.h>

#include "scratch.h"
#include "suite.h"

static DataSpec synthetic_spec(SyntheticKind kind, size_t classes, size_t features) {
    return (DataSpec){.format = DATA_SYNTHETIC,
                      .synthetic = kind,
                      .examples = 600,
                      .test_examples = 90,
                      .classes = classes,
                      .features = features,
                      .noise = 0.1,
                      .validation = 100};
}

static Dataset *load(const DataSpec *spec, uint64_t seed) {
    Dataset *dataset;
    CU_ASSERT_EQUAL_FATAL(dataset_load(&dataset, spec, seed), STATUS_OK);
    return dataset;
}

static void the_seed_decides_all(void) {
    for (SyntheticKind kind = SYNTHETIC_BLOBS; kind <= SYNTHETIC_SPIRALS; kind++) {
        DataSpec spec = synthetic_spec(kind, 2, 2);
        Dataset *first = load(&spec, 7);
        Dataset *again = load(&spec, 7);
        Dataset *other = load(&spec, 8);
        CU_ASSERT_EQUAL(dataset_hash(first), dataset_hash(again));
        CU_ASSERT_NOT_EQUAL(dataset_hash(first), dataset_hash(other));
        size_t length;
        size_t length_again;
        const void *block = dataset_block(first, &length);
        const void *block_again = dataset_block(again, &length_again);
        CU_ASSERT_EQUAL_FATAL(length, length_again);
        CU_ASSERT_EQUAL(memcmp(block, block_again, length), 0);
        dataset_destroy(&first);
        dataset_destroy(&again);
        dataset_destroy(&other);
    }
}

static void more_examples_keep_the_earlier_ones(void) {
    DataSpec spec = synthetic_spec(SYNTHETIC_BLOBS, 3, 4);
    Dataset *few = load(&spec, 7);
    spec.examples = 1200;
    Dataset *many = load(&spec, 7);
    const void *first = dataset_part(few, PART_TRAIN).values;
    const void *second = dataset_part(many, PART_TRAIN).values;
    CU_ASSERT_EQUAL(memcmp(first, second, 600 * 4 * sizeof(float)), 0);
    /* The test set has numbers of its own. */
    CU_ASSERT_NOT_EQUAL(memcmp(first, dataset_part(few, PART_TEST).values, 90 * 4 * sizeof(float)), 0);
    dataset_destroy(&few);
    dataset_destroy(&many);
}

static void classes_are_balanced_in_every_part(void) {
    DataSpec spec = synthetic_spec(SYNTHETIC_SPIRALS, 3, 2);
    spec.validation = 99;
    spec.selection = 0.25;
    Dataset *dataset = load(&spec, 1);
    static const size_t expected[] = {117, 33, 30, 50};
    for (DataPart part = PART_TRAIN; part <= PART_SELECTION; part++) {
        Examples examples = dataset_part(dataset, part);
        size_t count[3] = {0};
        for (size_t i = 0; i < examples.count; i++) {
            count[examples.labels[examples.index[i]]]++;
        }
        CU_ASSERT(count[0] == expected[part] && count[1] == expected[part] && count[2] == expected[part]);
    }
    dataset_destroy(&dataset);
}

/* Without noise the points lie on the curves themselves. */
static void moons_and_spirals_have_their_shape(void) {
    DataSpec spec = synthetic_spec(SYNTHETIC_MOONS, 2, 2);
    spec.noise = 0;
    Dataset *dataset = load(&spec, 1);
    Examples train = dataset_part(dataset, PART_TRAIN);
    for (size_t i = 0; i < 600; i++) {
        const float *point = (const float *)train.values + 2 * i;
        bool lower = train.labels[i] == 1;
        double x = (double)point[0] - (lower ? 1 : 0);
        double y = (double)point[1] - (lower ? 0.5 : 0);
        CU_ASSERT_DOUBLE_EQUAL(x * x + y * y, 1, 1e-6);
        CU_ASSERT(lower ? y <= 1e-6 : y >= -1e-6);
    }
    dataset_destroy(&dataset);
    spec = synthetic_spec(SYNTHETIC_SPIRALS, 3, 2);
    spec.noise = 0;
    dataset = load(&spec, 1);
    train = dataset_part(dataset, PART_TRAIN);
    for (size_t i = 0; i < 600; i++) {
        const float *point = (const float *)train.values + 2 * i;
        double radius = hypot((double)point[0], (double)point[1]);
        double angle = 2 * 3.14159265358979 * train.labels[i] / 3 + 4 * radius;
        CU_ASSERT_DOUBLE_EQUAL(point[0], radius * cos(angle), 1e-5);
        CU_ASSERT_DOUBLE_EQUAL(point[1], radius * sin(angle), 1e-5);
    }
    dataset_destroy(&dataset);
}

static void blobs_scatter_as_the_noise_says(void) {
    DataSpec spec = synthetic_spec(SYNTHETIC_BLOBS, 2, 1);
    spec.examples = 20000;
    spec.noise = 0.25;
    Dataset *dataset = load(&spec, 3);
    Examples train = dataset_part(dataset, PART_TRAIN);
    const float *values = train.values;
    double sum = 0;
    double squares = 0;
    for (size_t i = 0; i < 20000; i += 2) {
        sum += (double)values[i];
        squares += (double)values[i] * (double)values[i];
    }
    double mean = sum / 10000;
    CU_ASSERT(fabs(mean) <= 1.01);
    CU_ASSERT_DOUBLE_EQUAL(sqrt(squares / 10000 - mean * mean), 0.25, 0.006);
    dataset_destroy(&dataset);
}

static void impossible_sets_are_errors(void) {
    DataSpec spec = synthetic_spec(SYNTHETIC_MOONS, 3, 2);
    CU_ASSERT(fails_with(&spec, "moons have 2 classes, not 3", "", "classes of moons"));
    spec = synthetic_spec(SYNTHETIC_SPIRALS, 3, 3);
    CU_ASSERT(fails_with(&spec, "moons and spirals have 2 features, not 3", "", "features of spirals"));
    spec = synthetic_spec(SYNTHETIC_BLOBS, 1, 3);
    CU_ASSERT(fails_with(&spec, "synthetic data have 2 to 65536 classes, not 1", "", "one class"));
    spec = synthetic_spec(SYNTHETIC_BLOBS, 2, 0);
    CU_ASSERT(fails_with(&spec, "blobs have at least 1 feature, not 0", "", "no feature"));
    spec.features = 2;
    spec.examples = 0;
    CU_ASSERT(fails_with(&spec, "synthetic data need at least 1 example", "", "no example"));
    spec.examples = SIZE_MAX;
    CU_ASSERT(fails_with(&spec, "synthetic data have at most", "", "too many"));
    spec.examples = 600;
    spec.noise = NAN;
    CU_ASSERT(fails_with(&spec, "the noise", "", "NaN"));
    spec.noise = -1;
    CU_ASSERT(fails_with(&spec, "the noise", "", "negative noise"));
    spec.noise = 0;
    spec.validation = 700;
    CU_ASSERT(fails_with(&spec, "synthetic data: validation asks for 700 examples", "has 600", "validation"));
    spec.validation = 300;
    spec.selection = 299;
    CU_ASSERT(fails_with(&spec,
                         "synthetic data: selection asks for 299 examples beside the 300 that validate",
                         "has 600, and each of its 2 classes needs one", "selection"));
}

static void more_than_the_machine_holds_is_an_error(void) {
    static const size_t features[] = {(size_t)1 << 40, SIZE_MAX};
    for (size_t i = 0; i < 2; i++) {
        DataSpec spec = synthetic_spec(SYNTHETIC_BLOBS, 2, features[i]);
        Dataset *dataset;
        CU_ASSERT_EQUAL(dataset_load(&dataset, &spec, 1), STATUS_ENVIRONMENT);
        CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "this machine has"));
        CU_ASSERT_PTR_NULL(dataset);
    }
}

void suite_synthetic(void) {
    static const TestCase tests[] = {
        {"the seed decides every byte", the_seed_decides_all},
        {"more examples keep the earlier ones", more_examples_keep_the_earlier_ones},
        {"classes are balanced in every part", classes_are_balanced_in_every_part},
        {"moons and spirals lie on their curves", moons_and_spirals_have_their_shape},
        {"blobs scatter as the noise says", blobs_scatter_as_the_noise_says},
        {"impossible sets are errors", impossible_sets_are_errors},
        {"a set larger than the machine is an error, not a crash", more_than_the_machine_holds_is_an_error},
    };
    SUITE("synthetic", tests);
}

#include <stdio.h>
#include <string.h>

#include "scratch.h"
#include "suite.h"

#define FOLDER "/usr/share/datasets/fashion-mnist/"

static DataSpec fashion_spec(void) {
    return (DataSpec){.format = DATA_IDX,
                      .train_images = FOLDER "train-images-idx3-ubyte.gz",
                      .train_labels = FOLDER "train-labels-idx1-ubyte.gz",
                      .test_images = FOLDER "t10k-images-idx3-ubyte.gz",
                      .test_labels = FOLDER "t10k-labels-idx1-ubyte.gz",
                      .validation = 10000,
                      .normalise = NORMALISE_STANDARD};
}

static Dataset *load(const DataSpec *spec) {
    Dataset *dataset;
    Status status = dataset_load(&dataset, spec, 2017);
    if (status != STATUS_OK) {
        printf("\n  %s\n  Fashion-MNIST comes with Debian's package dataset-fashion-mnist; install it\n",
               status_text());
    }
    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
    return dataset;
}

static void fashion_mnist_is_as_published(void) {
    DataSpec spec = fashion_spec();
    spec.selection = 5000;
    Dataset *dataset = load(&spec);
    Shape shape = dataset_shape(dataset);
    CU_ASSERT(shape.height == 28 && shape.width == 28 && shape.channels == 1);
    CU_ASSERT_EQUAL(dataset_classes(dataset), 10);
    static const size_t counts[] = {45000, 10000, 10000, 5000};
    for (DataPart part = PART_TRAIN; part <= PART_SELECTION; part++) {
        Examples examples = dataset_part(dataset, part);
        CU_ASSERT_EQUAL_FATAL(examples.count, counts[part]);
        size_t per_class[10] = {0};
        for (size_t i = 0; i < examples.count; i++) {
            per_class[examples.labels[examples.index[i]]]++;
        }
        for (size_t c = 0; c < 10; c++) {
            CU_ASSERT_EQUAL(per_class[c], counts[part] / 10);
        }
    }
    /* Of the whole training file: 72.94 and 90.02. */
    Examples train = dataset_part(dataset, PART_TRAIN);
    CU_ASSERT_DOUBLE_EQUAL(train.mean[0], 72.94, 0.2);
    CU_ASSERT_DOUBLE_EQUAL(train.deviation[0], 90.02, 0.2);
    CU_ASSERT_EQUAL(train.labels[0], 9);
    dataset_destroy(&dataset);
}

/* With 10 examples held out, the figures are those of the whole file to two decimals. */
static void its_mean_and_deviation_are_the_known_ones(void) {
    DataSpec spec = fashion_spec();
    spec.validation = 10;
    Dataset *dataset = load(&spec);
    Examples train = dataset_part(dataset, PART_TRAIN);
    CU_ASSERT_EQUAL(train.count, 59990);
    CU_ASSERT_DOUBLE_EQUAL(train.mean[0], 72.94, 0.01);
    CU_ASSERT_DOUBLE_EQUAL(train.deviation[0], 90.02, 0.01);
    dataset_destroy(&dataset);
}

void suite_fashion_mnist(void) {
    static const TestCase tests[] = {
        {"Fashion-MNIST loads with 60000 and 10000 examples of 10 classes", fashion_mnist_is_as_published},
        {"its mean and deviation are the known ones", its_mean_and_deviation_are_the_known_ones},
    };
    SUITE("Fashion-MNIST", tests);
}

/* A network and an optimizer driven by hand: each step of the trainer, written out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/philox.h"
#include "courses.h"
#include "engine/optimizer.h"
#include "made_up_data.h"
#include "suite.h"
#include "suites.h"

/* What a training by hand needs beside the trainer's settings. */
typedef struct ByHand {
    Network *network;
    Optimizer *optimizer;
    ParameterBlock blocks[4];
    float *average; /* owned [parameters] */
    size_t parameters;
    uint32_t steps;
} ByHand;

static void hand_begin(ByHand *hand, const NetworkSpec *spec, const TrainSettings *settings) {
    *hand = (ByHand){0};
    CU_ASSERT_EQUAL_FATAL(network_create(&hand->network, spec, settings->batch_size), STATUS_OK);
    hand->parameters = network_parameter_count(hand->network);
    CU_ASSERT_EQUAL_FATAL(optimizer_create(&hand->optimizer, settings, hand->parameters), STATUS_OK);
    network_initialise(hand->network, course_key);
    CU_ASSERT_EQUAL_FATAL(network_block_count(hand->network), 4);
    for (size_t b = 0; b < 4; b++)
        hand->blocks[b] = network_block(hand->network, b);
    hand->average = malloc(hand->parameters * sizeof(float));
    if (hand->average == NULL) abort();
    memcpy(hand->average, network_parameters(hand->network), hand->parameters * sizeof(float));
}

static void hand_end(ByHand *hand) {
    optimizer_destroy(&hand->optimizer);
    network_destroy(&hand->network);
    free(hand->average);
}

static BatchResult hand_step(ByHand *hand, const TrainSettings *settings, const Examples *train,
                             const uint32_t *rows, size_t batch) {
    Network *network = hand->network;
    Augmentation augmentation = {.shift = settings->augment_shift,
                                 .flip = settings->augment_flip,
                                 .key = course_key,
                                 .step = hand->steps};
    examples_gather_augmented(train, rows, batch, &augmentation, network_input(network),
                              network_labels(network));
    BatchResult result = network_train(network, batch, course_key, hand->steps++);
    float *x = network_parameters(network);
    optimizer_step(hand->optimizer, x, network_gradients(network), hand->blocks, 4, 0.01, 0.9);
    double t = hand->steps, decay = fmin(settings->ema, (1 + t) / (10 + t));
    for (size_t i = 0; i < hand->parameters; i++)
        hand->average[i] += (float)(1 - decay) * (x[i] - hand->average[i]);
    return result;
}

/* A network and an optimizer made here by the same key, and driven by hand, arrive where the trainer does. */
static void check_by_hand(TrainSettings settings) {
    Data *data = made_up();
    NetworkSpec spec = course_spec(0.3);
    settings.metric = METRIC_VAL_LOSS;
    settings.batch_size = 128;
    Trainer *trainer = course_begin(&spec, &settings, &data->train, &data->validation, course_key);
    Course course = course_follow(trainer);
    size_t compared = 0;
    ByHand hand;
    hand_begin(&hand, &spec, &settings);
    for (uint32_t epoch = 0; epoch < settings.epochs; epoch++) {
        uint32_t rows[TRAINING];
        for (uint32_t i = 0; i < TRAINING; i++)
            rows[i] = i;
        RandomStream stream =
            random_stream(course_key.seed, RANDOM_SHUFFLE, course_key.stage, 0, course_key.number, epoch);
        random_shuffle(&stream, rows, TRAINING);
        double loss_sum = 0;
        size_t correct = 0;
        for (size_t first = 0; first < TRAINING; first += settings.batch_size) {
            size_t batch = TRAINING - first < settings.batch_size ? TRAINING - first : settings.batch_size;
            BatchResult result = hand_step(&hand, &settings, &data->train, rows + first, batch);
            loss_sum += result.loss_sum;
            correct += result.correct;
        }
        CU_ASSERT_EQUAL(course.rows[epoch].train_loss, loss_sum / TRAINING);
        CU_ASSERT_EQUAL(course.rows[epoch].train_accuracy, (double)correct / TRAINING);
        if (epoch + 1 != course.outcome.best_epoch) continue;
        const float *arrived = settings.ema > 0 ? hand.average : network_parameters(hand.network);
        CU_ASSERT(memcmp(arrived, trainer_best_parameters(trainer), hand.parameters * sizeof *arrived) == 0);
        compared++;
    }
    CU_ASSERT_EQUAL(compared, 1);
    hand_end(&hand);
    trainer_destroy(&trainer);
}

static void epochs_by_hand(void) {
    check_by_hand(train_settings_default(3));
}

static void extras_by_hand(void) {
    TrainSettings settings = train_settings_default(3);
    settings.ema = 0.7; /* the warm-up's decay rules in the first steps only */
    check_by_hand(settings);
    settings.augment_shift = 1;
    check_by_hand(settings);
    settings.augment_flip = 0.5;
    settings.ema = 0;
    check_by_hand(settings);
}

void suite_by_hand(void) {
    static const TestCase tests[] = {
        {"a network and an optimizer driven by hand arrive where the trainer does, bit for bit",
         epochs_by_hand},
        {"so they do with averaged weights and augmented images", extras_by_hand},
    };
    SUITE("by hand", tests);
}

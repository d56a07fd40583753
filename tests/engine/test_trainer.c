/* The trainer: a pure function of its inputs, with the best epoch and divergence as promised. */
#include "engine/trainer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "counted_heap.h"
#include "courses.h"
#include "made_up_data.h"
#include "nets.h"
#include "suite.h"
#include "suites.h"

static Course course_of(const NetworkSpec *spec, const TrainSettings *settings, TrialKey trial) {
    Data *data = made_up();
    Trainer *trainer = course_begin(spec, settings, &data->train, &data->validation, trial);
    Course course = course_follow(trainer);
    trainer_destroy(&trainer);
    return course;
}

static void same_bits(void) {
    NetworkSpec spec = course_spec(0.2), other_spec = course_spec(0);
    TrainSettings settings = train_settings_default(4), other = train_settings_default(9);
    settings.batch_size = 32;
    Data *data = made_up();
    Course alone = course_of(&spec, &settings, course_key);
    CU_ASSERT_EQUAL(alone.outcome.status, TRIAL_COMPLETED);
    CU_ASSERT_NOT_EQUAL(alone.outcome.weights_hash, 0);
    CU_ASSERT(courses_equal(alone, course_of(&spec, &settings, course_key)));

    other.optimizer = OPTIMIZER_ADAM;
    Trainer *first = course_begin(&spec, &settings, &data->train, &data->validation, course_key);
    Trainer *second = course_begin(&other_spec, &other, &data->train, &data->validation, course_key);
    Course among = {0};
    for (bool done = false, ignored = false; !done;) {
        EpochRow row;
        trainer_epoch(second, &row, &ignored);
        trainer_epoch(first, &among.rows[among.epochs++], &done);
    }
    among.outcome = trainer_outcome(first);
    CU_ASSERT(courses_equal(alone, among));
    trainer_destroy(&first);
    trainer_destroy(&second);
}

static void key_and_settings_matter(void) {
    NetworkSpec spec = course_spec(0.2);
    TrainSettings settings = train_settings_default(2);
    Course course = course_of(&spec, &settings, course_key);
    const TrialKey others[] = {{2018, 1, 5}, {2017, 2, 5}, {2017, 1, 6}};
    for (size_t i = 0; i < 3; i++)
        CU_ASSERT(!courses_equal(course, course_of(&spec, &settings, others[i])));
    settings.label_smoothing = 0.1;
    CU_ASSERT(!courses_equal(course, course_of(&spec, &settings, course_key)));
}

static void learns_a_subset(void) {
    Data *data = made_up();
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(COURSE_EPOCHS);
    settings.batch_size = 5;
    Examples few = data->train;
    few.count = 20;
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++) {
        settings.optimizer = (OptimizerKind)kind;
        settings.learning_rate = kind == OPTIMIZER_SGD ? 0.1 : 0.01;
        Trainer *trainer = course_begin(&spec, &settings, &few, &few, course_key);
        Course course = course_follow(trainer);
        CU_ASSERT_EQUAL(course.outcome.val_accuracy, 1);
        CU_ASSERT_EQUAL(course.rows[course.epochs - 1].train_accuracy, 1);
        CU_ASSERT(course.rows[course.epochs - 1].train_loss < course.rows[0].train_loss / 5);
        trainer_destroy(&trainer);
    }
}

static void momentum_in_rows(void) {
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(6);
    settings.learning_rate = 1e-3;
    settings.momentum = 0.99;
    settings.momentum_initial = 0.5;
    settings.momentum_epochs = 4;
    Course course = course_of(&spec, &settings, course_key);
    const double expected[] = {0.5, 0.6225, 0.745, 0.8675, 0.99, 0.99};
    for (size_t i = 0; i < 6; i++)
        CU_ASSERT_DOUBLE_EQUAL(course.rows[i].momentum, expected[i], 1e-12);
    settings.optimizer = OPTIMIZER_ADAM;
    course = course_of(&spec, &settings, course_key);
    for (size_t i = 0; i < 6; i++)
        CU_ASSERT(isnan(course.rows[i].momentum));
}

static void rates_in_rows(void) {
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(6);
    settings.learning_rate = 0.08;
    settings.warmup_epochs = 2;
    settings.schedule = SCHEDULE_STEP;
    settings.lr_step = 2;
    Course course = course_of(&spec, &settings, course_key);
    const double expected[] = {0.04, 0.08, 0.08, 0.08, 0.04, 0.04};
    for (size_t i = 0; i < 6; i++)
        CU_ASSERT_DOUBLE_EQUAL(course.rows[i].learning_rate, expected[i], 1e-12);
}

/* With a rate too small to change any prediction, every epoch ties: the plateau rule strikes every lr_step
 * epochs after the first, and the first epoch stays the best. */
static void ties(void) {
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(8);
    settings.learning_rate = 1e-12;
    settings.schedule = SCHEDULE_PLATEAU;
    settings.lr_step = 2;
    settings.lr_decay = 0.5;
    Course course = course_of(&spec, &settings, course_key);
    for (size_t i = 0; i < 8; i++) {
        CU_ASSERT_EQUAL(course.rows[i].val_accuracy, course.rows[0].val_accuracy);
        size_t reductions = i == 0 ? 0 : (i - 1) / 2;
        CU_ASSERT_EQUAL(course.rows[i].learning_rate, ldexp(1e-12, -(int)reductions));
    }
    CU_ASSERT_EQUAL(course.outcome.best_epoch, 1);
}

static void best_epoch(void) {
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(40);
    settings.learning_rate = 0.05;
    settings.batch_size = 16;
    for (int metric = METRIC_VAL_ACCURACY; metric <= METRIC_VAL_LOSS; metric++) {
        settings.metric = (MetricKind)metric;
        Course course = course_of(&spec, &settings, course_key);
        size_t best = 0;
        for (size_t i = 1; i < course.epochs; i++) {
            bool better = metric == METRIC_VAL_LOSS
                              ? course.rows[i].val_loss < course.rows[best].val_loss
                              : course.rows[i].val_accuracy > course.rows[best].val_accuracy;
            if (better) best = i;
        }
        CU_ASSERT(best + 1 < course.epochs);
        CU_ASSERT_EQUAL(course.outcome.best_epoch, best + 1);
        CU_ASSERT_EQUAL(course.outcome.epochs, 40);
        CU_ASSERT_EQUAL(course.outcome.val_loss, course.rows[best].val_loss);
        CU_ASSERT_EQUAL(course.outcome.val_accuracy, course.rows[best].val_accuracy);
        CU_ASSERT_EQUAL(course.outcome.train_loss, course.rows[best].train_loss);

        settings.epochs = (uint32_t)best + 1;
        CU_ASSERT_EQUAL(course_of(&spec, &settings, course_key).outcome.weights_hash,
                        course.outcome.weights_hash);
        settings.epochs = 40;
    }
}

static void judged_alike(void) {
    Data *data = made_up();
    NetworkSpec spec = course_spec(0.3);
    TrainSettings settings = train_settings_default(COURSE_EPOCHS);
    settings.learning_rate = 0.05;
    settings.batch_size = 16;
    Examples large = data->train, *parts[] = {&data->validation, &large}; /* one batch, and several */
    for (size_t part = 0; part < 2; part++) {
        Trainer *trainer = course_begin(&spec, &settings, &data->train, parts[part], course_key);
        Course course = course_follow(trainer);
        CU_ASSERT(course.outcome.best_epoch < COURSE_EPOCHS);
        static float probabilities[ROWS * CLASSES];
        double loss, accuracy;
        size_t count = parts[part]->count;
        CU_ASSERT_EQUAL_FATAL(trainer_judge(&spec, trainer_best_parameters(trainer), parts[part], &loss,
                                            &accuracy, probabilities),
                              STATUS_OK);
        CU_ASSERT_EQUAL(loss, course.outcome.val_loss);
        CU_ASSERT_EQUAL(accuracy, course.outcome.val_accuracy);
        CU_ASSERT(
            memcmp(probabilities, trainer_best_probabilities(trainer), count * CLASSES * sizeof(float)) == 0);

        double loss_sum = 0, correct = 0;
        for (size_t i = 0; i < count; i++) {
            const float *p = probabilities + i * CLASSES;
            uint16_t label = data->labels[parts[part]->index[i]];
            size_t largest = 0;
            for (size_t c = 1; c < CLASSES; c++)
                largest = p[c] > p[largest] ? c : largest;
            correct += largest == label;
            loss_sum -= log((double)p[label]);
        }
        CU_ASSERT_DOUBLE_EQUAL(accuracy, correct / (double)count, 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(loss, loss_sum / (double)count, 1e-5);
        trainer_destroy(&trainer);
    }
}

static void hash_layout(void) {
    Data *data = made_up();
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(2);
    Trainer *trainer = course_begin(&spec, &settings, &data->train, &data->validation, course_key);
    Course course = course_follow(trainer);
    const Network *network = trainer_network(trainer);
    const float *parameters = trainer_best_parameters(trainer);
    unsigned char bytes[4 * (VALUES * COURSE_HIDDEN + COURSE_HIDDEN + COURSE_HIDDEN * CLASSES + CLASSES)];
    size_t at = 0;
    for (size_t b = 0; b < network_block_count(network); b++) {
        ParameterBlock block = network_block(network, b);
        for (size_t i = 0; i < block.count; i++) {
            uint32_t bits;
            memcpy(&bits, &parameters[block.offset + i], sizeof bits);
            for (int byte = 0; byte < 4; byte++)
                bytes[at++] = (unsigned char)(bits >> (8 * byte));
        }
    }
    CU_ASSERT_EQUAL(at, sizeof bytes);
    CU_ASSERT_EQUAL(course.outcome.weights_hash, hash64(bytes, sizeof bytes));
    trainer_destroy(&trainer);
}

static void divergence(void) {
    Data *data = made_up();
    NetworkSpec spec = course_spec(0);
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++) {
        TrainSettings settings = train_settings_default(20);
        settings.optimizer = (OptimizerKind)kind;
        settings.learning_rate = 1e36;
        settings.ema = kind % 2 == 0 ? 0 : 0.99;
        Trainer *trainer = course_begin(&spec, &settings, &data->train, &data->validation, course_key);
        Course course = course_follow(trainer);
        const EpochRow *last = &course.rows[course.epochs - 1];
        CU_ASSERT_EQUAL(course.outcome.status, TRIAL_DIVERGED);
        CU_ASSERT_EQUAL(course.outcome.epochs, course.epochs - 1);
        CU_ASSERT(isnan(course.outcome.val_accuracy) && isnan(course.outcome.val_loss));
        CU_ASSERT(isnan(course.outcome.train_loss));
        CU_ASSERT_EQUAL(course.outcome.best_epoch, 0);
        CU_ASSERT_EQUAL(course.outcome.weights_hash, 0);
        CU_ASSERT_PTR_NULL(trainer_best_parameters(trainer));
        CU_ASSERT_PTR_NULL(trainer_best_probabilities(trainer));
        CU_ASSERT(isnan(last->val_loss) && isnan(last->val_accuracy));
        CU_ASSERT_EQUAL(last->learning_rate, 1e36);
        trainer_destroy(&trainer);
    }
}

/* An infinite input makes the loss non-finite in the epoch's first batch, whatever the rate. */
static void divergence_ends_at_once(void) {
    Data *data = made_up();
    static float values[ROWS * VALUES];
    for (size_t i = 0; i < (size_t)ROWS * VALUES; i++)
        values[i] = INFINITY;
    Examples train = data->train;
    train.values = values;
    train.type = VALUE_F32;
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(3);
    settings.batch_size = 10;
    Trainer *trainer = course_begin(&spec, &settings, &train, &data->validation, course_key);
    Course course = course_follow(trainer);
    CU_ASSERT_EQUAL(course.outcome.status, TRIAL_DIVERGED);
    CU_ASSERT_EQUAL(course.epochs, 1);
    CU_ASSERT_EQUAL(course.outcome.epochs, 0);
    CU_ASSERT(isnan(course.rows[0].train_loss) && isnan(course.rows[0].train_accuracy));
    CU_ASSERT(isnan(course.rows[0].update_ratio));
    trainer_destroy(&trainer);
}

/* One step of a single epoch diverged: its training is known, its judgement is not. */
static EpochRow diverged_at_the_end(double learning_rate) {
    Data *data = made_up();
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(1);
    settings.optimizer = OPTIMIZER_SGD;
    settings.batch_size = TRAINING;
    settings.learning_rate = learning_rate;
    Trainer *trainer = course_begin(&spec, &settings, &data->train, &data->validation, course_key);
    Course course = course_follow(trainer);
    CU_ASSERT_EQUAL(course.outcome.status, TRIAL_DIVERGED);
    CU_ASSERT_EQUAL(course.outcome.epochs, 0);
    CU_ASSERT(isfinite(course.rows[0].train_loss) && isfinite(course.rows[0].train_accuracy));
    CU_ASSERT(isnan(course.rows[0].val_loss) && isnan(course.rows[0].val_accuracy));
    trainer_destroy(&trainer);
    return course.rows[0];
}

static void divergence_at_the_end(void) {
    EpochRow judged = diverged_at_the_end(1e30); /* finite weights that judge to an infinite loss */
    CU_ASSERT(judged.update_ratio > 1e20);
    EpochRow broken = diverged_at_the_end(1e60); /* infinite weights: not judged at all */
    CU_ASSERT(isnan(broken.update_ratio));
}

/* Training goes on from the weights themselves; what is judged and kept is their average. */
static void average_is_judged(void) {
    Data *data = made_up();
    NetworkSpec spec = course_spec(0.3);
    TrainSettings settings = train_settings_default(12);
    settings.learning_rate = 0.05;
    settings.batch_size = 16;
    Course plain = course_of(&spec, &settings, course_key);
    settings.ema = 0.95;
    Trainer *trainer = course_begin(&spec, &settings, &data->train, &data->validation, course_key);
    Course averaged = course_follow(trainer);
    CU_ASSERT_EQUAL(averaged.epochs, plain.epochs);
    for (size_t i = 0; i < plain.epochs; i++) {
        const EpochRow *a = &averaged.rows[i], *b = &plain.rows[i];
        CU_ASSERT(a->train_loss == b->train_loss && a->train_accuracy == b->train_accuracy);
        CU_ASSERT_EQUAL(a->update_ratio, b->update_ratio);
        CU_ASSERT_NOT_EQUAL(a->val_loss, b->val_loss);
    }
    CU_ASSERT_NOT_EQUAL(averaged.outcome.weights_hash, plain.outcome.weights_hash);
    double loss, accuracy;
    CU_ASSERT_EQUAL_FATAL(
        trainer_judge(&spec, trainer_best_parameters(trainer), &data->validation, &loss, &accuracy, NULL),
        STATUS_OK);
    CU_ASSERT_EQUAL(loss, averaged.outcome.val_loss);
    CU_ASSERT_EQUAL(accuracy, averaged.outcome.val_accuracy);
    trainer_destroy(&trainer);
}

/* At a rate that changes no prediction every epoch ties with the first. */
static void early_stop_counts(void) {
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(20);
    settings.learning_rate = 1e-12;
    settings.early_stop_epochs = 3;
    for (uint32_t warmup = 0; warmup < 4; warmup++) {
        settings.warmup_epochs = warmup;
        Course course = course_of(&spec, &settings, course_key);
        CU_ASSERT_EQUAL(course.outcome.status, TRIAL_COMPLETED);
        CU_ASSERT_EQUAL(course.epochs, (warmup > 1 ? warmup : 1) + 3);
        CU_ASSERT_EQUAL(course.outcome.epochs, course.epochs);
        CU_ASSERT_EQUAL(course.outcome.best_epoch, 1);
        CU_ASSERT_NOT_EQUAL(course.outcome.weights_hash, 0);
    }
}

/* The trial is the same one but for its end, and amounts to what it did up to there. */
static void early_stop_cuts(void) {
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(40);
    settings.metric = METRIC_VAL_LOSS;
    settings.learning_rate = 0.05;
    settings.batch_size = 16;
    Course whole = course_of(&spec, &settings, course_key);
    settings.early_stop_epochs = 5;
    Course cut = course_of(&spec, &settings, course_key);
    CU_ASSERT_EQUAL(cut.outcome.status, TRIAL_COMPLETED);
    CU_ASSERT(cut.epochs > 6 && cut.epochs < whole.epochs);
    CU_ASSERT_EQUAL(cut.outcome.epochs, cut.epochs);
    CU_ASSERT_EQUAL(cut.outcome.best_epoch, cut.epochs - 5);
    for (size_t i = 0; i < cut.epochs; i++) {
        CU_ASSERT_EQUAL(cut.rows[i].val_loss, whole.rows[i].val_loss);
        CU_ASSERT(cut.rows[i].val_loss >= cut.outcome.val_loss);
    }
    settings.early_stop_epochs = 0;
    settings.epochs = cut.outcome.best_epoch;
    CU_ASSERT_EQUAL(course_of(&spec, &settings, course_key).outcome.weights_hash, cut.outcome.weights_hash);
}

/* One step in the epoch, by plain gradient descent: the update is the rate times the gradient. */
static void update_ratio(void) {
    Data *data = made_up();
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(1);
    settings.optimizer = OPTIMIZER_SGD;
    settings.batch_size = 1000; /* cut to the training part */
    Trainer *trainer = course_begin(&spec, &settings, &data->train, &data->validation, course_key);
    Course course = course_follow(trainer);

    Network *network = NULL;
    CU_ASSERT_EQUAL_FATAL(network_create(&network, &spec, TRAINING), STATUS_OK);
    network_initialise(network, course_key);
    uint32_t rows[TRAINING];
    for (uint32_t i = 0; i < TRAINING; i++)
        rows[i] = i;
    examples_gather(&data->train, rows, TRAINING, network_input(network), network_labels(network));
    network_train(network, TRAINING, course_key, 0);
    double update = 0, size = 0;
    const float *x = network_parameters(network), *g = network_gradients(network);
    for (size_t b = 0; b < network_block_count(network); b++) {
        ParameterBlock block = network_block(network, b);
        if (strcmp(block.role, "weight") != 0) continue;
        for (size_t i = block.offset; i < block.offset + block.count; i++) {
            update += (double)g[i] * g[i];
            size += (double)x[i] * x[i];
        }
    }
    CU_ASSERT_DOUBLE_EQUAL(course.rows[0].update_ratio / (0.01 * sqrt(update / size)), 1, 1e-4);
    network_destroy(&network);
    trainer_destroy(&trainer);
}

/* 300 examples in batches of 128: the third holds 44. At a tiny rate, the epoch's loss is the loss of the
 * untrained network, each example counted once. */
static void smaller_last_batch(void) {
    Data *data = made_up();
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(2);
    settings.batch_size = 128;
    settings.learning_rate = 1e-9;
    Trainer *trainer = course_begin(&spec, &settings, &data->train, &data->train, course_key);
    Course course = course_follow(trainer);
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_DOUBLE_EQUAL(course.rows[i].train_loss, course.rows[i].val_loss, 1e-5);
        CU_ASSERT_DOUBLE_EQUAL(course.rows[i].train_accuracy, course.rows[i].val_accuracy, 1e-12);
    }
    trainer_destroy(&trainer);
}

static void ended_early(void) {
    Data *data = made_up();
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(5);
    Trainer *trainer = course_begin(&spec, &settings, &data->train, &data->validation, course_key);
    CU_ASSERT_EQUAL(trainer_outcome(trainer).best_epoch, 0);
    CU_ASSERT_PTR_NULL(trainer_best_parameters(trainer));
    EpochRow row;
    bool done;
    trainer_epoch(trainer, &row, &done);
    CU_ASSERT(!done);
    TrainOutcome outcome = trainer_outcome(trainer);
    CU_ASSERT_EQUAL(outcome.status, TRIAL_STOPPED);
    CU_ASSERT_EQUAL(outcome.epochs, 1);
    CU_ASSERT_EQUAL(outcome.val_loss, row.val_loss);
    CU_ASSERT(outcome.samples_per_second > 0 && outcome.seconds >= row.seconds);
    CU_ASSERT(outcome.samples_per_second >= TRAINING / row.seconds);
    trainer_destroy(&trainer);
}

/* Every layer there is for images, and dropout. */
static NetworkSpec images_spec(void) {
    NetworkSpec spec = net_of(VALUES, CLASSES, LOSS_SOFTMAX_CROSS_ENTROPY);
    spec.input = (Shape){SIDE, SIDE, 1};
    size_t first = net_conv2d(&spec, NETWORK_INPUT, 5, 3, 2, 1, PADDING_SAME);
    first = net_add(&spec, LAYER_RELU, net_batch_norm(&spec, first));
    size_t second = net_batch_norm(&spec, net_conv2d(&spec, first, 5, 3, 3, 1, PADDING_SAME));
    size_t last = net_add(&spec, LAYER_RELU, net_join(&spec, LAYER_ADD, second, first));
    last = net_pool(&spec, LAYER_MAX_POOL, last, 3, 1, PADDING_SAME);
    last = net_conv2d(&spec, last, 7, 2, 2, 2, PADDING_VALID);
    last = net_pool(&spec, LAYER_AVERAGE_POOL, last, 2, 1, PADDING_SAME);
    last = net_add(&spec, LAYER_GLOBAL_AVERAGE_POOL, net_dropout(&spec, last, 0.2));
    (void)net_dense(&spec, last, CLASSES);
    return spec;
}

static void allocates_nothing(const NetworkSpec *spec) {
    Data *data = made_up();
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++) {
        TrainSettings settings = train_settings_default(3);
        settings.optimizer = (OptimizerKind)kind;
        settings.gradient_clip = 1;
        settings.label_smoothing = 0.1;
        settings.ema = 0.9;
        settings.early_stop_epochs = 3;
        settings.augment_shift = 1;
        settings.augment_flip = 0.5;
        Trainer *trainer = course_begin(spec, &settings, &data->train, &data->validation, course_key);
        size_t before = counted_allocations();
        Course course = course_follow(trainer);
        CU_ASSERT_EQUAL(counted_allocations(), before);
        CU_ASSERT_NOT_EQUAL(course.outcome.weights_hash, 0);
        trainer_destroy(&trainer);
    }
}

static void no_allocation(void) {
    NetworkSpec dense = course_spec(0.2), images = images_spec();
    allocates_nothing(&dense);
    allocates_nothing(&images);
}

static void check_memory(const NetworkSpec *spec, const TrainSettings *settings) {
    Data *data = made_up();
    size_t told = 0;
    CU_ASSERT_EQUAL(trainer_memory(spec, settings, 0, &data->train, &data->validation, &told), STATUS_OK);
    size_t before = counted_bytes();
    Trainer *trainer = course_begin(spec, settings, &data->train, &data->validation, course_key);
    double taken = (double)(counted_bytes() - before);
    CU_ASSERT(fabs(taken - (double)told) < 0.01 * taken + sizeof(NetworkSpec) + 4096);
    trainer_destroy(&trainer);
}

static void memory_is_told(void) {
    Data *data = made_up();
    NetworkSpec specs[] = {course_spec(0), course_spec(0), course_norm_spec()};
    specs[1].layers[0].units = specs[2].layers[4].units = 2000;
    for (size_t s = 0; s < sizeof specs / sizeof specs[0]; s++) {
        for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++) {
            TrainSettings settings = train_settings_default(1);
            settings.optimizer = (OptimizerKind)kind;
            check_memory(&specs[s], &settings);
            settings.ema = 0.9;
            check_memory(&specs[s], &settings);
        }
    }
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(1);
    Examples endless = data->validation;
    endless.count = SIZE_MAX / 2;
    size_t told = 0;
    CU_ASSERT_EQUAL(trainer_memory(&spec, &settings, 0, &data->train, &endless, &told), STATUS_ENVIRONMENT);
}

static void misfits(void) {
    Data *data = made_up();
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(5);
    Trainer *trainer = NULL;
    Examples wrong[4] = {data->train, data->train, data->train, data->train};
    wrong[0].shape = (Shape){1, 1, VALUES};
    wrong[1].classes = CLASSES + 1;
    wrong[2].count = 0;
    wrong[3].count = (size_t)UINT32_MAX + 1;
    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(trainer_create(&trainer, &spec, &settings, &wrong[i], &data->validation, course_key),
                        STATUS_INPUT);
        if (i == 3) continue;
        CU_ASSERT_EQUAL(trainer_create(&trainer, &spec, &settings, &data->train, &wrong[i], course_key),
                        STATUS_INPUT);
    }
    settings.epochs = UINT32_MAX;
    settings.batch_size = 150;
    CU_ASSERT_EQUAL(trainer_create(&trainer, &spec, &settings, &data->train, &data->validation, course_key),
                    STATUS_INPUT);
    settings = train_settings_default(0);
    CU_ASSERT_EQUAL(trainer_create(&trainer, &spec, &settings, &data->train, &data->validation, course_key),
                    STATUS_INPUT);
    settings = train_settings_default(1);
    settings.batch_size = 0;
    CU_ASSERT_EQUAL(trainer_create(&trainer, &spec, &settings, &data->train, &data->validation, course_key),
                    STATUS_INPUT);
    CU_ASSERT_PTR_NULL(trainer);
}

static void names(void) {
    CU_ASSERT_STRING_EQUAL(trial_status_name(TRIAL_COMPLETED), "completed");
    CU_ASSERT_STRING_EQUAL(trial_status_name(TRIAL_DIVERGED), "diverged");
    CU_ASSERT_STRING_EQUAL(trial_status_name(TRIAL_STOPPED), "stopped");
    CU_ASSERT_STRING_EQUAL(trial_status_name(TRIAL_FAILED), "failed");
}

void suite_trainer(void) {
    static const TestCase tests[] = {
        {"the same trial gives the same bits, alone or among others", same_bits},
        {"seed, stage, number and settings each matter", key_and_settings_matter},
        {"every optimizer learns a small subset by heart", learns_a_subset},
        {"rows hold the momentum ramp, NaN for optimizers without momentum", momentum_in_rows},
        {"rows hold the rate of the epoch's last step", rates_in_rows},
        {"the first epoch stays the best on ties, and the plateau rule counts them", ties},
        {"figures and weights are those of the best epoch by the metric", best_epoch},
        {"judging afterwards gives the trainer's own figures, bit for bit", judged_alike},
        {"weights_hash covers the blocks in order, without padding", hash_layout},
        {"a huge rate is an outcome without figures, not a crash", divergence},
        {"divergence ends the training at the batch that shows it", divergence_ends_at_once},
        {"divergence by the epoch's last step is seen in weights and judgement", divergence_at_the_end},
        {"with an average, training is the same and the average is judged and kept", average_is_judged},
        {"training ends after so many epochs without a better one, the warm-up's not counted",
         early_stop_counts},
        {"a trial that ends early is complete, and amounts to its best epoch", early_stop_cuts},
        {"update_ratio is the last update's size against the weights'", update_ratio},
        {"a smaller last batch counts each example once", smaller_last_batch},
        {"a trial ended early amounts to what it reached", ended_early},
        {"nothing is allocated once the trainer is made, on tables and on images", no_allocation},
        {"the memory is told before it is taken", memory_is_told},
        {"examples that do not fit are an error", misfits},
        {"statuses have their names", names},
    };
    SUITE("trainer", tests);
}

/* The networks that a trainer keeps at minima of the rate. */
#include <string.h>

#include "counted_heap.h"
#include "courses.h"
#include "engine/trainer_internal.h"
#include "made_up_data.h"
#include "suite.h"
#include "suites.h"

static TrainSettings cycles_of(uint32_t epochs, uint32_t cycles) {
    TrainSettings settings = train_settings_default(epochs);
    settings.schedule = SCHEDULE_COSINE;
    settings.lr_cycles = cycles;
    settings.learning_rate = 0.05;
    settings.batch_size = 32;
    settings.snapshots = true;
    return settings;
}

static Trainer *begin(const NetworkSpec *spec, const TrainSettings *settings) {
    Data *data = made_up();
    return course_begin(spec, settings, &data->train, &data->validation, course_key);
}

static size_t parameter_bytes(const Trainer *trainer) {
    return network_parameter_count(trainer_network(trainer)) * sizeof(float);
}

#define PROBABILITY_BYTES ((ROWS - TRAINING) * CLASSES * sizeof(float))

/* Another trainer, which takes none, holds the same weights after that epoch. */
static void check_snapshot(const NetworkSpec *spec, const TrainSettings *settings, const Trainer *trainer,
                           size_t i, uint32_t epoch) {
    Data *data = made_up();
    Snapshot snapshot = trainer_snapshot(trainer, i);
    CU_ASSERT_EQUAL_FATAL(snapshot.epoch, epoch);
    TrainSettings plain = *settings;
    plain.snapshots = false;
    Trainer *other = begin(spec, &plain);
    EpochRow row = {0};
    bool done = false;
    for (uint32_t e = 0; e < epoch; e++)
        trainer_epoch(other, &row, &done);
    const float *end = settings->ema > 0 ? other->average : network_parameters(other->network);
    CU_ASSERT_EQUAL(memcmp(end, snapshot.parameters, parameter_bytes(trainer)), 0);
    float probabilities[(ROWS - TRAINING) * CLASSES];
    double loss, accuracy;
    CU_ASSERT_EQUAL_FATAL(
        trainer_judge(spec, snapshot.parameters, &data->validation, &loss, &accuracy, probabilities),
        STATUS_OK);
    CU_ASSERT_EQUAL(loss, row.val_loss);
    CU_ASSERT_EQUAL(accuracy, row.val_accuracy);
    CU_ASSERT_EQUAL(memcmp(probabilities, snapshot.probabilities, PROBABILITY_BYTES), 0);
    trainer_destroy(&other);
}

static void check_course(const NetworkSpec *spec, const TrainSettings *settings, const uint32_t *epochs,
                         size_t count) {
    Trainer *trainer = begin(spec, settings);
    Course course = course_follow(trainer);
    TrainSettings plain = *settings;
    plain.snapshots = false;
    Trainer *without = begin(spec, &plain);
    CU_ASSERT(courses_equal(course, course_follow(without)));
    CU_ASSERT_EQUAL(trainer_snapshot_count(without), 0);
    trainer_destroy(&without);
    CU_ASSERT_EQUAL_FATAL(trainer_snapshot_count(trainer), count);
    for (size_t i = 0; i < count; i++)
        check_snapshot(spec, settings, trainer, i, epochs[i]);
    trainer_destroy(&trainer);
}

static void networks_of_their_epochs(void) {
    NetworkSpec specs[] = {course_spec(0.2), course_norm_spec()};
    for (size_t s = 0; s < 2; s++) {
        TrainSettings settings = cycles_of(10, 4);
        check_course(&specs[s], &settings, (uint32_t[]){2, 5, 7, 10}, 4);
        settings.warmup_epochs = 3;
        check_course(&specs[s], &settings, (uint32_t[]){6, 8, 10}, 3);
    }
}

static void averages(void) {
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = cycles_of(6, 3);
    settings.ema = 0.95;
    check_course(&spec, &settings, (uint32_t[]){2, 4, 6}, 3);
}

static void last_epoch_alone(void) {
    NetworkSpec spec = course_spec(0);
    for (int kind = 0; kind < SCHEDULE_KIND_COUNT; kind++) {
        TrainSettings settings = cycles_of(5, 1);
        settings.schedule = (ScheduleKind)kind;
        check_course(&spec, &settings, (uint32_t[]){5}, 1);
    }
}

/* Nothing can be better than the first epoch: the training ends 3 epochs after it, before the second cycle.
 */
static void early_stop_has_one(void) {
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = cycles_of(20, 10);
    settings.learning_rate = 1e-12;
    settings.early_stop_epochs = 4;
    check_course(&spec, &settings, (uint32_t[]){2, 4, 5}, 3);
    settings.lr_cycles = 2;
    check_course(&spec, &settings, (uint32_t[]){5}, 1);
}

static void latest_of_many(void) {
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = cycles_of(2 * (SNAPSHOTS_MAX + 5), SNAPSHOTS_MAX + 5);
    uint32_t epochs[SNAPSHOTS_MAX];
    for (uint32_t i = 0; i < SNAPSHOTS_MAX; i++)
        epochs[i] = 2 * (i + 6);
    check_course(&spec, &settings, epochs, SNAPSHOTS_MAX);
}

/* Each step multiplies the weights by -10: finite for some epochs. */
static void none_of_diverged(void) {
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = cycles_of(40, 20);
    settings.optimizer = OPTIMIZER_SGD;
    settings.batch_size = 100;
    settings.learning_rate = 1;
    settings.weight_decay = 11;
    Trainer *trainer = begin(&spec, &settings);
    Course course = course_follow(trainer);
    CU_ASSERT_EQUAL(course.outcome.status, TRIAL_DIVERGED);
    CU_ASSERT(course.epochs > 2);
    CU_ASSERT_EQUAL(trainer_snapshot_count(trainer), 0);
    trainer_destroy(&trainer);
}

static void no_allocation(void) {
    NetworkSpec spec = course_spec(0.2);
    TrainSettings settings = cycles_of(12, 4);
    Trainer *trainer = begin(&spec, &settings);
    size_t before = counted_allocations();
    (void)course_follow(trainer);
    CU_ASSERT_EQUAL(counted_allocations(), before);
    CU_ASSERT_EQUAL(trainer_snapshot_count(trainer), 4);
    trainer_destroy(&trainer);
}

static void check_memory(const TrainSettings *settings, size_t count) {
    Data *data = made_up();
    NetworkSpec spec = course_spec(0);
    spec.layers[0].units = 500;
    size_t with = 0, without = 0, before = counted_bytes();
    Trainer *trainer = begin(&spec, settings);
    double taken = (double)(counted_bytes() - before);
    CU_ASSERT_EQUAL(trainer_memory(&spec, settings, count, &data->train, &data->validation, &with),
                    STATUS_OK);
    CU_ASSERT_EQUAL(trainer_memory(&spec, settings, 0, &data->train, &data->validation, &without), STATUS_OK);
    size_t each = parameter_bytes(trainer) + PROBABILITY_BYTES;
    CU_ASSERT(with >= without + count * each && with <= without + count * (each + 256));
    CU_ASSERT_DOUBLE_EQUAL(taken, (double)with, 0.01 * taken + sizeof(NetworkSpec) + 4096);
    trainer_destroy(&trainer);
}

static void memory_is_told(void) {
    TrainSettings settings = cycles_of(10, 5);
    check_memory(&settings, 5);
    settings = cycles_of(100, 50);
    check_memory(&settings, SNAPSHOTS_MAX);
}

void suite_snapshots(void) {
    static const TestCase tests[] = {
        {"snapshots are the networks of a training that ended there, and change nothing of it",
         networks_of_their_epochs},
        {"with a moving average they are the averages that were judged", averages},
        {"without cycles the last epoch is the only one", last_epoch_alone},
        {"where the training ends early, its last epoch is one", early_stop_has_one},
        {"of too many the latest are kept", latest_of_many},
        {"a diverged trial has none", none_of_diverged},
        {"keeping them allocates nothing", no_allocation},
        {"their memory is told", memory_is_told},
    };
    SUITE("snapshots", tests);
}

/* A trainer saved between two epochs and restored into a new one: nobody can tell. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "counted_heap.h"
#include "courses.h"
#include "made_up_data.h"
#include "nets.h"
#include "suite.h"
#include "suites.h"

static Trainer *begin(const NetworkSpec *spec, const TrainSettings *settings) {
    Data *data = made_up();
    return course_begin(spec, settings, &data->train, &data->validation, course_key);
}

static ByteWriter saved(const Trainer *trainer) {
    ByteWriter writer = {0};
    trainer_save(trainer, &writer);
    CU_ASSERT_EQUAL_FATAL(bytes_writer_status(&writer), STATUS_OK);
    return writer;
}

static Status restore(Trainer *trainer, const uint8_t *bytes, size_t length) {
    ByteReader reader = bytes_reader(bytes, length);
    return trainer_restore(trainer, &reader);
}

static Trainer *restored(const NetworkSpec *spec, const TrainSettings *settings, const ByteWriter *state) {
    Trainer *trainer = begin(spec, settings);
    CU_ASSERT_EQUAL_FATAL(restore(trainer, state->data, state->length), STATUS_OK);
    return trainer;
}

static bool same_state(const Trainer *trainer, const uint8_t *bytes, size_t length) {
    ByteWriter again = saved(trainer);
    bool same = again.length == length && memcmp(again.data, bytes, length) == 0;
    bytes_writer_release(&again);
    return same;
}

static bool same_best(const Trainer *a, const Trainer *b) {
    const float *x = trainer_best_parameters(a), *y = trainer_best_parameters(b);
    const float *p = trainer_best_probabilities(a), *q = trainer_best_probabilities(b);
    if (x == NULL || y == NULL || p == NULL || q == NULL) return x == y && p == q;
    return memcmp(x, y, network_parameter_count(trainer_network(a)) * sizeof *x) == 0 &&
           memcmp(p, q, (ROWS - TRAINING) * CLASSES * sizeof *p) == 0;
}

static bool same_snapshots(const Trainer *a, const Trainer *b) {
    size_t count = trainer_snapshot_count(a);
    bool same = count == trainer_snapshot_count(b);
    for (size_t i = 0; same && i < count; i++) {
        Snapshot x = trainer_snapshot(a, i), y = trainer_snapshot(b, i);
        size_t parameters = network_parameter_count(trainer_network(a)) * sizeof(float);
        size_t probabilities = (ROWS - TRAINING) * CLASSES * sizeof(float);
        same = x.epoch == y.epoch && memcmp(x.parameters, y.parameters, parameters) == 0 &&
               memcmp(x.probabilities, y.probabilities, probabilities) == 0;
    }
    return same;
}

/* Save after each epoch but the last, before the first too; each time, go on in another trainer. The whole
 * course is the uninterrupted one. */
static Course check_resumed(const NetworkSpec *spec, const TrainSettings *settings) {
    Trainer *alone = begin(spec, settings);
    Course whole = course_follow(alone);
    Trainer *trainer = begin(spec, settings);
    EpochRow row;
    for (size_t epoch = 0; epoch < whole.epochs; epoch++) {
        ByteWriter state = saved(trainer);
        Trainer *second = restored(spec, settings, &state);
        CU_ASSERT(same_state(second, state.data, state.length));
        CU_ASSERT(same_best(second, trainer));
        CU_ASSERT(same_snapshots(second, trainer));
        Course rest = course_follow(second);
        memcpy(rest.rows, whole.rows, epoch * sizeof *rest.rows);
        CU_ASSERT(courses_equal(rest, whole));
        CU_ASSERT(same_best(second, alone));
        CU_ASSERT(same_snapshots(second, alone));
        trainer_destroy(&second);
        bytes_writer_release(&state);
        bool done = false;
        trainer_epoch(trainer, &row, &done);
        CU_ASSERT_EQUAL(done, epoch + 1 == whole.epochs);
    }
    trainer_destroy(&trainer);
    trainer_destroy(&alone);
    return whole;
}

static TrainSettings everything_on(OptimizerKind optimizer) {
    TrainSettings settings = train_settings_default(5);
    settings.optimizer = optimizer;
    settings.batch_size = 32;
    settings.momentum_initial = 0.5;
    settings.momentum_epochs = 4;
    settings.weight_decay = 1e-3;
    settings.gradient_clip = 0.5;
    settings.label_smoothing = 0.1;
    settings.warmup_epochs = 2;
    settings.ema = 0.9;
    settings.early_stop_epochs = 4;
    settings.augment_shift = 1;
    settings.augment_flip = 0.5;
    return settings;
}

static void every_optimizer(void) {
    NetworkSpec spec = course_spec(0.3);
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++) {
        TrainSettings settings = everything_on((OptimizerKind)kind);
        CU_ASSERT_EQUAL(check_resumed(&spec, &settings).outcome.status, TRIAL_COMPLETED);
    }
}

static void every_schedule(void) {
    NetworkSpec spec = course_spec(0.3);
    for (int kind = 0; kind < SCHEDULE_KIND_COUNT; kind++) {
        TrainSettings settings = everything_on(OPTIMIZER_NESTEROV);
        settings.schedule = (ScheduleKind)kind;
        settings.lr_step = 1;
        CU_ASSERT_EQUAL(check_resumed(&spec, &settings).outcome.status, TRIAL_COMPLETED);
    }
}

static TrainSettings with_snapshots(uint32_t epochs, uint32_t cycles) {
    TrainSettings settings = everything_on(OPTIMIZER_NESTEROV);
    settings.epochs = epochs;
    settings.schedule = SCHEDULE_COSINE;
    settings.lr_cycles = cycles;
    settings.warmup_epochs = 0;
    settings.early_stop_epochs = 0;
    settings.snapshots = true;
    return settings;
}

/* Also where the oldest have made room for others. */
static void snapshots_go_on(void) {
    NetworkSpec spec = course_spec(0.3);
    TrainSettings settings = with_snapshots(9, 3);
    CU_ASSERT_EQUAL(check_resumed(&spec, &settings).outcome.status, TRIAL_COMPLETED);
    settings = with_snapshots(2 * SNAPSHOTS_MAX + 6, SNAPSHOTS_MAX + 3);
    CU_ASSERT_EQUAL(check_resumed(&spec, &settings).outcome.status, TRIAL_COMPLETED);
}

/* At a rate that changes no prediction the first epoch stays the best and the plateau rule strikes at the
 * third, fifth and seventh. */
static void plateau_and_best_before(void) {
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(8);
    settings.learning_rate = 1e-12;
    settings.schedule = SCHEDULE_PLATEAU;
    settings.lr_step = 2;
    Course course = check_resumed(&spec, &settings);
    CU_ASSERT_EQUAL(course.outcome.best_epoch, 1);
    CU_ASSERT_EQUAL(course.rows[7].learning_rate, 1e-12 / 8);
}

/* The epochs that count towards an early stop may lie on both sides of a checkpoint. */
static void early_stop_goes_on(void) {
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(40);
    settings.metric = METRIC_VAL_LOSS;
    settings.learning_rate = 0.05;
    settings.batch_size = 16;
    settings.warmup_epochs = 3;
    settings.early_stop_epochs = 4;
    Course course = check_resumed(&spec, &settings);
    CU_ASSERT_EQUAL(course.outcome.status, TRIAL_COMPLETED);
    CU_ASSERT(course.epochs < 40);
    CU_ASSERT_EQUAL(course.outcome.best_epoch, course.epochs - 4);
}

static void best_by_loss(void) {
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(30);
    settings.metric = METRIC_VAL_LOSS;
    settings.learning_rate = 0.05;
    settings.batch_size = 16;
    Course course = check_resumed(&spec, &settings);
    CU_ASSERT(course.outcome.best_epoch > 2 && course.outcome.best_epoch < 29);
}

/* Running statistics go along, through the norm's own course and where a last batch is small. */
static void batch_norm_goes_on(void) {
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++) {
        NetworkSpec spec = course_norm_spec();
        TrainSettings settings = everything_on((OptimizerKind)kind);
        settings.batch_size = 37;
        Course course = check_resumed(&spec, &settings);
        CU_ASSERT_EQUAL(course.outcome.status, TRIAL_COMPLETED);
    }
}

/* Each step multiplies the weights by -10: finite for some epochs. */
static void divergence_afterwards(void) {
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(20);
    settings.optimizer = OPTIMIZER_SGD;
    settings.batch_size = 100;
    settings.learning_rate = 1;
    settings.weight_decay = 11;
    Course course = check_resumed(&spec, &settings);
    CU_ASSERT_EQUAL(course.outcome.status, TRIAL_DIVERGED);
    CU_ASSERT(course.epochs > 2);
}

static void chained(void) {
    NetworkSpec spec = course_spec(0.3);
    TrainSettings settings = everything_on(OPTIMIZER_ADAM);
    Trainer *alone = begin(&spec, &settings), *trainer = begin(&spec, &settings);
    Course whole = course_follow(alone), pieces = {0};
    for (bool done = false; !done;) {
        ByteWriter state = saved(trainer);
        trainer_destroy(&trainer);
        trainer = restored(&spec, &settings, &state);
        bytes_writer_release(&state);
        trainer_epoch(trainer, &pieces.rows[pieces.epochs++], &done);
    }
    pieces.outcome = trainer_outcome(trainer);
    CU_ASSERT(courses_equal(pieces, whole));
    CU_ASSERT(same_best(trainer, alone));
    trainer_destroy(&trainer);
    trainer_destroy(&alone);
}

static void time_goes_on(void) {
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(4);
    Trainer *first = begin(&spec, &settings);
    EpochRow row;
    bool done = false;
    trainer_epoch(first, &row, &done);
    trainer_epoch(first, &row, &done);
    TrainOutcome before = trainer_outcome(first);
    ByteWriter state = saved(first);
    Trainer *second = restored(&spec, &settings, &state);
    TrainOutcome after = trainer_outcome(second);
    CU_ASSERT_EQUAL(after.seconds, before.seconds);
    CU_ASSERT_EQUAL(after.samples_per_second, before.samples_per_second);
    CU_ASSERT_EQUAL(after.epochs, 2);
    trainer_epoch(second, &row, &done);
    after = trainer_outcome(second);
    CU_ASSERT_EQUAL(after.seconds, before.seconds + row.seconds);
    double trained = 2 * TRAINING / before.samples_per_second;
    CU_ASSERT(after.samples_per_second < 3 * TRAINING / trained);
    CU_ASSERT(after.samples_per_second > 3 * TRAINING / (trained + row.seconds));
    trainer_destroy(&first);
    trainer_destroy(&second);
    bytes_writer_release(&state);
}

static void no_allocation(void) {
    NetworkSpec spec = course_spec(0.2);
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++) {
        TrainSettings settings = everything_on((OptimizerKind)kind);
        Trainer *first = begin(&spec, &settings), *second = begin(&spec, &settings);
        EpochRow row;
        bool done = false;
        trainer_epoch(first, &row, &done);
        ByteWriter state = saved(first);
        size_t before = counted_allocations();
        CU_ASSERT_EQUAL(restore(second, state.data, state.length), STATUS_OK);
        Course course = course_follow(second);
        CU_ASSERT_EQUAL(counted_allocations(), before);
        CU_ASSERT_NOT_EQUAL(course.outcome.weights_hash, 0);
        trainer_destroy(&first);
        trainer_destroy(&second);
        bytes_writer_release(&state);
    }
}

/* Little of everything, so that each byte's turn comes in no time. */
typedef struct Tiny {
    NetworkSpec spec;
    TrainSettings settings;
    Examples train, validation;
} Tiny;

static Tiny tiny(OptimizerKind optimizer) {
    Data *data = made_up();
    Tiny tiny = {.spec = course_spec(0), .settings = everything_on(optimizer)};
    tiny.spec.layers[0].units = 2;
    tiny.settings.epochs = 3;
    tiny.train = data->train;
    tiny.train.count = 6;
    tiny.validation = data->validation;
    tiny.validation.count = 4;
    return tiny;
}

static Trainer *tiny_begin(const Tiny *tiny) {
    return course_begin(&tiny->spec, &tiny->settings, &tiny->train, &tiny->validation, course_key);
}

static ByteWriter tiny_saved(const Tiny *tiny) {
    Trainer *trainer = tiny_begin(tiny);
    EpochRow row;
    bool done = false;
    trainer_epoch(trainer, &row, &done);
    trainer_epoch(trainer, &row, &done);
    ByteWriter state = saved(trainer);
    trainer_destroy(&trainer);
    return state;
}

/* Restore from a copy of exactly this size, so that the address sanitizer sees reads past its end. Where that
 * works, the trainer holds just these bytes and trains on. */
static Status survive(const Tiny *tiny, const uint8_t *bytes, size_t length) {
    uint8_t *copy = malloc(length > 0 ? length : 1);
    if (copy == NULL) abort();
    memcpy(copy, bytes, length);
    Trainer *trainer = tiny_begin(tiny);
    Status status = restore(trainer, copy, length);
    free(copy);
    if (status == STATUS_OK) {
        CU_ASSERT(same_state(trainer, bytes, length));
        (void)course_follow(trainer);
    }
    trainer_destroy(&trainer);
    return status;
}

static Tiny tiny_with_snapshots(void) {
    Tiny trial = tiny(OPTIMIZER_ADAM);
    trial.settings = with_snapshots(4, 2); /* saved after the second epoch, with the first one's end */
    return trial;
}

static void check_truncated(Tiny trial) {
    ByteWriter state = tiny_saved(&trial);
    size_t wrong = 0;
    for (size_t length = 0; length < state.length; length++)
        wrong += survive(&trial, state.data, length) != STATUS_INPUT;
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(survive(&trial, state.data, state.length), STATUS_OK);
    bytes_put_u8(&state, 0);
    CU_ASSERT_EQUAL(survive(&trial, state.data, state.length), STATUS_INPUT);
    bytes_writer_release(&state);
}

static void truncated(void) {
    check_truncated(tiny(OPTIMIZER_ADAM));
    check_truncated(tiny_with_snapshots());
}

/* Settings that no longer ask for them take the state, and pass over all that is well formed. */
static void snapshots_not_wanted(void) {
    Tiny trial = tiny_with_snapshots(), plain = trial;
    plain.settings.snapshots = false;
    ByteWriter with = tiny_saved(&trial), without = tiny_saved(&plain);
    CU_ASSERT(with.length > without.length);
    Trainer *trainer = tiny_begin(&plain);
    CU_ASSERT_EQUAL(restore(trainer, with.data, with.length), STATUS_OK);
    Trainer *other = tiny_begin(&plain);
    CU_ASSERT_EQUAL(restore(other, without.data, without.length), STATUS_OK);
    CU_ASSERT(courses_equal(course_follow(trainer), course_follow(other)));
    trainer_destroy(&trainer);
    trainer_destroy(&other);
    size_t wrong = 0;
    for (size_t length = without.length + 1; length < with.length; length++) {
        trainer = tiny_begin(&plain);
        wrong += restore(trainer, with.data, length) != STATUS_INPUT;
        trainer_destroy(&trainer);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(survive(&trial, without.data, without.length), STATUS_INPUT); /* they are missing */
    bytes_writer_release(&with);
    bytes_writer_release(&without);
}

static void check_flipped(Tiny trial) {
    ByteWriter state = tiny_saved(&trial);
    size_t wrong = 0, refused = 0;
    for (size_t at = 0; at < state.length; at++) {
        static const uint8_t flips[] = {0x01, 0x80, 0xFF};
        for (size_t i = 0; i < sizeof flips; i++) {
            state.data[at] ^= flips[i];
            Status status = survive(&trial, state.data, state.length);
            wrong += status != STATUS_OK && status != STATUS_INPUT;
            refused += status == STATUS_INPUT;
            state.data[at] ^= flips[i];
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(refused > 150 && refused < state.length);
    bytes_writer_release(&state);
}

static void flipped(void) {
    check_flipped(tiny(OPTIMIZER_ADAM));
    check_flipped(tiny_with_snapshots());
}

/* Every field that must agree with the trial, with a value that does not; u32 at the offset. */
static void numbers_that_cannot_be(void) {
    static const struct {
        size_t at;
        uint32_t value;
    } cases[] = {
        {0, 3},                    /* epochs: as many as there are */
        {0, 1},                    /* epochs: fewer than the steps say */
        {4, 6},                    /* trained: one epoch's examples */
        {16, 0x7FF00000},          /* seconds: infinite */
        {16, 0xBFF00000},          /* seconds: negative */
        {24, 0xBFF00000},          /* training seconds */
        {24, 0x7FF00000}, {36, 9}, /* plateau: waited longer than it has seen */
        {40, 9},                   /* plateau: more reductions than epochs */
        {44, 9},                   /* plateau: more epochs than there were */
        {48, 0},                   /* best epoch: none after two */
        {48, 3},                   /* best epoch: to come */
    };
    Tiny trial = tiny(OPTIMIZER_MOMENTUM);
    ByteWriter state = tiny_saved(&trial);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t kept[4];
        memcpy(kept, state.data + cases[i].at, sizeof kept);
        for (size_t byte = 0; byte < 4; byte++)
            state.data[cases[i].at + byte] = (uint8_t)(cases[i].value >> 8 * byte);
        CU_ASSERT_EQUAL(survive(&trial, state.data, state.length), STATUS_INPUT);
        memcpy(state.data + cases[i].at, kept, sizeof kept);
    }
    CU_ASSERT_EQUAL(survive(&trial, state.data, state.length), STATUS_OK);
    bytes_writer_release(&state);
}

static void of_another_trial(void) {
    Tiny trial = tiny(OPTIMIZER_ADAM), others[11];
    ByteWriter state = tiny_saved(&trial);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        others[i] = trial;
    others[0].spec.layers[0].units = 40;
    others[1].train.count = 5;
    others[2].validation.count = 5;
    others[3].settings.epochs = 2;
    others[4].settings.batch_size = 2;
    others[5].settings.optimizer = OPTIMIZER_ADAMW;
    others[6].settings.optimizer = OPTIMIZER_SGD;
    others[7].settings.optimizer = OPTIMIZER_NESTEROV;
    others[8].validation.count = 3;
    others[9].settings.ema = 0;
    others[10].settings.warmup_epochs = 0; /* which would have ended before: the first of two was the best */
    others[10].settings.early_stop_epochs = 1;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        CU_ASSERT_EQUAL(survive(&others[i], state.data, state.length), STATUS_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "of another network, optimizer or data"));
    bytes_writer_release(&state);
}

void suite_checkpoint(void) {
    static const TestCase tests[] = {
        {"every optimizer goes on with the same bits after each epoch, with all settings on",
         every_optimizer},
        {"so does every schedule", every_schedule},
        {"so does the plateau rule between its strikes, and the best epoch from before",
         plateau_and_best_before},
        {"so does an early stop, wherever the epochs lie that count towards it", early_stop_goes_on},
        {"so does the best epoch by loss, wherever it lies", best_by_loss},
        {"so does a network of convolutions with batch norm and its running statistics", batch_norm_goes_on},
        {"so do snapshots, and those that they replace", snapshots_go_on},
        {"what diverges afterwards still diverges", divergence_afterwards},
        {"a trial interrupted after each epoch is the same trial", chained},
        {"seconds and rate cover the epochs before", time_goes_on},
        {"restoring and the epochs after it allocate nothing", no_allocation},
        {"a state cut anywhere is refused, and so is one with more behind it", truncated},
        {"snapshots that are no longer asked for are passed over, missing ones refused",
         snapshots_not_wanted},
        {"a state with any byte flipped is refused or taken as it is", flipped},
        {"numbers that cannot be are refused", numbers_that_cannot_be},
        {"a state of another network, optimizer, schedule of steps or data is refused", of_another_trial},
    };
    SUITE("checkpoint", tests);
}

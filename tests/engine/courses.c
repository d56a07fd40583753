#include "courses.h"

#include <string.h>

#include "made_up_data.h"
#include "nets.h"
#include "suite.h"

const TrialKey course_key = {.seed = 2017, .stage = 1, .number = 5};

NetworkSpec course_spec(double dropout) {
    NetworkSpec spec = net_of(VALUES, CLASSES, LOSS_SOFTMAX_CROSS_ENTROPY);
    spec.input = (Shape){SIDE, SIDE, 1};
    size_t last = net_dense(&spec, NETWORK_INPUT, COURSE_HIDDEN);
    last = net_add(&spec, LAYER_RELU, last);
    if (dropout > 0) last = net_dropout(&spec, last, dropout);
    (void)net_dense(&spec, last, CLASSES);
    return spec;
}

NetworkSpec course_norm_spec(void) {
    NetworkSpec spec = net_of(VALUES, CLASSES, LOSS_SOFTMAX_CROSS_ENTROPY);
    spec.input = (Shape){SIDE, SIDE, 1};
    size_t last = net_conv2d(&spec, NETWORK_INPUT, 5, 3, 3, 1, PADDING_SAME);
    last = net_add(&spec, LAYER_RELU, net_batch_norm(&spec, last));
    last = net_pool(&spec, LAYER_MAX_POOL, last, 2, 2, PADDING_VALID);
    last = net_dense(&spec, last, COURSE_HIDDEN);
    last = net_add(&spec, LAYER_RELU, net_batch_norm(&spec, last));
    (void)net_dense(&spec, last, CLASSES);
    return spec;
}

Trainer *course_begin(const NetworkSpec *spec, const TrainSettings *settings, const Examples *train,
                      const Examples *validation, TrialKey trial) {
    Trainer *trainer = NULL;
    CU_ASSERT_EQUAL_FATAL(trainer_create(&trainer, spec, settings, train, validation, trial), STATUS_OK);
    return trainer;
}

Course course_follow(Trainer *trainer) {
    Course course = {.epochs = trainer_outcome(trainer).epochs};
    for (bool done = false; !done;) {
        if (course.epochs == COURSE_EPOCHS) CU_FAIL_FATAL("training does not end");
        trainer_epoch(trainer, &course.rows[course.epochs++], &done);
    }
    course.outcome = trainer_outcome(trainer);
    return course;
}

static bool same_bytes(const void *a, const void *b, size_t length) {
    return memcmp(a, b, length) == 0;
}

bool courses_equal(Course a, Course b) {
    if (a.epochs != b.epochs) return false;
    for (size_t i = 0; i < a.epochs; i++) {
        const EpochRow *x = &a.rows[i], *y = &b.rows[i];
        size_t length = offsetof(EpochRow, seconds) - offsetof(EpochRow, learning_rate);
        if (x->epoch != y->epoch || !same_bytes(&x->learning_rate, &y->learning_rate, length)) return false;
    }
    const TrainOutcome *x = &a.outcome, *y = &b.outcome;
    size_t figures = offsetof(TrainOutcome, seconds) - offsetof(TrainOutcome, val_accuracy);
    return x->status == y->status && x->epochs == y->epochs && x->best_epoch == y->best_epoch &&
           same_bytes(&x->val_accuracy, &y->val_accuracy, figures) && x->weights_hash == y->weights_hash;
}

#include "engine/stopwatch.h"

#include "engine/trainer.h"
#include "made_up_data.h"
#include "nets.h"
#include "suite.h"
#include "suites.h"

#define EPOCHS 4

static NetworkSpec watched_network(void) {
    NetworkSpec spec = net_chain(VALUES, 24, LAYER_RELU, CLASSES, LOSS_SOFTMAX_CROSS_ENTROPY);
    spec.input = (Shape){SIDE, SIDE, 1};
    return spec;
}

/* The outcome of EPOCHS epochs; *seconds receives what they took by their own rows. */
static TrainOutcome train(const NetworkSpec *spec, Stopwatch *watch, double *seconds) {
    Data *data = made_up();
    TrainSettings settings = train_settings_default(EPOCHS);
    settings.batch_size = 32;
    Trainer *trainer;
    CU_ASSERT_EQUAL_FATAL(
        trainer_create(&trainer, spec, &settings, &data->train, &data->validation, (TrialKey){.seed = 5}),
        STATUS_OK);
    trainer_set_stopwatch(trainer, watch);
    bool done = false;
    for (*seconds = 0; !done;) {
        EpochRow row;
        trainer_epoch(trainer, &row, &done);
        *seconds += row.seconds;
    }
    TrainOutcome outcome = trainer_outcome(trainer);
    double rate = trainer_training_seconds(trainer) * outcome.samples_per_second;
    CU_ASSERT_DOUBLE_EQUAL(rate, EPOCHS * TRAINING, 1e-6);
    trainer_destroy(&trainer);
    return outcome;
}

static void watching_changes_no_bit(void) {
    NetworkSpec spec = watched_network();
    static Stopwatch watch;
    double seconds;
    uint64_t hash = train(&spec, NULL, &seconds).weights_hash;
    CU_ASSERT_EQUAL(train(&spec, &watch, &seconds).weights_hash, hash);
    CU_ASSERT_NOT_EQUAL(hash, 0);
}

/* Every phase takes time, on the layers that the network has and no others, and all together no more than the
 * epochs; what is missing is the few lines before the first lap and after the last. */
static void laps_add_up_to_the_epochs(void) {
    NetworkSpec spec = watched_network();
    static Stopwatch watch;
    watch = (Stopwatch){0};
    double seconds, sum = 0;
    (void)train(&spec, &watch, &seconds);
    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        CU_ASSERT(stopwatch_phase(&watch, (TrainPhase)phase) > 0);
        sum += stopwatch_phase(&watch, (TrainPhase)phase);
        for (size_t layer = spec.layer_count; layer < NETWORK_MAX_LAYERS; layer++)
            CU_ASSERT_EQUAL(watch.seconds[phase][layer], 0);
    }
    CU_ASSERT(sum <= seconds);
    for (size_t layer = 0; layer < spec.layer_count; layer++) {
        CU_ASSERT(watch.seconds[PHASE_FORWARD][layer] > 0);
        CU_ASSERT(watch.seconds[PHASE_BACKWARD][layer] > 0);
        CU_ASSERT(watch.seconds[PHASE_EVALUATION][layer] > 0);
        CU_ASSERT_EQUAL(watch.seconds[PHASE_GATHER][layer] + watch.seconds[PHASE_UPDATE][layer], 0);
    }
}

void suite_stopwatch(void) {
    static const TestCase tests[] = {
        {"watching a training changes no bit of it", watching_changes_no_bit},
        {"laps add up to the epochs, each on its phase and layer", laps_add_up_to_the_epochs},
    };
    SUITE("stopwatch", tests);
}

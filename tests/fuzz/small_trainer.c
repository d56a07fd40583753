#include "small_trainer.h"

#include <string.h>

#include "fuzz.h"

#define EXAMPLES 6
#define FEATURES 3
#define CLASSES 2

static const float VALUES[EXAMPLES][FEATURES] = {{1, 0, 2},  {0, 1, -1}, {2, 1, 1},
                                                 {-1, 2, 0}, {1, 1, 3},  {0, 2, -2}};
static const uint16_t LABELS[EXAMPLES] = {0, 1, 0, 1, 0, 1};
static const uint32_t INDEX[EXAMPLES] = {0, 1, 2, 3, 4, 5};
static const float MEAN[FEATURES] = {0, 0, 0}, DEVIATION[FEATURES] = {1, 1, 1};

static Examples part(size_t first, size_t count) {
    return (Examples){.values = VALUES,
                      .type = VALUE_F32,
                      .shape = {1, 1, FEATURES},
                      .labels = LABELS,
                      .classes = CLASSES,
                      .index = INDEX + first,
                      .count = count,
                      .mean = MEAN,
                      .deviation = DEVIATION,
                      .period = FEATURES};
}

static LayerSpec layer(LayerKind kind, const char *name, size_t input, size_t units) {
    LayerSpec spec = {.kind = kind, .inputs = {input}, .input_count = 1, .units = units, .rate = 0.25};
    memcpy(spec.name, name, strlen(name));
    return spec;
}

Trainer *small_trainer(unsigned kind) {
    static NetworkSpec network = {.input = {1, 1, FEATURES}, .classes = CLASSES, .layer_count = 4};
    network.layers[0] = layer(LAYER_DENSE, "dense1", NETWORK_INPUT, 4);
    network.layers[1] = layer(LAYER_RELU, "relu1", 0, 0);
    network.layers[2] = layer(LAYER_DROPOUT, "dropout1", 1, 0);
    network.layers[3] = layer(LAYER_DENSE, "dense2", 2, CLASSES);
    TrainSettings settings = train_settings_default(SMALL_TRAINER_EPOCHS);
    settings.batch_size = 2;
    settings.optimizer = (OptimizerKind)(kind % OPTIMIZER_KIND_COUNT);
    settings.metric = kind / OPTIMIZER_KIND_COUNT % 2 == 0 ? METRIC_VAL_ACCURACY : METRIC_VAL_LOSS;
    if (kind % 2 == 0) settings.schedule = SCHEDULE_PLATEAU;
    if (kind % 3 == 0) settings.ema = 0.9;
    if (kind % 5 == 0) settings.early_stop_epochs = SMALL_TRAINER_EPOCHS; /* never within them */
    Examples train = part(0, 4), validation = part(4, 2);
    Trainer *trainer = NULL;
    REQUIRE(trainer_create(&trainer, &network, &settings, &train, &validation, (TrialKey){.seed = 1}) ==
            STATUS_OK);
    return trainer;
}

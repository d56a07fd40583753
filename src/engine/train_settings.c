#include "engine/train_settings.h"

#include <math.h>

TrainSettings train_settings_default(uint32_t epochs) {
    uint32_t third = epochs / 3 + (epochs % 3 != 0);
    return (TrainSettings){
        .epochs = epochs,
        .batch_size = 64,
        .metric = METRIC_VAL_ACCURACY,
        .optimizer = OPTIMIZER_NESTEROV,
        .learning_rate = 0.01,
        .momentum = 0.9,
        .momentum_initial = NAN,
        .momentum_epochs = 0,
        .beta1 = 0.9,
        .beta2 = 0.999,
        .rho = 0.9,
        .epsilon = 1e-8,
        .weight_decay = 0,
        .schedule = SCHEDULE_CONSTANT,
        .lr_decay = 0.5,
        .lr_step = third > 1 ? third : 1,
        .lr_cycles = 1,
        .warmup_epochs = 0,
        .gradient_clip = NAN,
        .label_smoothing = 0,
        .ema = 0,
        .early_stop_epochs = 0,
        .augment_shift = 0,
        .augment_flip = 0,
    };
}

const char *optimizer_name(OptimizerKind kind) {
    static const char *const names[OPTIMIZER_KIND_COUNT] = {
        [OPTIMIZER_SGD] = "sgd",         [OPTIMIZER_MOMENTUM] = "momentum", [OPTIMIZER_NESTEROV] = "nesterov",
        [OPTIMIZER_ADAGRAD] = "adagrad", [OPTIMIZER_RMSPROP] = "rmsprop",   [OPTIMIZER_ADAM] = "adam",
        [OPTIMIZER_ADAMW] = "adamw",
    };
    return names[kind];
}

const char *schedule_name(ScheduleKind kind) {
    static const char *const names[SCHEDULE_KIND_COUNT] = {
        [SCHEDULE_CONSTANT] = "constant",       [SCHEDULE_STEP] = "step",
        [SCHEDULE_EXPONENTIAL] = "exponential", [SCHEDULE_INVERSE] = "inverse",
        [SCHEDULE_COSINE] = "cosine",           [SCHEDULE_PLATEAU] = "plateau",
    };
    return names[kind];
}

const char *metric_name(MetricKind kind) {
    return kind == METRIC_VAL_LOSS ? "val_loss" : "val_accuracy";
}

bool metric_better(MetricKind kind, double value, double than) {
    if (isnan(value)) return false;
    if (isnan(than)) return true;
    return kind == METRIC_VAL_LOSS ? value < than : value > than;
}

/* Rates and momentum over the epochs, and their end: the schedules of train_settings.h. */
#include <math.h>

#include "engine/train_settings.h"

/* Factor on the learning rate `e` epochs after the warm-up. */
static double schedule_factor(const TrainSettings *settings, double e, uint32_t reductions) {
    switch (settings->schedule) {
    case SCHEDULE_STEP: return pow(settings->lr_decay, floor(e / settings->lr_step));
    case SCHEDULE_EXPONENTIAL: return pow(settings->lr_decay, e);
    case SCHEDULE_INVERSE: return 1 / (1 + settings->lr_decay * e);
    case SCHEDULE_COSINE: {
        double span = (double)settings->epochs - settings->warmup_epochs;
        return e < span ? (1 + cos(M_PI * e / span)) / 2 : 1;
    }
    case SCHEDULE_PLATEAU: return pow(settings->lr_decay, reductions);
    default: return 1;
    }
}

double schedule_rate(const TrainSettings *settings, double epoch, uint32_t reductions) {
    double warmup = settings->warmup_epochs;
    if (epoch < warmup) return settings->learning_rate * (epoch / warmup);
    return settings->learning_rate * schedule_factor(settings, epoch - warmup, reductions);
}

double schedule_momentum(const TrainSettings *settings, uint32_t epoch) {
    if (isnan(settings->momentum_initial) || epoch >= settings->momentum_epochs) return settings->momentum;
    double part = (double)epoch / settings->momentum_epochs;
    return settings->momentum_initial + (settings->momentum - settings->momentum_initial) * part;
}

void plateau_feed(PlateauState *state, const TrainSettings *settings, double metric) {
    if (state->seen == 0 || metric_better(settings->metric, metric, state->best)) {
        state->best = metric;
        state->waited = 0;
    } else if (++state->waited >= settings->lr_step) {
        state->waited = 0;
        state->reductions++;
    }
    state->seen++;
}

bool early_stop(const TrainSettings *settings, uint32_t epochs, uint32_t best) {
    uint32_t since = best > settings->warmup_epochs ? best : settings->warmup_epochs;
    return settings->early_stop_epochs > 0 && epochs > since && epochs - since >= settings->early_stop_epochs;
}

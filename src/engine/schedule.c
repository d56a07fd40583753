/* Rates and momentum over the epochs, and their end: the schedules of train_settings.h. */
#include <math.h>

#include "engine/train_settings.h"

/* Where the cosine cycle begins and ends that epoch `e` of `span` after the warm-up is in. */
static void cosine_cycle(uint64_t cycles, uint64_t span, uint64_t e, uint64_t *begin, uint64_t *end) {
    if (cycles > span) cycles = span;
    uint64_t number = ((e + 1) * cycles - 1) / span;
    *begin = number * span / cycles;
    *end = (number + 1) * span / cycles;
}

static double cosine_factor(const TrainSettings *settings, double e) {
    double span = (double)settings->epochs - settings->warmup_epochs;
    if (e >= span) return 1;
    uint64_t begin, end;
    cosine_cycle(settings->lr_cycles, (uint64_t)span, (uint64_t)e, &begin, &end);
    return (1 + cos(M_PI * (e - (double)begin) / (double)(end - begin))) / 2;
}

/* Factor on the learning rate `e` epochs after the warm-up. */
static double schedule_factor(const TrainSettings *settings, double e, uint32_t reductions) {
    switch (settings->schedule) {
    case SCHEDULE_STEP: return pow(settings->lr_decay, floor(e / settings->lr_step));
    case SCHEDULE_EXPONENTIAL: return pow(settings->lr_decay, e);
    case SCHEDULE_INVERSE: return 1 / (1 + settings->lr_decay * e);
    case SCHEDULE_COSINE: return cosine_factor(settings, e);
    case SCHEDULE_PLATEAU: return pow(settings->lr_decay, reductions);
    default: return 1;
    }
}

double schedule_rate(const TrainSettings *settings, double epoch, uint32_t reductions) {
    double warmup = settings->warmup_epochs;
    if (epoch < warmup) return settings->learning_rate * (epoch / warmup);
    return settings->learning_rate * schedule_factor(settings, epoch - warmup, reductions);
}

bool schedule_minimum(const TrainSettings *settings, uint32_t epoch) {
    if (epoch + 1 == settings->epochs) return true;
    if (epoch == 0 || epoch < settings->warmup_epochs) return false; /* a warm-up only rises */
    double rate = schedule_rate(settings, epoch, 0);
    return rate <= schedule_rate(settings, epoch - 1, 0) && rate < schedule_rate(settings, epoch + 1, 0);
}

uint32_t schedule_minima(const TrainSettings *settings, uint32_t most) {
    uint32_t count = 0;
    for (uint32_t epoch = settings->epochs; epoch > 0 && count < most; epoch--)
        count += schedule_minimum(settings, epoch - 1);
    return count;
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

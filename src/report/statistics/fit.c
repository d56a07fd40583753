#include "report/statistics/fit.h"

#include <math.h>
#include <stdlib.h>

#include "base/order.h"

#define OVER_RATIO 0.5
#define OVER_POINTS 0.02
#define UNDER_RATIO 0.9
#define ANNEALED 0.05

double fit_train_accuracy(const LedgerRow *trial) {
    uint32_t best = trial->outcome.best_epoch;
    return best > 0 && best <= trial->curve_count ? trial->curve[best - 1].train_accuracy : NAN;
}

/* A schedule that ends near 0 makes the last epoch the best one, and more of it would change nothing. */
static bool still_moves(const LedgerRow *trial) {
    double highest = 0;
    for (uint32_t e = 0; e < trial->curve_count; e++)
        highest = fmax(highest, trial->curve[e].learning_rate);
    return trial->curve[trial->curve_count - 1].learning_rate > ANNEALED * highest;
}

static FitVerdict verdict_of(const Fit *fit) {
    double train = 1 - fit->train_accuracy, validation = 1 - fit->val_accuracy;
    if (train < OVER_RATIO * validation && validation - train >= OVER_POINTS) return FIT_OVER;
    if (fit->last_best >= 0.5) return FIT_UNFINISHED;
    return train > UNDER_RATIO * validation ? FIT_UNDER : FIT_BALANCED;
}

Fit fit_of(const LedgerRow *const *trials, size_t count) {
    Fit fit = {.verdict = FIT_UNKNOWN};
    double train[FIT_TRIALS], validation[FIT_TRIALS];
    size_t several = 0, last = 0;
    for (size_t i = 0; i < count && i < FIT_TRIALS; i++) {
        double accuracy = fit_train_accuracy(trials[i]);
        if (!isfinite(accuracy)) continue;
        const TrainOutcome *outcome = &trials[i]->outcome;
        train[fit.trials] = accuracy;
        validation[fit.trials++] = outcome->val_accuracy;
        several += outcome->epochs > 1;
        last += outcome->epochs > 1 && outcome->best_epoch == outcome->epochs && still_moves(trials[i]);
    }
    if (fit.trials == 0) return fit;
    fit.train_accuracy = order_median(train, fit.trials);
    fit.val_accuracy = order_median(validation, fit.trials);
    fit.last_best = several > 0 ? (double)last / (double)several : 0;
    fit.verdict = verdict_of(&fit);
    return fit;
}

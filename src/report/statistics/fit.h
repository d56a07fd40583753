/* Do the best networks learn the training part by heart, or not even learn it? Pure. */
#ifndef WINNOW_REPORT_STATISTICS_FIT_H
#define WINNOW_REPORT_STATISTICS_FIT_H

#include <stddef.h>

#include "campaign/ledger.h"

#define FIT_TRIALS 10 /* the best ones, at most */

typedef enum FitVerdict {
    FIT_UNKNOWN, /* no completed trial with a curve */
    FIT_OVER,    /* wrong on the training part less than half as often as on the validation part, and by two
                    points at least */
    FIT_UNFINISHED, /* at least half of the trials were best in their last epoch, at a learning rate that was
                       still over a twentieth of their highest */
    FIT_UNDER,      /* wrong on the training part nearly as often (over 0.9) as on the validation part */
    FIT_BALANCED    /* none of these */
} FitVerdict;

/* Medians over the best trials, each at its best epoch. */
typedef struct Fit {
    FitVerdict verdict;
    size_t trials;
    double train_accuracy, val_accuracy;
    double last_best; /* part of the trials with two epochs and more that FIT_UNFINISHED speaks of */
} Fit;

/* trials [count]: completed ones, the best first. Verdicts in the order above: the first one that holds. */
Fit fit_of(const LedgerRow *const *trials, size_t count);

/* Training accuracy at the best epoch; NaN where the trial has no curve. */
double fit_train_accuracy(const LedgerRow *trial);

#endif

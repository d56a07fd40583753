/* How one network is trained: the values that a search draws. */
#ifndef WINNOW_ENGINE_TRAIN_SETTINGS_H
#define WINNOW_ENGINE_TRAIN_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum OptimizerKind {
    OPTIMIZER_SGD,
    OPTIMIZER_MOMENTUM, /* v <- mu v - eta g, x <- x + v */
    OPTIMIZER_NESTEROV, /* the rewritten form: x <- x - mu v_prev + (1 + mu) v */
    OPTIMIZER_ADAGRAD,  /* Duchi, Hazan, Singer 2011 */
    OPTIMIZER_RMSPROP,  /* Tieleman and Hinton 2012 */
    OPTIMIZER_ADAM,     /* Kingma and Ba 2015, with bias correction */
    OPTIMIZER_ADAMW,    /* Loshchilov and Hutter 2019: decay apart from the gradient */
    OPTIMIZER_KIND_COUNT
} OptimizerKind;

typedef enum ScheduleKind {
    SCHEDULE_CONSTANT,
    SCHEDULE_STEP,        /* eta * decay^floor(e / step) */
    SCHEDULE_EXPONENTIAL, /* eta * decay^e */
    SCHEDULE_INVERSE,     /* eta / (1 + decay e) */
    SCHEDULE_COSINE,      /* eta (1 + cos(pi e / E)) / 2, in cycles: schedule_rate below */
    SCHEDULE_PLATEAU,     /* times decay when the metric has not improved for `step` epochs */
    SCHEDULE_KIND_COUNT
} ScheduleKind;

typedef enum MetricKind { METRIC_VAL_ACCURACY, METRIC_VAL_LOSS } MetricKind; /* maximised; minimised */

#define SNAPSHOTS_MAX 16 /* that a trial keeps */

typedef struct TrainSettings {
    uint32_t epochs;     /* >= 1 */
    uint32_t batch_size; /* >= 1; the last batch of an epoch may be smaller */
    MetricKind metric;   /* chooses the best epoch and drives the plateau schedule */
    OptimizerKind optimizer;
    double learning_rate;     /* > 0 */
    double momentum;          /* [0, 1): momentum, nesterov */
    double momentum_initial;  /* [0, 1): where the ramp starts; NaN for no ramp */
    uint32_t momentum_epochs; /* epochs from momentum_initial to momentum, linear, constant within an epoch */
    double beta1, beta2;      /* [0, 1): adam, adamw */
    double rho;               /* [0, 1): rmsprop */
    double epsilon;           /* > 0, outside the root: adagrad, rmsprop, adam, adamw */
    double weight_decay; /* >= 0, never on biases; adamw: x <- x - eta decay x; else added to the gradient */
    ScheduleKind schedule;
    double lr_decay;        /* (0, 1] for step, exponential, plateau; >= 0 for inverse */
    uint32_t lr_step;       /* epochs, >= 1: period of step, patience of plateau */
    uint32_t lr_cycles;     /* cosine: how often the rate falls from its full height, >= 1 */
    uint32_t warmup_epochs; /* the rate rises linearly, step by step, from 0; the schedule starts after it */
    double gradient_clip;   /* largest Euclidean norm of the whole gradient, > 0; NaN for none */
    double label_smoothing; /* [0, 1): softmax cross-entropy against (1 - s) one-hot + s / classes */
    double ema; /* [0, 1): decay of the weights' moving average, which is judged and kept in their place; 0
                   for none */
    uint32_t early_stop_epochs; /* training ends after so many epochs in a row without a better one, the
                                   warm-up's not counted; 0 for never */
    uint32_t augment_shift;     /* training images are moved by up to so many pixels either way */
    double augment_flip;        /* [0, 1]: probability that one is mirrored, left to right */
    bool snapshots;             /* keep the networks at minima of the rate, too (trainer_snapshot) */
} TrainSettings;

/* The defaults of every field, for `epochs` epochs: nesterov, 0.01, momentum 0.9, batch 64, constant rate;
 * adam betas 0.9 and 0.999, rho 0.9, epsilon 1e-8, lr_decay 0.5, lr_step = max(1, ceil(epochs / 3)); one
 * cycle; no ramp, clip, decay, smoothing, warm-up, average, early stop, augmentation or snapshots. */
TrainSettings train_settings_default(uint32_t epochs);

const char *optimizer_name(OptimizerKind kind); /* "sgd" .. "adamw" */
const char *schedule_name(ScheduleKind kind);   /* "constant" .. "plateau" */
const char *metric_name(MetricKind kind);       /* "val_accuracy", "val_loss" */

/* Which of the two the metric is. */
static inline double metric_of(MetricKind kind, double accuracy, double loss) {
    return kind == METRIC_VAL_LOSS ? loss : accuracy;
}
/* Turned so that larger is better; turned once more it is the metric again. */
static inline double metric_worth(MetricKind kind, double metric) {
    return kind == METRIC_VAL_LOSS ? -metric : metric;
}
/* Is `value` strictly better than `than`? NaN is worse than every number and never better. */
bool metric_better(MetricKind kind, double value, double than);

/* Does training end after `epochs` epochs, the best of which was `best` (from 1; 0 for none)? It does where
 * the last `early_stop_epochs` of them came after both the warm-up and the best. */
bool early_stop(const TrainSettings *settings, uint32_t epochs, uint32_t best);

/* Rate and momentum in force, pure. `epoch` counts from 0 and may be fractional only within the warm-up,
 * where the rate is learning_rate * epoch / warmup_epochs; after it, the schedule's e is epoch -
 * warmup_epochs, and cosine's E is epochs - warmup_epochs. `reductions` is how often the plateau rule has
 * struck.
 *
 * With lr_cycles = M, cosine restarts M - 1 times at the full rate: cycle k = 0 .. M - 1 goes from b(k) =
 * floor(k E / M) to b(k + 1), and in it the rate is eta (1 + cos(pi (e - b(k)) / (b(k + 1) - b(k)))) / 2.
 * Where M divides E this is equation 2 of Huang et al., Snapshot Ensembles, ICLR 2017, with epochs as its t;
 * else cycles differ by one epoch, where the paper's last one would be cut short. More cycles than epochs are
 * as many as epochs. Warm restarts: Loshchilov and Hutter, SGDR, ICLR 2017.
 *
 * With a ramp, the momentum of epoch e < momentum_epochs is initial + (momentum - initial) e /
 * momentum_epochs. */
double schedule_rate(const TrainSettings *settings, double epoch, uint32_t reductions);
double schedule_momentum(const TrainSettings *settings, uint32_t epoch);

/* Is the rate of that epoch (from 0) a local minimum: no higher than in the epoch before, and lower than in
 * the next? Warm-ups have none, the last epoch always is one, and what the plateau rule does makes none. */
bool schedule_minimum(const TrainSettings *settings, uint32_t epoch);

/* How many of the epochs are minima; `most` where they are more. */
uint32_t schedule_minima(const TrainSettings *settings, uint32_t most);

/* The plateau rule: feed each epoch's metric; an improvement is any strictly better value. Every `lr_step`
 * epochs in a row without one count as one reduction. All zeros at the start. */
typedef struct PlateauState {
    double best;
    uint32_t waited; /* epochs since the best */
    uint32_t reductions;
    uint32_t seen; /* epochs fed */
} PlateauState;
void plateau_feed(PlateauState *state, const TrainSettings *settings, double metric);

#endif

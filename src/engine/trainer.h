/* Training of one network: epochs of mini-batches, judged on the validation part after each. A pure function
 * of (spec, settings, examples, key): no clock, rank or global generator reaches a result. */
#ifndef WINNOW_ENGINE_TRAINER_H
#define WINNOW_ENGINE_TRAINER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/status.h"
#include "engine/augment.h"
#include "engine/examples.h"
#include "engine/network.h"
#include "engine/stopwatch.h"
#include "engine/train_settings.h"

typedef struct Trainer Trainer;

/* One row of /curves. */
typedef struct EpochRow {
    uint32_t epoch;       /* from 1 */
    double learning_rate; /* of the epoch's last step */
    double momentum;      /* NaN for optimizers without it */
    double train_loss;    /* mean over the epoch, as the batches went by (dropout and augmentation on) */
    double train_accuracy;
    double val_loss; /* of the averaged weights, where settings.ema says so */
    double val_accuracy;
    double update_ratio; /* |last update of the epoch| / |weights before it|, Euclidean, weights without
                            biases */
    double seconds;      /* training and evaluation */
} EpochRow;

typedef enum TrialStatus {
    TRIAL_COMPLETED, /* all epochs, or ended by settings.early_stop_epochs */
    TRIAL_DIVERGED,  /* a loss or a weight was not finite */
    TRIAL_STOPPED,   /* ended early by a rule of the configuration */
    TRIAL_FAILED     /* the process died, or a limit of time was reached */
} TrialStatus;
const char *trial_status_name(TrialStatus status); /* "completed" .. */

/* What a finished trial amounts to. Figures are those of the best epoch by the metric, the first on ties;
 * with settings.ema, weights are averaged ones (moving_average.h) wherever a trial's weights are spoken of. A
 * diverged trial has none, even where epochs before were finite: NaN, best_epoch 0 and weights_hash 0. Before
 * the last epoch the status is TRIAL_STOPPED: what the trial amounts to if it ends now. */
typedef struct TrainOutcome {
    TrialStatus status;
    uint32_t epochs;     /* run to their end; not the one that diverged */
    uint32_t best_epoch; /* from 1; 0 for none */
    double val_accuracy, val_loss, train_loss;
    double seconds;            /* spent in trainer_create and trainer_epoch, with those before it was saved */
    double samples_per_second; /* training examples over training time, evaluation excluded */
    uint64_t weights_hash;     /* hash64 of the best epoch's parameters, blocks in order without padding, as
                                  little-endian floats; 0 for none */
} TrainOutcome;

/* With settings.snapshots a trainer keeps its network, as it is judged, after every epoch whose rate is a
 * local minimum (schedule_minimum) and after the one that ends the training: of more than SNAPSHOTS_MAX the
 * latest. Huang et al., Snapshot Ensembles: Train 1, Get M for Free, ICLR 2017. */
typedef struct Snapshot {
    uint32_t epoch;             /* from 1 */
    const float *parameters;    /* borrowed, in the layout of network_parameters() */
    const float *probabilities; /* borrowed [validation->count, classes] */
} Snapshot;

/* Bytes that trainer_create would allocate for parts of these sizes and room for so many snapshots, to within
 * the padding between the network's blocks. STATUS_INPUT or STATUS_ENVIRONMENT where it overflows; a part's
 * values are not looked at.
 */
Status trainer_memory(const NetworkSpec *spec, const TrainSettings *settings, size_t snapshots,
                      const Examples *train, const Examples *validation, size_t *bytes) MUST_CHECK;

/* Plan, allocate, initialise. STATUS_INPUT where the examples do not fit the network or a part is empty. What
 * `train` and `validation` point to stays borrowed until trainer_destroy; the batch size is cut to the number
 * of training examples. */
Status trainer_create(Trainer **out, const NetworkSpec *spec, const TrainSettings *settings,
                      const Examples *train, const Examples *validation, TrialKey key) MUST_CHECK;
void trainer_destroy(Trainer **trainer);

/* One epoch: shuffle the file's order (RANDOM_SHUFFLE, step = epoch from 0), train, evaluate. The rate in
 * warm-up follows its line to the end of each step, so that the first step moves; the plateau rule is fed
 * from the first epoch after the warm-up. Denormal numbers count as zero (float_mode.h). Never allocates.
 * *done becomes true after the last epoch, where settings.early_stop_epochs ends it, or when training
 * diverged (the row then holds what was reached, NaN where unknown). Calling again after done is a
 * programming error. */
void trainer_epoch(Trainer *trainer, EpochRow *row, bool *done);

/* Append all that the epochs to come depend on, and all that the outcome is made of: parameters, their
 * average, optimizer state, epoch, plateau, the best epoch with its parameters and probabilities, counters,
 * snapshots; all little-endian. Call it between epochs, before *done. It says which machine-independent sizes
 * it holds, but neither spec nor settings nor data: the caller restores it only into a trainer made from the
 * same ones.
 */
void trainer_save(const Trainer *trainer, ByteWriter *writer);

/* Put a trainer that has run no epoch where the saved one stood: the epochs that follow have the same bits as
 * those of a trainer that was never interrupted, and saving it at once gives the same bytes: its seconds go
 * on from the saved ones. The state must reach to the reader's end. The bytes are checked as untrusted:
 * STATUS_INPUT where they are damaged or of a network, optimizer or data of other sizes; the trainer can then
 * only be destroyed. Snapshots that settings no longer ask for are passed over; where they ask for some that
 * the saved trainer did not take, that is damage. Allocates nothing. */
Status trainer_restore(Trainer *trainer, ByteReader *reader) MUST_CHECK;

TrainOutcome trainer_outcome(const Trainer *trainer);

/* For benchmarks: time the epochs that follow, phase by phase, layer by layer; NULL for no more. Borrowed. */
void trainer_set_stopwatch(Trainer *trainer, Stopwatch *watch);

/* Seconds of all epochs so far that were training: shuffling, gathering, steps and updates. */
double trainer_training_seconds(const Trainer *trainer);

/* Of the best epoch, borrowed; NULL where there is none, or where the trial diverged. Parameters in the
 * layout of network_parameters(). */
const float *trainer_best_parameters(const Trainer *trainer);
const float *trainer_best_probabilities(const Trainer *trainer); /* [validation->count, classes] */
/* How many snapshots are kept, none of a diverged trial, and the i-th of them, by epoch. */
size_t trainer_snapshot_count(const Trainer *trainer);
Snapshot trainer_snapshot(const Trainer *trainer, size_t i);
const Network *trainer_network(const Trainer *trainer); /* for its blocks */

/* Judge parameters (in the layout of network_parameters()) on examples: mean loss, accuracy and, where not
 * NULL, probabilities [examples->count, classes]; the same bits as the trainer's own evaluation of them. Loss
 * and accuracy of no examples are NaN. STATUS_INPUT where the examples do not fit the network. */
Status trainer_judge(const NetworkSpec *spec, const float *parameters, const Examples *examples, double *loss,
                     double *accuracy, float *probabilities) MUST_CHECK;

/* Copy the examples at positions rows[0 .. count) of the part (each < examples->count, found in the file
 * through its index), normalised, to x [count, values] and their labels to `labels` [count]. */
void examples_gather(const Examples *examples, const uint32_t *rows, size_t count, float *x,
                     uint16_t *labels);

/* The same with images moved at random, as augment.h says. */
void examples_gather_augmented(const Examples *examples, const uint32_t *rows, size_t count,
                               const Augmentation *augmentation, float *x, uint16_t *labels);

#endif

#include "scale/made_up_trials.h"

#include <math.h>

#include "base/memory.h"
#include "base/philox.h"
#include "base/text.h"
#include "search/sampler.h"

#define LOST_BELOW 0.65 /* the best ones: those have diverged */

/* Best at a rate of 0.02, better without dropout, lost above 3. */
static double quality(const MadeUpTrials *t, const Draw *draw, RandomStream *stream) {
    double rate = draw->value[space_find(&t->config->space, "learning_rate")].number;
    double dropout = draw->value[space_find(&t->config->space, "dropout")].number;
    double distance = log10(rate / 0.02);
    return t->best - 0.08 * distance * distance - 0.1 * dropout + 0.01 * random_normal(stream);
}

static Status fill_curve(TrialRecord *row, double best, RandomStream *stream) {
    uint32_t epochs = row->outcome.epochs;
    TRY(memory_new(&row->curve, epochs, sizeof(EpochRow)));
    row->curve_count = epochs;
    for (uint32_t e = 0; e < epochs; e++) {
        double accuracy = fmax(0.1, best - 0.2 / (e + 1) + 0.2 / epochs);
        row->curve[e] = (EpochRow){.epoch = e + 1,
                                   .learning_rate = 0.01,
                                   .momentum = NAN,
                                   .train_loss = 1,
                                   .train_accuracy = accuracy - 0.01,
                                   .val_loss = 2 * (1 - accuracy),
                                   .val_accuracy = accuracy,
                                   .update_ratio = 1e-3 * exp(random_normal(stream)),
                                   .seconds = row->outcome.seconds / epochs};
    }
    return STATUS_OK;
}

static Status add_draw(const MadeUpTrials *t, uint64_t id, Draw *draw) {
    size_t stage = plan_stage(&t->plan, id);
    const Space *space = &t->config->space;
    Record record = {.kind = RECORD_DRAW};
    record.as.draw.trial = id;
    record.as.draw.parameter_count = (uint32_t)space->count;
    Sampler sampler = config_sampler(t->config, stage);
    TRY(space_draw(space, &t->ledger->stages[stage].after, &sampler, plan_number(&t->plan, id), draw));
    record.as.draw.draw = *draw;
    return t->visit(t->context, &record);
}

/* As handed out, and as ended. */
static Status add_lease(const MadeUpTrials *t, const TrialRecord *row) {
    uint64_t lease = t->ledger->lease_count + 1;
    for (int ended = 0; ended < 2; ended++) {
        Record record = {.kind = RECORD_LEASE};
        record.as.lease = (LeaseRecord){.lease = lease,
                                        .trial = row->trial,
                                        .rank = row->rank,
                                        .start = row->started,
                                        .end = ended ? row->started + row->outcome.seconds : NAN,
                                        .first_epoch = 1,
                                        .last_epoch = ended ? row->outcome.epochs : 0,
                                        .outcome = ended ? LEASE_FINISHED : LEASE_OPEN};
        text_copy(record.as.lease.host, sizeof(record.as.lease.host), row->host);
        TRY(t->visit(t->context, &record));
    }
    return STATUS_OK;
}

static Status add_row(const MadeUpTrials *t, TrialRecord row, double best, RandomStream *stream) {
    Record record = {.kind = RECORD_TRIAL, .as.trial = row};
    TRY(fill_curve(&record.as.trial, best, stream));
    return t->visit(t->context, &record);
}

Status made_up_trial(MadeUpTrials *t, uint64_t id) {
    uint32_t stage = (uint32_t)plan_stage(&t->plan, id), number = plan_number(&t->plan, id);
    uint32_t epochs = t->plan.epochs[stage], rank = (uint32_t)(id % MADE_UP_RANKS);
    RandomStream stream = random_stream(11, RANDOM_SYNTHETIC, (uint8_t)stage, 0, number, 0);
    Draw draw;
    TRY(add_draw(t, id, &draw));
    double best = quality(t, &draw, &stream);
    bool diverged = best < t->best - LOST_BELOW;
    double seconds = epochs * (0.5 + random_unit(&stream));
    TrialRecord row = {.trial = id,
                       .stage = stage,
                       .number = number,
                       .started = t->clock[rank],
                       .rank = rank,
                       .host = "node1",
                       .outcome = {.status = diverged ? TRIAL_DIVERGED : TRIAL_COMPLETED,
                                   .epochs = epochs,
                                   .best_epoch = diverged ? 0 : epochs,
                                   .val_accuracy = diverged ? NAN : best,
                                   .val_loss = diverged ? NAN : 2 * (1 - best),
                                   .train_loss = diverged ? NAN : 1.9 * (1 - best),
                                   .seconds = seconds,
                                   .samples_per_second = 1000,
                                   .weights_hash = diverged ? 0 : id}};
    text_copy(row.arithmetic, sizeof(row.arithmetic), t->arithmetic);
    t->clock[rank] += seconds + 0.01;
    TRY(add_lease(t, &row));
    return add_row(t, row, best, &stream);
}

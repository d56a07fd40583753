/* Writes the results file of a made-up campaign of any size: for tests of time and size.
 * usage: large_campaign FILE.h5 TRIALS */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/philox.h"
#include "base/text.h"
#include "campaign/config.h"
#include "campaign/ledger.h"
#include "campaign/plan.h"
#include "search/sampler.h"
#include "search/zoom.h"
#include "store/results.h"

#define RANKS 128
#define BEGUN 1.7e9

static const char form[] =
    "name: large\n"
    "seed: 7\n"
    "data: {format: synthetic, kind: blobs, examples: 12000, classes: 10, features: 4, validation: 2000}\n"
    "network: [{dense: $hidden}, relu, {dropout: $dropout}, {dense: 10}]\n"
    "parameters:\n"
    "  optimizer: {values: [sgd, nesterov, adam]}\n"
    "  learning_rate: {distribution: log_uniform_values, min: 1e-5, max: 10}\n"
    "  momentum: {distribution: reverse_log_uniform_values, min: 0.5, max: 0.999, when: {optimizer: "
    "[nesterov]}}\n"
    "  beta1: {distribution: beta, a: 8, b: 2, when: {optimizer: [adam]}}\n"
    "  weight_decay: {distribution: log_normal, mu: -9, sigma: 2}\n"
    "  batch_size: {values: [16, 32, 64, 128]}\n"
    "  lr_schedule: {values: [constant, step, cosine]}\n"
    "  lr_decay: {min: 0.1, max: 1.0}\n"
    "  hidden: {distribution: q_log_uniform_values, min: 16, max: 512, q: 16}\n"
    "  dropout: {min: 0.0, max: 0.6}\n"
    "  label_smoothing: {min: 0.0, max: 0.2}\n"
    "  warmup_epochs: {min: 0, max: 3}\n"
    "stages:\n"
    "  - {name: coarse, trials: %llu, epochs: 4}\n"
    "  - {name: fine, trials: %llu, epochs: 12}\n";

static void require(Status status) {
    if (status == STATUS_OK) return;
    fprintf(stderr, "large_campaign: %s\n", status_text());
    exit(1);
}

static void put(Ledger *ledger, Record record) {
    require(ledger_apply(ledger, &record));
}

static void begin(Ledger *ledger, const Config *config, const char *yaml) {
    Record record = {.kind = RECORD_CAMPAIGN};
    CampaignRecord *campaign = &record.as.campaign;
    *campaign = (CampaignRecord){
        .format_version = JOURNAL_FORMAT_VERSION, .created = BEGUN, .config_hash = config->hash};
    require(memory_text(&campaign->name, "large"));
    require(memory_text(&campaign->config_name, "large.yaml"));
    require(memory_text(&campaign->config_text, yaml));
    require(memory_text(&campaign->versions, "winnow"));
    put(ledger, record);
    record = (Record){.kind = RECORD_START};
    record.as.start =
        (StartRecord){.time = BEGUN, .ranks = RANKS, .process = 1, .host = "node1", .arithmetic = "made-up"};
    require(memory_text(&record.as.start.config_text, ""));
    put(ledger, record);
}

static Ranges add_stage(Ledger *ledger, const Config *config, uint32_t stage) {
    Record record = {.kind = RECORD_STAGE};
    StageRecord *r = &record.as.stage;
    r->stage = stage;
    r->parameter_count = (uint32_t)config->space.count;
    r->before = r->after = space_ranges(&config->space);
    for (size_t p = 0; p < config->space.count; p++)
        r->reason[p] = stage == 0 ? ZOOM_CONFIGURED : ZOOM_KEPT;
    if (stage > 0) {
        size_t rate = space_find(&config->space, "learning_rate");
        r->after.range[rate].min = 1e-3;
        r->after.range[rate].max = 1e-1;
        r->reason[rate] = ZOOM_NARROWED;
    }
    Ranges ranges = r->after;
    put(ledger, record);
    return ranges;
}

/* Best at a rate of 0.02, better without dropout, lost above 3. */
static double quality(const Config *config, const Draw *draw, RandomStream *stream) {
    double rate = draw->value[space_find(&config->space, "learning_rate")].number;
    double dropout = draw->value[space_find(&config->space, "dropout")].number;
    double distance = log10(rate / 0.02);
    return 0.95 - 0.08 * distance * distance - 0.1 * dropout + 0.01 * random_normal(stream);
}

static void add_trial(Ledger *ledger, const Config *config, const Ranges *ranges, const Plan *plan,
                      uint64_t id, double *clock) {
    uint32_t stage = (uint32_t)plan_stage(plan, id), number = plan_number(plan, id),
             epochs = plan->epochs[stage];
    RandomStream stream = random_stream(11, RANDOM_SYNTHETIC, (uint8_t)stage, 0, number, 0);
    Record record = {.kind = RECORD_DRAW};
    record.as.draw.trial = id;
    record.as.draw.parameter_count = (uint32_t)config->space.count;
    Sampler sampler = config_sampler(config, stage);
    require(space_draw(&config->space, ranges, &sampler, number, &record.as.draw.draw));
    double best = quality(config, &record.as.draw.draw, &stream);
    put(ledger, record);
    uint32_t rank = (uint32_t)(id % RANKS);
    double seconds = epochs * (0.5 + random_unit(&stream)), start = clock[rank];
    clock[rank] += seconds + 0.01;
    record = (Record){.kind = RECORD_LEASE};
    record.as.lease = (LeaseRecord){.lease = id + 1,
                                    .trial = id,
                                    .rank = rank,
                                    .host = "node1",
                                    .start = start,
                                    .end = start + seconds,
                                    .first_epoch = 1,
                                    .last_epoch = epochs,
                                    .outcome = LEASE_FINISHED};
    put(ledger, record);
    bool diverged = best < 0.3;
    record = (Record){.kind = RECORD_TRIAL};
    TrialRecord *row = &record.as.trial;
    *row = (TrialRecord){.trial = id,
                         .stage = stage,
                         .number = number,
                         .started = start,
                         .rank = rank,
                         .host = "node1",
                         .arithmetic = "made-up",
                         .curve_count = epochs};
    row->outcome = (TrainOutcome){.status = diverged ? TRIAL_DIVERGED : TRIAL_COMPLETED,
                                  .epochs = epochs,
                                  .best_epoch = diverged ? 0 : epochs,
                                  .val_accuracy = diverged ? NAN : best,
                                  .val_loss = diverged ? NAN : 2 * (1 - best),
                                  .train_loss = diverged ? NAN : 1.9 * (1 - best),
                                  .seconds = seconds,
                                  .samples_per_second = 1000};
    require(memory_new(&row->curve, epochs, sizeof(EpochRow)));
    for (uint32_t e = 0; e < epochs; e++) {
        double accuracy = fmax(0.1, best - 0.2 / (e + 1) + 0.2 / epochs);
        row->curve[e] = (EpochRow){.epoch = e + 1,
                                   .learning_rate = 0.01,
                                   .momentum = NAN,
                                   .train_loss = 1,
                                   .train_accuracy = accuracy - 0.01,
                                   .val_loss = 2 * (1 - accuracy),
                                   .val_accuracy = accuracy,
                                   .update_ratio = 1e-3 * exp(random_normal(&stream)),
                                   .seconds = seconds / epochs};
    }
    put(ledger, record);
}

int main(int count, char **words) {
    if (count != 3) {
        fputs("usage: large_campaign FILE.h5 TRIALS\n", stderr);
        return 2;
    }
    unsigned long long trials = strtoull(words[2], NULL, 10), fine = trials / 5;
    Text yaml = {0};
    text_add(&yaml, form, trials - fine, fine);
    Config *config;
    Ledger *ledger;
    require(config_parse(&config, "large.yaml", text_of(&yaml), yaml.length));
    require(ledger_create(&ledger));
    begin(ledger, config, text_of(&yaml));
    Plan plan = plan_of(config);
    double clock[RANKS];
    for (size_t i = 0; i < RANKS; i++)
        clock[i] = BEGUN + 3;
    Ranges ranges = {0};
    for (uint64_t id = 0; id < plan_trials(&plan); id++) {
        if (plan_number(&plan, id) == 0) ranges = add_stage(ledger, config, (uint32_t)plan_stage(&plan, id));
        add_trial(ledger, config, &ranges, &plan, id, clock);
    }
    Record record = {.kind = RECORD_END};
    record.as.end = (EndRecord){.time = clock[0], .outcome = OUTCOME_FINISHED};
    put(ledger, record);
    require(results_write(words[1], ledger, config));
    ledger_destroy(&ledger);
    config_destroy(&config);
    text_release(&yaml);
    return 0;
}

/* Writes the results file of a made-up campaign of any size: for tests of time and size.
 * usage: large_campaign FILE.h5 TRIALS */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "scale/made_up_trials.h"
#include "search/zoom.h"
#include "store/results.h"

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
    record.as.start = (StartRecord){
        .time = BEGUN, .ranks = MADE_UP_RANKS, .process = 1, .host = "node1", .arithmetic = "made-up"};
    require(memory_text(&record.as.start.config_text, ""));
    put(ledger, record);
}

static void add_stage(Ledger *ledger, const Config *config, uint32_t stage) {
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
    put(ledger, record);
}

static Status apply(void *context, Record *record) {
    return ledger_apply(context, record);
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
    MadeUpTrials made_up = {.config = config,
                            .plan = plan_of(config),
                            .ledger = ledger,
                            .best = 0.95,
                            .arithmetic = "made-up",
                            .visit = apply,
                            .context = ledger};
    for (size_t i = 0; i < MADE_UP_RANKS; i++)
        made_up.clock[i] = BEGUN + 3;
    for (uint64_t id = 0; id < plan_trials(&made_up.plan); id++) {
        if (plan_number(&made_up.plan, id) == 0)
            add_stage(ledger, config, (uint32_t)plan_stage(&made_up.plan, id));
        require(made_up_trial(&made_up, id));
    }
    Record record = {.kind = RECORD_END};
    record.as.end = (EndRecord){.time = made_up.clock[0], .outcome = OUTCOME_FINISHED};
    put(ledger, record);
    require(results_write(words[1], ledger, config));
    ledger_destroy(&ledger);
    config_destroy(&config);
    text_release(&yaml);
    return 0;
}

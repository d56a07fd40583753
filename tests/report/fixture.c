#include "report/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "campaign/plan.h"
#include "search/zoom.h"

static const char yaml[] =
    "name: small\n"
    "data: {format: synthetic, kind: moons, examples: 100, noise: 0.1, validation: 20}\n"
    "network: [dense: 2]\n"
    "parameters:\n"
    "  optimizer: {values: [sgd, nesterov, adam]}\n"
    "  learning_rate: {distribution: log_uniform_values, min: 1e-3, max: 1}\n"
    "  momentum: {min: 0.5, max: 0.99, when: {optimizer: [nesterov]}}\n"
    "  batch_size: {value: 10}\n"
    "stages:\n"
    "  - {name: coarse, trials: 4, epochs: 2}\n"
    "  - {name: fine, trials: 2, epochs: 3}\n"
    "ensemble: {size: 2, pool: 2}\n";

static void require(Status status) {
    if (status == STATUS_OK) return;
    fprintf(stderr, "fixture: %s\n", status_text());
    abort();
}

void fixture_apply(Fixture *fixture, Record record) {
    require(ledger_apply(fixture->ledger, &record));
}

Fixture fixture_create(void) {
    Fixture fixture = {0};
    require(config_parse(&fixture.config, "small.yaml", yaml, strlen(yaml)));
    require(ledger_create(&fixture.ledger));
    Record record = {.kind = RECORD_CAMPAIGN};
    CampaignRecord *campaign = &record.as.campaign;
    campaign->format_version = JOURNAL_FORMAT_VERSION;
    campaign->created = 1000;
    campaign->config_hash = fixture.config->hash;
    require(memory_text(&campaign->name, "small"));
    require(memory_text(&campaign->config_name, "small.yaml"));
    require(memory_text(&campaign->config_text, yaml));
    require(memory_text(&campaign->versions, "winnow"));
    fixture_apply(&fixture, record);
    fixture_start(&fixture, 1000);
    return fixture;
}

void fixture_destroy(Fixture *fixture) {
    ledger_destroy(&fixture->ledger);
    config_destroy(&fixture->config);
}

void fixture_start(Fixture *fixture, double time) {
    Record record = {.kind = RECORD_START};
    record.as.start = (StartRecord){.time = time, .ranks = 2, .process = 12, .host = "node7"};
    require(memory_text(&record.as.start.config_text, ""));
    fixture_apply(fixture, record);
}

void fixture_stage(Fixture *fixture, uint32_t stage) {
    const Space *space = &fixture->config->space;
    Record record = {.kind = RECORD_STAGE};
    StageRecord *r = &record.as.stage;
    r->stage = stage;
    r->parameter_count = (uint32_t)space->count;
    r->before = r->after = space_ranges(space);
    for (size_t p = 0; p < space->count; p++)
        r->reason[p] = ZOOM_KEPT;
    if (stage > 0) {
        size_t rate = space_find(space, "learning_rate"), optimizer = space_find(space, "optimizer");
        r->after.range[rate].min = 0.01;
        r->after.range[rate].max = 0.1;
        r->reason[rate] = ZOOM_NARROWED;
        r->after.range[optimizer].allowed = 6;
        r->reason[optimizer] = ZOOM_CATEGORIES;
        r->elite_count = 2;
        require(memory_new(&r->elites, 2, sizeof(uint64_t)));
        r->elites[0] = 1;
        r->elites[1] = 2;
    }
    fixture_apply(fixture, record);
}

void fixture_trial(Fixture *fixture, uint64_t id, TrialStatus status, double accuracy) {
    const Space *space = &fixture->config->space;
    Plan plan = plan_of(fixture->config);
    Record record = {.kind = RECORD_DRAW};
    DrawRecord *draw = &record.as.draw;
    draw->trial = id;
    draw->parameter_count = (uint32_t)space->count;
    draw->draw.value[space_find(space, "optimizer")] =
        (DrawnValue){.present = true, .number = NAN, .choice = 1};
    draw->draw.value[space_find(space, "learning_rate")] = (DrawnValue){.present = true, .number = 0.0316};
    draw->draw.value[space_find(space, "momentum")] = (DrawnValue){.present = true, .number = 0.9};
    draw->draw.value[space_find(space, "batch_size")] = (DrawnValue){.present = true, .number = 10};
    fixture_apply(fixture, record);
    bool completed = status == TRIAL_COMPLETED;
    uint32_t epochs = plan.epochs[plan_stage(&plan, id)];
    record = (Record){.kind = RECORD_TRIAL};
    record.as.trial = (TrialRecord){.trial = id,
                                    .stage = (uint32_t)plan_stage(&plan, id),
                                    .number = plan_number(&plan, id),
                                    .started = 1000 + 10 * (double)id,
                                    .host = "node7",
                                    .outcome = {.status = status,
                                                .epochs = completed ? epochs : 1,
                                                .best_epoch = completed ? epochs : 0,
                                                .val_accuracy = completed ? accuracy : NAN,
                                                .val_loss = completed ? 1 - accuracy : NAN,
                                                .train_loss = completed ? 0.5 : NAN,
                                                .seconds = 3}};
    fixture_apply(fixture, record);
}

void fixture_lease(Fixture *fixture, uint64_t lease, uint64_t trial, double start, double end,
                   LeaseOutcome outcome) {
    Record record = {.kind = RECORD_LEASE};
    record.as.lease = (LeaseRecord){.lease = lease,
                                    .trial = trial,
                                    .rank = 1,
                                    .host = "node7",
                                    .start = start,
                                    .end = outcome == LEASE_OPEN ? NAN : end,
                                    .outcome = (uint8_t)outcome};
    fixture_apply(fixture, record);
}

void fixture_end(Fixture *fixture, CampaignOutcome outcome) {
    Record record = {.kind = RECORD_END};
    record.as.end = (EndRecord){.time = 2000, .outcome = (uint8_t)outcome};
    fixture_apply(fixture, record);
}

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/philox.h"
#include "base/text.h"
#include "rank/bench/simulated_campaign.h"
#include "rank/simulation/suites.h"
#include "suite.h"

#define MUST(call) CU_ASSERT_EQUAL_FATAL(call, STATUS_OK)

#define BEGIN                                                                                                \
    "name: simulated\nseed: 5\n"                                                                             \
    "data: {format: synthetic, kind: blobs}\n"                                                               \
    "network: [{dense: $hidden}, relu, {dense: 3}]\n"                                                        \
    "parameters:\n"                                                                                          \
    "  optimizer: {values: [nesterov, adam]}\n"                                                              \
    "  learning_rate: {distribution: log_uniform_values, min: 1e-5, max: 1}\n"                               \
    "  hidden: {distribution: q_log_uniform_values, min: 8, max: 64, q: 8}\n"                                \
    "limits: {silence_seconds: 6}\n"

static const char plain[] = BEGIN "ensemble: {size: 3, pool: 5}\n"
                                  "stages:\n"
                                  "  - {name: coarse, trials: 300, epochs: 3}\n"
                                  "  - {name: fine, trials: 120, epochs: 8}\n"
                                  "  - {name: last, trials: 20, epochs: 20}\n";
static const char halving[] =
    BEGIN "sampler: sobol\nearly_terminate: {type: successive_halving, min_iter: 1}\n"
          "stages:\n"
          "  - {name: coarse, trials: 243, epochs: 27}\n"
          "  - {name: fine, trials: 81, epochs: 27}\n";
static const char hyperband[] = BEGIN "early_terminate: {type: hyperband, eta: 3, min_iter: 1}\n"
                                      "stages:\n"
                                      "  - {name: coarse, trials: 200, epochs: 27}\n"
                                      "  - {name: fine, trials: 60, epochs: 27}\n";
static const char median[] = BEGIN "early_terminate: {type: median, min_iter: 2}\n"
                                   "stages:\n"
                                   "  - {name: coarse, trials: 150, epochs: 12}\n"
                                   "  - {name: fine, trials: 40, epochs: 12}\n";
static const char asha[] = BEGIN "early_terminate: {type: asha, min_iter: 1}\n"
                                 "stages:\n"
                                 "  - {name: coarse, trials: 200, epochs: 27}\n";

/* The best rate is 1e-3; rates near the upper end diverge. Trials differ in pace. */
static EpochRow pretended(const void *context, const LeaseMessage *lease, uint32_t epoch) {
    const Config *config = context;
    double rate = lease->draw.value[space_find(&config->space, "learning_rate")].number;
    RandomStream noise =
        random_stream(config->seed, RANDOM_SYNTHETIC, (uint8_t)lease->stage, 0, lease->number, epoch);
    double distance = fabs(log10(rate) + 3);
    double loss = 0.1 + 0.2 * distance + 1.0 / epoch + 0.02 * random_unit(&noise);
    if (rate > 0.5) loss = INFINITY;
    return (EpochRow){.learning_rate = rate,
                      .train_loss = loss,
                      .val_loss = loss,
                      .val_accuracy = 1 / (1 + loss),
                      .seconds = 0.5 + distance / 4};
}

static Config *config_of(const char *yaml) {
    Config *config;
    Status status = config_parse(&config, "test.yaml", yaml, strlen(yaml));
    if (status != STATUS_OK) fprintf(stderr, "%s\n", status_text());
    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
    return config;
}

/* What may not depend on the number of ranks: all of a row but who trained it, and each stage's ranges. */
static uint64_t table_of(const Config *config, const Ledger *ledger) {
    Text text = {0};
    for (size_t id = 0; id < ledger->trial_count; id++) {
        const LedgerTrial *trial = &ledger->trials[id];
        const TrainOutcome *o = &trial->record.outcome;
        CU_ASSERT_TRUE_FATAL(trial->finished);
        text_add(&text, "%zu %d %u %u %a %a %llx %s|", id, (int)o->status, o->epochs, o->best_epoch,
                 o->val_loss, o->val_accuracy, (unsigned long long)o->weights_hash, trial->record.reason);
        for (size_t p = 0; p < config->space.count; p++)
            text_add(&text, " %a/%u", trial->draw->value[p].number, trial->draw->value[p].choice);
        for (uint32_t e = 0; e < trial->record.curve_count; e++)
            text_add(&text, " %a", trial->record.curve[e].val_loss);
        text_add(&text, "\n");
    }
    for (size_t stage = 0; stage < ledger->stage_count; stage++) {
        for (size_t p = 0; p < config->space.count; p++)
            text_add(&text, "%a %a\n", ledger->stages[stage].after.range[p].min,
                     ledger->stages[stage].after.range[p].max);
    }
    CU_ASSERT_FALSE_FATAL(text.failed);
    uint64_t hash = hash64(text_of(&text), text.length);
    text_release(&text);
    return hash;
}

typedef struct Run {
    SimulationFigures figures;
    uint64_t table;
    uint64_t epochs_of_rows; /* those that diverged have begun one more */
    size_t trials, stopped, diverged, decisions, lost;
} Run;

static Run run_with(const Config *config, const SimulationRules *rules) {
    Run run = {0};
    SimulatedCampaign *campaign;
    MUST(simulated_campaign_create(&campaign, config, NULL, rules));
    Status status = simulated_campaign_run(campaign, &run.figures);
    if (status != STATUS_OK) fprintf(stderr, "%s\n", status_text());
    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
    const Ledger *ledger = simulated_campaign_ledger(campaign);
    CU_ASSERT_TRUE(ledger->ended);
    Plan plan = plan_of(config);
    CU_ASSERT_EQUAL(ledger->trial_count, plan_trials(&plan));
    run.table = table_of(config, ledger);
    run.trials = ledger->finished_count;
    run.decisions = ledger->decision_count;
    for (size_t id = 0; id < ledger->trial_count; id++) {
        const TrainOutcome *outcome = &ledger->trials[id].record.outcome;
        run.stopped += outcome->status == TRIAL_STOPPED;
        run.diverged += outcome->status == TRIAL_DIVERGED;
        run.epochs_of_rows += outcome->epochs + (outcome->status == TRIAL_DIVERGED);
    }
    for (size_t i = 0; i < ledger->lease_count; i++)
        run.lost += ledger->leases[i].outcome == LEASE_LOST;
    simulated_campaign_destroy(&campaign);
    CU_ASSERT_PTR_NULL(campaign);
    return run;
}

static Run run_on(const char *yaml, uint32_t ranks) {
    Config *config = config_of(yaml);
    SimulationRules rules = simulation_rules(ranks, pretended, config);
    Run run = run_with(config, &rules);
    config_destroy(&config);
    return run;
}

/* Also where most ranks find no work. */
static void same_table_on_any_number_of_ranks(void) {
    static const char *const campaigns[] = {plain, halving, hyperband, median};
    static const uint32_t ranks[] = {2, 7, 64, 300, 2000};
    for (size_t c = 0; c < sizeof(campaigns) / sizeof(campaigns[0]); c++) {
        Run one = run_on(campaigns[c], 1);
        CU_ASSERT_TRUE(one.diverged > 0);
        CU_ASSERT_EQUAL(one.stopped > 0, campaigns[c] != plain);
        CU_ASSERT_EQUAL(one.figures.epochs, one.epochs_of_rows);
        for (size_t i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++) {
            Run run = run_on(campaigns[c], ranks[i]);
            CU_ASSERT_EQUAL(run.table, one.table);
            CU_ASSERT_EQUAL(run.figures.epochs, one.epochs_of_rows); /* none twice */
            CU_ASSERT_TRUE(run.figures.seconds < one.figures.seconds);
            CU_ASSERT_TRUE(run.figures.training_seconds <= ranks[i] * run.figures.seconds);
        }
    }
}

static void asha_ends_on_any_number_of_ranks(void) {
    static const uint32_t ranks[] = {1, 8, 100, 2000};
    for (size_t i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++) {
        Run run = run_on(asha, ranks[i]);
        CU_ASSERT_TRUE(run.stopped > 0);
        CU_ASSERT_TRUE(run.decisions > 0);
        CU_ASSERT_EQUAL(run.figures.epochs, run.epochs_of_rows);
    }
}

static void the_same_rules_give_the_same_figures(void) {
    Run one = run_on(asha, 50), other = run_on(asha, 50);
    CU_ASSERT_EQUAL(one.table, other.table);
    CU_ASSERT_EQUAL(one.figures.seconds, other.figures.seconds);
    CU_ASSERT_EQUAL(one.figures.training_seconds, other.figures.training_seconds);
    CU_ASSERT_EQUAL(one.figures.received, other.figures.received);
    CU_ASSERT_EQUAL(one.figures.sent, other.figures.sent);
    CU_ASSERT_EQUAL(one.figures.syncs, other.figures.syncs);
}

/* What the coordinator's time and the journal's syncs cost delays trials and changes none. */
static void a_slow_coordinator_changes_no_row(void) {
    Config *config = config_of(halving);
    SimulationRules rules = simulation_rules(100, pretended, config);
    Run quick = run_with(config, &rules);
    rules.charge = true;
    rules.sync_seconds = 0.05;
    Run slow = run_with(config, &rules);
    CU_ASSERT_EQUAL(slow.table, quick.table);
    CU_ASSERT_TRUE(slow.figures.seconds > quick.figures.seconds);
    CU_ASSERT_TRUE(slow.figures.syncs < quick.figures.syncs); /* more rows in each */
    config_destroy(&config);
}

static void lost_ranks_change_no_row(void) {
    static const char *const campaigns[] = {plain, halving, hyperband, median};
    static const SimulatedLoss losses[] = {{.rank = 3, .time = 2.3, .told = true},
                                           {.rank = 9, .time = 2.4},
                                           {.rank = 1, .time = 5, .told = true},
                                           {.rank = 5, .time = 9.7},
                                           {.rank = 4, .time = 11}};
    for (size_t c = 0; c < sizeof(campaigns) / sizeof(campaigns[0]); c++) {
        Config *config = config_of(campaigns[c]);
        SimulationRules rules = simulation_rules(10, pretended, config);
        Run whole = run_with(config, &rules);
        CU_ASSERT_EQUAL(whole.lost, 0);
        rules.losses = losses;
        rules.loss_count = sizeof(losses) / sizeof(losses[0]);
        Run hurt = run_with(config, &rules);
        CU_ASSERT_EQUAL(hurt.lost, rules.loss_count);
        CU_ASSERT_EQUAL(hurt.table, whole.table);
        CU_ASSERT_TRUE(hurt.figures.leases > whole.figures.leases);
        CU_ASSERT_TRUE(hurt.figures.seconds > whole.figures.seconds);
        config_destroy(&config);
    }
}

/* --- relays --- */

#define BEHIND_RELAYS 200 /* three whole nodes and 8 ranks of a fourth */

/* On as many ranks as above, with relays and these losses; the table is as without either. */
static Run run_relayed(const char *yaml, uint32_t per_relay, const SimulatedLoss *losses, size_t loss_count) {
    Config *config = config_of(yaml);
    SimulationRules rules = simulation_rules(BEHIND_RELAYS, pretended, config);
    Run direct = run_with(config, &rules);
    CU_ASSERT_EQUAL(direct.figures.channel_received, direct.figures.received);
    CU_ASSERT_EQUAL(direct.figures.channel_sent, direct.figures.sent);
    rules.ranks_per_relay = per_relay;
    rules.losses = losses;
    rules.loss_count = loss_count;
    Run run = run_with(config, &rules);
    CU_ASSERT_EQUAL(run.table, direct.table);
    if (loss_count == 0) CU_ASSERT_TRUE(run.figures.received < direct.figures.received);
    CU_ASSERT_TRUE(run.figures.channel_received < run.figures.received);
    CU_ASSERT_TRUE(run.figures.channel_sent < run.figures.sent);
    config_destroy(&config);
    return run;
}

static void relays_change_no_row(void) {
    static const char *const campaigns[] = {plain, halving, hyperband, median};
    for (size_t c = 0; c < sizeof(campaigns) / sizeof(campaigns[0]); c++) {
        Run whole = run_relayed(campaigns[c], 64, NULL, 0);
        CU_ASSERT_EQUAL(whole.lost, 0);
        CU_ASSERT_EQUAL(whole.figures.epochs, whole.epochs_of_rows); /* none twice */
        Run parts = run_relayed(campaigns[c], 5, NULL, 0);
        CU_ASSERT_EQUAL(parts.lost, 0);
        CU_ASSERT_EQUAL(parts.figures.epochs, parts.epochs_of_rows);
    }
}

/* Their own trials are lost, and of the ranks behind them those whose end was told to nobody. */
static void relays_that_die_change_no_row(void) {
    for (int told = 0; told < 2; told++) {
        const SimulatedLoss losses[] = {{.rank = 64, .time = 1.8, .told = told},
                                        {.rank = 128, .time = 2.1, .told = told},
                                        {.rank = 192, .time = 2.9, .told = told}};
        Run run = run_relayed(plain, 64, losses, 3);
        CU_ASSERT_TRUE(run.lost > 3);
        CU_ASSERT_TRUE(run.lost < 20);
    }
}

static void ranks_behind_a_relay_that_die_change_no_row(void) {
    for (int told = 0; told < 2; told++) {
        const SimulatedLoss losses[] = {{.rank = 70, .time = 1.3, .told = told},
                                        {.rank = 127, .time = 1.4, .told = told}};
        Run run = run_relayed(plain, 64, losses, 2);
        CU_ASSERT_EQUAL(run.lost, 2);
        CU_ASSERT_TRUE(run.figures.leases == run.trials + run.lost);
    }
}

/* Before those behind it have seen that, in the time that it takes them, and long after. */
static void ranks_that_die_beside_their_relay_change_no_row(void) {
    static const SimulatedLoss losses[] = {{.rank = 66, .time = 2.28, .told = true},
                                           {.rank = 64, .time = 2.3, .told = true},
                                           {.rank = 67, .time = 2.32, .told = true},
                                           {.rank = 68, .time = 3.5, .told = true},
                                           {.rank = 69, .time = 3.5}};
    Run run = run_relayed(plain, 64, losses, 5);
    CU_ASSERT_TRUE(run.lost >= 5);
}

static EpochRow never_finite(const void *context, const LeaseMessage *lease, uint32_t epoch) {
    EpochRow row = pretended(context, lease, epoch);
    row.train_loss = NAN;
    return row;
}

static void a_campaign_without_a_network_ends(void) {
    Config *config = config_of(plain);
    SimulationRules rules = simulation_rules(4, never_finite, config);
    SimulatedCampaign *campaign;
    SimulationFigures figures;
    MUST(simulated_campaign_create(&campaign, config, NULL, &rules));
    MUST(simulated_campaign_run(campaign, &figures));
    const Ledger *ledger = simulated_campaign_ledger(campaign);
    CU_ASSERT_EQUAL(ledger->end.outcome, OUTCOME_NONE_FINISHED);
    CU_ASSERT_EQUAL(ledger->finished_count, 300);
    simulated_campaign_destroy(&campaign);
    config_destroy(&config);
}

void suite_simulated_campaign(void) {
    static const TestCase tests[] = {
        {"the table is the same on 1 to 2000 ranks", same_table_on_any_number_of_ranks},
        {"asha ends on 1 to 2000 ranks, and no epoch is trained twice", asha_ends_on_any_number_of_ranks},
        {"the same rules give the same figures", the_same_rules_give_the_same_figures},
        {"a slow coordinator changes no row", a_slow_coordinator_changes_no_row},
        {"lost ranks change no row", lost_ranks_change_no_row},
        {"relays change no row", relays_change_no_row},
        {"relays that die change no row", relays_that_die_change_no_row},
        {"ranks behind a relay that die change no row", ranks_behind_a_relay_that_die_change_no_row},
        {"ranks that die beside their relay change no row", ranks_that_die_beside_their_relay_change_no_row},
        {"a campaign in which all trials diverge ends", a_campaign_without_a_network_ends},
    };
    SUITE("simulated campaigns", tests);
}

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "cli/campaign_file.h"
#include "cli/command.h"
#include "cli/output.h"
#include "report/overview.h"
#include "report/table.h"
#include "report/words.h"

#define DEFAULT_COUNT 10
#define FIXED_COLUMNS 8 /* before the parameters */

enum { OPTION_COUNT, OPTION_JSON, OPTION_UNVERIFIED };
static const OptionSpec options[] = {
    [OPTION_COUNT] = {"count", 'n', "N", "how many (default: 10)"},
    [OPTION_JSON] = {"json", 0, NULL, "as one JSON object, numbers with all their digits"},
    [OPTION_UNVERIFIED] = {"unverified", 0, NULL, "read a file that has changed since winnow wrote it"},
};

/* The ids of the best trials, and the best configurations where they were repeated. */
typedef struct Best {
    uint64_t *ids; /* owned [count] */
    size_t count;
    Ranked configurations; /* its list is owned */
} Best;

/* Is the network of the trial at this place of the list in the file? While a campaign runs its records also
 * name networks that better ones have replaced. */
static bool is_kept(const CampaignFile *c, const Best *best, size_t place) {
    uint32_t pool = c->config->has_ensemble ? c->config->ensemble.pool : 1;
    return place < pool && c->state.ledger->trials[best->ids[place]].kept;
}

/* How often the ensemble counts a trial's own network; 0 where it is no member. */
static uint32_t ensemble_weight(const Ledger *ledger, uint64_t trial) {
    const EnsembleRecord *e = &ledger->ensemble;
    for (uint32_t i = 0; ledger->has_ensemble && i < e->member_count; i++) {
        if (e->members[i] == trial && !ledger_is_snapshot(ledger, trial, e->epochs[i])) return e->counts[i];
    }
    return 0;
}

static bool is_snapshot_of(const Ledger *ledger, uint32_t member, uint64_t trial) {
    const EnsembleRecord *e = &ledger->ensemble;
    return e->members[member] == trial && ledger_is_snapshot(ledger, trial, e->epochs[member]);
}

/* "ensemble x2, at epoch 5 x1", "kept" or "". */
static void network_cell(Table *table, const CampaignFile *c, const Best *best, size_t place) {
    const Ledger *ledger = c->state.ledger;
    const EnsembleRecord *e = &ledger->ensemble;
    uint64_t trial = best->ids[place];
    Text members = {0};
    uint32_t weight = ensemble_weight(ledger, trial);
    if (weight > 0) text_add(&members, " x%u", weight);
    for (uint32_t i = 0; ledger->has_ensemble && i < e->member_count; i++) {
        if (is_snapshot_of(ledger, i, trial))
            text_add(&members, "%s at epoch %u x%u", members.length > 0 ? "," : "", e->epochs[i],
                     e->counts[i]);
    }
    if (members.length > 0)
        table_cell(table, "ensemble%s", text_of(&members));
    else
        table_cell(table, "%s", is_kept(c, best, place) ? "kept" : "");
    text_release(&members);
}

static json_t *snapshots_json(const Ledger *ledger, uint64_t trial) {
    json_t *list = json_array();
    const EnsembleRecord *e = &ledger->ensemble;
    for (uint32_t i = 0; ledger->has_ensemble && i < e->member_count; i++) {
        if (is_snapshot_of(ledger, i, trial))
            json_array_append_new(list, json_pack("{s:I, s:I}", "epoch", (json_int_t)e->epochs[i], "count",
                                                  (json_int_t)e->counts[i]));
    }
    return list;
}

static void print_header(Table *table, const Space *space) {
    const char *names[FIXED_COLUMNS] = {"trial",    "stage",      "status", "val_accuracy",
                                        "val_loss", "best epoch", "epochs", "network"};
    for (size_t i = 0; i < FIXED_COLUMNS; i++)
        table_cell(table, "%s", names[i]);
    for (size_t p = 0; p < space->count; p++) {
        if (space->parameters[p].distribution != DIST_CONSTANT)
            table_cell(table, "%s", space->parameters[p].name);
    }
    table_right(table, 0);
    for (size_t i = 3; i <= 6; i++)
        table_right(table, i);
}

static void print_trial(Table *table, const CampaignFile *c, const Best *best, size_t place) {
    uint64_t id = best->ids[place];
    const LedgerTrial *trial = &c->state.ledger->trials[id];
    const TrainOutcome *outcome = &trial->record.outcome;
    char text[SHORT_TEXT_SIZE];
    table_cell(table, "%llu", (unsigned long long)id);
    table_cell(table, "%s", c->config->stages[trial->record.stage].name);
    table_cell(table, "%s", trial_status_name(outcome->status));
    metric_short_text(METRIC_VAL_ACCURACY, outcome->val_accuracy, text);
    table_cell(table, "%s", text);
    metric_short_text(METRIC_VAL_LOSS, outcome->val_loss, text);
    table_cell(table, "%s", text);
    table_cell(table, "%u", outcome->best_epoch);
    table_cell(table, "%u", outcome->epochs);
    network_cell(table, c, best, place);
    for (size_t p = 0; p < c->config->space.count; p++) {
        const Parameter *parameter = &c->config->space.parameters[p];
        if (parameter->distribution == DIST_CONSTANT) continue;
        value_short_text(parameter, draw_value(trial->draw, p), text);
        table_cell(table, "%s", text);
    }
}

static void print_configuration(Table *table, const CampaignFile *c, const Plan *plan,
                                const Configuration *of) {
    MetricKind metric = c->config->metric;
    Configuration before;
    char text[SHORT_TEXT_SIZE];
    table_cell(table, "%llu", (unsigned long long)of->first);
    table_cell(table, "%s", c->config->stages[of->stage].name);
    runs_short_text(of, text);
    table_cell(table, "%s", text);
    spread_short_text(METRIC_VAL_ACCURACY, of->val_accuracy, "+-", text);
    table_cell(table, "%s", text);
    spread_short_text(METRIC_VAL_LOSS, of->val_loss, "+-", text);
    table_cell(table, "%s", text);
    if (!configuration_repeated(c->config, c->state.ledger, plan, of, &before)) {
        table_cell(table, "%s", "");
        return;
    }
    spread_short_text(metric, configuration_spread(&before, metric), "+-", text);
    table_cell(table, "trial %llu, which first scored %s", (unsigned long long)before.first, text);
}

/* What single trials cannot tell: which values are good whatever the initial weights and the order of data.
 */
static Status print_configurations(const CampaignFile *c, const Best *best) {
    static const char *const names[] = {"from trial",   "stage",    "completed",
                                        "val_accuracy", "val_loss", "repeats"};
    size_t columns = sizeof(names) / sizeof(names[0]);
    if (best->configurations.count == 0) return STATUS_OK;
    Plan plan = plan_of(c->config);
    Table *table;
    TRY(table_create(&table, columns));
    table_right(table, 0);
    table_right(table, 3);
    table_right(table, 4);
    for (size_t i = 0; i < columns; i++)
        table_cell(table, "%s", names[i]);
    for (size_t i = 0; i < best->configurations.count; i++)
        print_configuration(table, c, &plan, &best->configurations.list[i]);
    printf("configurations, by the mean of their runs (+- one deviation)\n");
    Status status = table_print(table, stdout, 0);
    table_destroy(&table);
    putchar('\n');
    return status;
}

static Status print_table(const CampaignFile *c, const Overview *o, const Best *best) {
    const Space *space = &c->config->space;
    size_t columns = FIXED_COLUMNS;
    for (size_t p = 0; p < space->count; p++)
        columns += space->parameters[p].distribution != DIST_CONSTANT;
    char counts[128];
    overview_counts(o, counts, sizeof(counts));
    if (best->count > 0) {
        Table *table;
        TRY(table_create(&table, columns));
        print_header(table, space);
        for (size_t i = 0; i < best->count; i++)
            print_trial(table, c, best, i);
        Status status = table_print(table, stdout, 0);
        table_destroy(&table);
        TRY(status);
        putchar('\n');
    }
    TRY(print_configurations(c, best));
    printf("%s: %zu best by %s; of %llu planned trials: %s\n", c->config->name, best->count,
           metric_name(c->config->metric), (unsigned long long)o->planned, counts);
    return STATUS_OK;
}

static Status print_json(const CampaignFile *c, const Overview *o, const Best *best) {
    json_t *trials = json_array();
    for (size_t i = 0; i < best->count; i++) {
        const LedgerTrial *trial = &c->state.ledger->trials[best->ids[i]];
        json_t *row = output_trial(c->config, trial);
        json_object_set_new(row, "kept", json_boolean(is_kept(c, best, i)));
        json_object_set_new(row, "ensemble_count",
                            json_integer(ensemble_weight(c->state.ledger, best->ids[i])));
        json_object_set_new(row, "ensemble_snapshots", snapshots_json(c->state.ledger, best->ids[i]));
        json_array_append_new(trials, row);
    }
    json_t *configurations = json_array();
    for (size_t i = 0; i < best->configurations.count; i++)
        json_array_append_new(configurations, output_configuration(c->config, &best->configurations.list[i]));
    return output_json(json_pack("{s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:o}", "name", c->config->name,
                                 "metric", metric_name(c->config->metric), "complete", c->state.complete,
                                 "warnings", campaign_file_warnings(c), "damage", campaign_file_damage(c),
                                 "counts", output_counts(o), "trials", trials, "configurations",
                                 configurations));
}

static Status top(const CampaignFile *c, size_t limit, bool json) {
    Overview overview;
    TRY(overview_of(c->state.ledger, c->config, &overview));
    Best best = {0};
    Plan plan = plan_of(c->config);
    TRY(configurations_final(c->config, c->state.ledger, &plan, &best.configurations));
    if (best.configurations.count > limit) best.configurations.count = limit;
    Status status = ledger_best(c->state.ledger, c->config->metric, limit, &best.ids, &best.count);
    if (status == STATUS_OK)
        status = json ? print_json(c, &overview, &best) : print_table(c, &overview, &best);
    free(best.configurations.list);
    free(best.ids);
    return status;
}

static Status run(const Arguments *arguments) {
    uint64_t limit = DEFAULT_COUNT;
    if (arguments->option[OPTION_COUNT] != NULL)
        TRY(option_number(arguments->option[OPTION_COUNT], "-n", 1, LEDGER_MAX_TRIALS, &limit));
    CampaignFile campaign;
    TRY(campaign_file_open(&campaign, arguments->operand, arguments->option[OPTION_UNVERIFIED] != NULL));
    Status status = top(&campaign, limit, arguments->option[OPTION_JSON] != NULL);
    campaign_file_close(&campaign);
    return status;
}

const Command command_top = {
    .name = "top",
    .operand = "FILE.h5",
    .summary = "the best trials with their values, also while the campaign runs",
    .details =
        "Best first by the campaign's metric. The column `network` tells which networks are in the "
        "file, and\n"
        "how often the ensemble counts them and their snapshots. Constant parameters are left out of the\n"
        "table.\n"
        "Where configurations were repeated, those of the last such stage follow, by the mean of their "
        "runs;\n"
        "after a confirm stage beside what they first scored.\n"
        "Of a damaged journal all is shown that can be read, with warnings that tell the rest.\n",
    .example = "winnow top results/fashion-mlp.h5 -n 20",
    .exit_codes = "  0   printed\n"
                  "  1   FILE.h5 is missing, or neither it nor its journal can be read\n"
                  "  2   wrong usage\n",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .run = run,
};

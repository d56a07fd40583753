#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "cli/campaign_data.h"
#include "cli/command.h"
#include "cli/ensemble_test.h"
#include "cli/output.h"
#include "cli/voters.h"
#include "rank/candidates.h"
#include "report/table.h"
#include "report/words.h"

#define SIZES_MAX 32
#define CHOICES_MAX (SIZES_MAX * ENSEMBLE_METHOD_COUNT)

enum { OPTION_SIZE, OPTION_METHOD, OPTION_METRIC, OPTION_BAGS, OPTION_TEST, OPTION_SPACE, OPTION_JSON };
static const OptionSpec options[] = {
    [OPTION_SIZE] = {"size", 's', "K[,K..]", "most members (default: 1, 2, 4 .. up to the pool)"},
    [OPTION_METHOD] =
        {"method", 'm', "NAME",
         "greedy: forward selection with replacement; top: the best, once each (default: both)"},
    [OPTION_METRIC] = {"metric", 0, "NAME",
                       "what greedy improves: val_accuracy or val_loss (default: the campaign's)"},
    [OPTION_BAGS] = {"bags", 0, "N",
                     "random parts of the pool that greedy is repeated on; 1: the whole pool "
                     "(default: the campaign's)"},
    [OPTION_TEST] =
        {"test", 0, NULL,
         "judge the one that --size and --method name on the test set, and write that down in FILE.h5"},
    [OPTION_SPACE] = SPACE_OPTION,
    [OPTION_JSON] = {"json", 0, NULL, "as one JSON object, with all members"},
};

/* One ensemble beside the others. */
typedef struct Choice {
    EnsembleRules rules;
    Selection selection; /* owned */
    double val_accuracy, val_loss;
} Choice;

typedef struct Comparison {
    const Ledger *ledger;
    ChoicePart part;   /* what they are chosen on */
    bool on_selection; /* that is not the validation part */
    Candidates pool;
    size_t count;
    Choice choices[CHOICES_MAX];
    bool tested; /* the one choice was judged on the test set: */
    EnsembleTest test;
} Comparison;

static Status read_sizes(const char *text, size_t pool, uint32_t sizes[SIZES_MAX], size_t *count) {
    if (text != NULL) return option_list(text, "--size", 1000000, SIZES_MAX, sizes, count);
    *count = 0;
    for (uint64_t size = 1; size < pool; size *= 2)
        sizes[(*count)++] = (uint32_t)size;
    sizes[(*count)++] = (uint32_t)pool;
    return STATUS_OK;
}

static Status read_method(const char *text, EnsembleMethod *first, EnsembleMethod *last) {
    *first = ENSEMBLE_GREEDY;
    *last = ENSEMBLE_TOP;
    for (EnsembleMethod m = ENSEMBLE_GREEDY; text != NULL && m < ENSEMBLE_METHOD_COUNT; m++) {
        if (strcmp(text, ensemble_method_name(m)) != 0) continue;
        *first = *last = m;
        return STATUS_OK;
    }
    return text == NULL ? STATUS_OK
                        : status_fail(STATUS_INPUT, "--method \"%s\" must be greedy or top", text);
}

static Status read_metric(const char *text, MetricKind *metric) {
    if (text == NULL) return STATUS_OK;
    for (MetricKind m = METRIC_VAL_ACCURACY; m <= METRIC_VAL_LOSS; m++) {
        if (strcmp(text, metric_name(m)) != 0) continue;
        *metric = m;
        return STATUS_OK;
    }
    return status_fail(STATUS_INPUT, "--metric \"%s\" must be val_accuracy or val_loss", text);
}

static Status choose(Comparison *c, EnsembleRules rules) {
    Choice *choice = &c->choices[c->count++];
    const DataRecord *data = &c->ledger->data;
    Selection *s = &choice->selection;
    if (rules.sorted > rules.size) rules.sorted = rules.size;
    choice->rules = rules;
    TRY(ensemble_select(&rules, c->pool.candidates, c->pool.count, c->part.labels, c->part.count,
                        data->classes, s));
    choice->val_accuracy = s->accuracy;
    choice->val_loss = s->loss;
    if (!c->on_selection) return STATUS_OK;
    return candidates_validate(&c->pool, data, s, &choice->val_accuracy, &choice->val_loss);
}

static Status choose_all(Comparison *c, const Arguments *arguments, EnsembleRules rules) {
    uint32_t sizes[SIZES_MAX];
    size_t count;
    uint64_t bags = rules.bags;
    EnsembleMethod first, last;
    TRY(read_sizes(arguments->option[OPTION_SIZE], c->pool.count, sizes, &count));
    TRY(read_method(arguments->option[OPTION_METHOD], &first, &last));
    TRY(read_metric(arguments->option[OPTION_METRIC], &rules.metric));
    if (arguments->option[OPTION_BAGS] != NULL)
        TRY(option_number(arguments->option[OPTION_BAGS], "--bags", 1, 1000, &bags));
    rules.bags = (uint32_t)bags;
    for (rules.method = first; rules.method <= last; rules.method++) {
        for (size_t i = 0; i < count; i++) {
            rules.size = sizes[i];
            bool too_many = rules.method == ENSEMBLE_TOP && rules.size > c->pool.count;
            if (too_many && first == last)
                return status_fail(STATUS_INPUT, "--size %u: only the best %zu networks are stored",
                                   rules.size, c->pool.count);
            if (too_many) continue;
            TRY(choose(c, rules));
        }
    }
    return STATUS_OK;
}

/* --- what is shown --- */

static Voters members_chosen(const Selection *s) {
    return (Voters){.count = s->member_count, .trials = s->members, .epochs = s->epochs, .counts = s->counts};
}

static void members_cell(Table *table, const Ledger *ledger, Voters members) {
    Text text = {0};
    for (size_t i = 0; i < members.count; i++) {
        char name[SHORT_TEXT_SIZE];
        network_short_text(ledger, members.trials[i], members.epochs[i], name);
        text_add(&text, "%s%s x%u", i > 0 ? ", " : "", name, members.counts[i]);
    }
    table_cell(table, "%s", text_of(&text));
    text_release(&text);
}

static void figure_cells(Table *table, double accuracy, double loss) {
    char text[SHORT_TEXT_SIZE];
    metric_short_text(METRIC_VAL_ACCURACY, accuracy, text);
    table_cell(table, "%s", text);
    metric_short_text(METRIC_VAL_LOSS, loss, text);
    table_cell(table, "%s", text);
}

/* The figures that chose come first. */
static void table_head(Table *table, bool on_selection) {
    static const char *const names[] = {"ensemble",
                                        "members",
                                        "selection_accuracy",
                                        "selection_loss",
                                        "val_accuracy",
                                        "val_loss",
                                        "trials, and how often each counts"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (on_selection || (i != 2 && i != 3)) table_cell(table, "%s", names[i]);
    }
    for (size_t i = 1; i <= (on_selection ? 5 : 3); i++)
        table_right(table, i);
}

static void stored_row(Table *table, const Ledger *ledger) {
    const EnsembleRecord *e = &ledger->ensemble;
    table_cell(table, "the stored one");
    table_cell(table, "%u", e->member_count);
    if (e->on_selection) figure_cells(table, e->selection_accuracy, e->selection_loss);
    figure_cells(table, e->val_accuracy, e->val_loss);
    members_cell(table, ledger, voters_of(e));
}

static void choice_row(Table *table, const Comparison *c, const Choice *choice) {
    const Selection *s = &choice->selection;
    table_cell(table, "%s, size %u", ensemble_method_name(choice->rules.method), choice->rules.size);
    table_cell(table, "%zu", s->member_count);
    if (c->on_selection) figure_cells(table, s->accuracy, s->loss);
    figure_cells(table, choice->val_accuracy, choice->val_loss);
    members_cell(table, c->ledger, members_chosen(s));
}

/* Figures that chose are no judges: how often they were asked belongs beside them. */
static void print_test(const EnsembleTest *test) {
    char accuracy[SHORT_TEXT_SIZE], loss[SHORT_TEXT_SIZE];
    metric_short_text(METRIC_VAL_ACCURACY, test->accuracy, accuracy);
    metric_short_text(METRIC_VAL_LOSS, test->loss, loss);
    printf(
        "on the test set: accuracy %s, loss %s; evaluation %llu of it, all in /ensemble/test_evaluations\n",
        accuracy, loss, (unsigned long long)test->evaluations);
}

static Status print_table(const Comparison *c) {
    Table *table;
    TRY(table_create(&table, c->on_selection ? 7 : 5));
    table_head(table, c->on_selection);
    if (c->ledger->has_ensemble) stored_row(table, c->ledger);
    for (size_t i = 0; i < c->count; i++)
        choice_row(table, c, &c->choices[i]);
    Status status = table_print(table, stdout, 0);
    table_destroy(&table);
    printf("\nchosen from %zu stored networks, judged on the %llu examples of the %s part%s\n", c->pool.count,
           (unsigned long long)c->part.count, c->part.name,
           c->on_selection ? ", which the search never saw" : "");
    if (c->tested) print_test(&c->test);
    return status;
}

static json_t *members_json(Voters members) {
    json_t *list = json_array();
    for (size_t i = 0; i < members.count; i++)
        json_array_append_new(list, json_pack("{s:I, s:I, s:I}", "trial", (json_int_t)members.trials[i],
                                              "epoch", (json_int_t)members.epochs[i], "count",
                                              (json_int_t)members.counts[i]));
    return list;
}

static void add_selection(json_t *ensemble, double accuracy, double loss) {
    json_object_set_new(ensemble, "selection_accuracy", json_real(accuracy));
    json_object_set_new(ensemble, "selection_loss", json_real(loss));
}

static Status print_json(const Comparison *c) {
    json_t *ensembles = json_array();
    for (size_t i = 0; i < c->count; i++) {
        const EnsembleRules *rules = &c->choices[i].rules;
        const Selection *s = &c->choices[i].selection;
        json_t *ensemble =
            json_pack("{s:s, s:I, s:s, s:I, s:f, s:f, s:o}", "method", ensemble_method_name(rules->method),
                      "size", (json_int_t)rules->size, "metric", metric_name(rules->metric), "bags",
                      (json_int_t)rules->bags, "val_accuracy", c->choices[i].val_accuracy, "val_loss",
                      c->choices[i].val_loss, "members", members_json(members_chosen(s)));
        if (c->on_selection) add_selection(ensemble, s->accuracy, s->loss);
        json_array_append_new(ensembles, ensemble);
    }
    const EnsembleRecord *stored = &c->ledger->ensemble;
    json_t *old = c->ledger->has_ensemble
                      ? json_pack("{s:f, s:f, s:o}", "val_accuracy", stored->val_accuracy, "val_loss",
                                  stored->val_loss, "members", members_json(voters_of(stored)))
                      : json_null();
    if (stored->on_selection) add_selection(old, stored->selection_accuracy, stored->selection_loss);
    json_t *test = c->tested ? json_pack("{s:f, s:f, s:I}", "accuracy", c->test.accuracy, "loss",
                                         c->test.loss, "evaluations", (json_int_t)c->test.evaluations)
                             : json_null();
    return output_json(json_pack("{s:I, s:s, s:I, s:o, s:o, s:o}", "pool", (json_int_t)c->pool.count,
                                 "chosen_on", c->part.name, "examples", (json_int_t)c->part.count, "stored",
                                 old, "ensembles", ensembles, "test", test));
}

static Status test_choice(Comparison *c, CampaignFile *campaign, const Arguments *arguments) {
    if (c->count != 1)
        return status_fail(STATUS_INPUT, "--test judges one ensemble: name one --size and one --method");
    TRY(ensemble_test(campaign, arguments->operand, arguments->option[OPTION_SPACE], &c->pool,
                      &c->choices[0].selection, &c->test));
    c->tested = true;
    return STATUS_OK;
}

static Status compare(Comparison *c, CampaignFile *campaign, const Arguments *arguments) {
    if (!c->ledger->has_data) return status_fail(STATUS_ENVIRONMENT, "the file says nothing of its data");
    c->part = data_choice_part(&c->ledger->data);
    c->on_selection = c->ledger->data.selection_count > 0;
    TRY(candidates_load(&c->pool, arguments->operand, c->ledger, campaign->config));
    if (c->pool.count == 0)
        return status_fail(STATUS_INPUT, "%s has no networks yet: no trial has completed",
                           arguments->operand);
    TRY(choose_all(c, arguments, campaign->config->ensemble));
    if (arguments->option[OPTION_TEST] != NULL) TRY(test_choice(c, campaign, arguments));
    return arguments->option[OPTION_JSON] != NULL ? print_json(c) : print_table(c);
}

static Status run(const Arguments *arguments) {
    CampaignFile campaign;
    Comparison *comparison = NULL;
    TRY(campaign_file_open(&campaign, arguments->operand, false));
    Status status = memory_new(&comparison, 1, sizeof(*comparison));
    if (status == STATUS_OK) {
        comparison->ledger = campaign.state.ledger;
        status = compare(comparison, &campaign, arguments);
        for (size_t i = 0; i < comparison->count; i++)
            selection_release(&comparison->choices[i].selection);
        candidates_release(&comparison->pool);
    }
    free(comparison);
    campaign_file_close(&campaign);
    return status;
}

const Command command_ensemble = {
    .name = "ensemble",
    .operand = "FILE.h5",
    .summary = "other ensembles of the stored networks, side by side, without training",
    .details =
        "From the networks' stored probabilities on the validation part (where `data` has a selection part,\n"
        "on that), in seconds. The file stays as it is;\n"
        "to have another ensemble stored, change `ensemble` in the configuration and say winnow run again:\n"
        "it trains nothing. With --test one ensemble of a complete campaign is judged on the test set, and\n"
        "the file is written again with a row more in /ensemble/test_evaluations: whoever chooses by test\n"
        "figures has no test left, so every look is on record.\n",
    .example = "winnow ensemble results/fashion-mlp.h5 --size 4,8,16 --method greedy",
    .exit_codes =
        "  0   printed\n"
        "  1   FILE.h5 is missing or cannot be read; with --test, or cannot be written, or is in use\n"
        "  2   wrong usage, or no trial has completed; with --test, or the campaign is not complete, or\n"
        "      its data are missing or have changed\n",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .run = run,
};

#include "report/summary.h"

#include <math.h>
#include <stdlib.h>

#include "base/text.h"
#include "campaign/configurations.h"
#include "report/estimate.h"
#include "report/overview.h"
#include "report/table.h"
#include "report/words.h"
#include "search/zoom.h"

#define LABEL "  %-10s  "
#define INDENT 14 /* columns under the text after a label */

/* Of one epoch on one core, by the preflight's speed in the middle of the ranges; judging an example takes a
 * third of what training on it does. 0 where it is not known. */
static double expected_epoch(const Ledger *ledger) {
    double speed = ledger->has_preflight ? ledger->preflight.samples_per_second : 0;
    if (!ledger->has_data || !(speed > 0)) return 0;
    return ((double)ledger->data.train_count + (double)ledger->data.validation_count / 3) / speed;
}

/* What it took, beside what the preflight let expect. The time on the clock is known of a run that was begun
 * once. */
static void print_cost(FILE *out, const Overview *o, const Ledger *ledger, const Config *config) {
    double epoch = expected_epoch(ledger);
    fprintf(out, LABEL "%s of one core, all trials together", "training", text_duration(o->seconds));
    if (epoch > 0)
        fprintf(out, "; expected by the preflight: %s", text_duration(epoch * (double)o->epochs_done));
    fputc('\n', out);
    if (!ledger->ended || ledger->end.outcome != OUTCOME_FINISHED || ledger->start_count != 1) return;
    const StartRecord *start = &ledger->starts[0];
    fprintf(out, LABEL "%s on %s", "wall time", text_duration(ledger->end.time - start->time),
            text_count(start->ranks, "rank", "ranks"));
    if (epoch > 0) {
        Plan plan = plan_of(config);
        Span wall = estimate_of(&plan, &epoch, 1, start->ranks).wall;
        fprintf(out, "; expected: %s (%s to %s)", text_duration(wall.middle), text_duration(wall.low),
                text_duration(wall.high));
    }
    fputc('\n', out);
}

static Status print_values(FILE *out, const PackedDraw *draw, const Config *config) {
    Table *table;
    TRY(table_create(&table, 2));
    for (size_t p = 0; p < config->space.count; p++) {
        const DrawnValue value = draw_value(draw, p);
        if (!value.present) continue;
        char text[SHORT_TEXT_SIZE];
        value_short_text(&config->space.parameters[p], value, text);
        table_cell(table, "%s", config->space.parameters[p].name);
        table_cell(table, "%s", text);
    }
    Status status = table_print(table, out, INDENT);
    table_destroy(&table);
    return status;
}

/* Where configurations were repeated, single trials may have been lucky: the best mean has won, beside what
 * it first scored. */
static Status print_winner(FILE *out, const Configuration *winner, const Ledger *ledger,
                           const Config *config) {
    Plan plan = plan_of(config);
    Configuration before;
    char accuracy[SHORT_TEXT_SIZE], loss[SHORT_TEXT_SIZE], runs[SHORT_TEXT_SIZE];
    spread_short_text(METRIC_VAL_ACCURACY, winner->val_accuracy, "+-", accuracy);
    spread_short_text(METRIC_VAL_LOSS, winner->val_loss, "+-", loss);
    runs_short_text(winner, runs);
    fprintf(out, LABEL "configuration of trial %llu, in stage %s: val_accuracy %s, val_loss %s, %s of %s\n",
            "winner", (unsigned long long)winner->first, config->stages[winner->stage].name, accuracy, loss,
            winner->completed > 1 ? "mean +- deviation" : "the figures", runs);
    if (configuration_repeated(config, ledger, &plan, winner, &before)) {
        spread_short_text(config->metric, configuration_spread(&before, config->metric), "+-", accuracy);
        fprintf(out, LABEL "it repeats that of trial %llu, in stage %s, which first scored %s\n", "",
                (unsigned long long)before.first, config->stages[before.stage].name, accuracy);
    }
    return print_values(out, winner->draw, config);
}

static Status print_best(FILE *out, const Overview *o, const Ledger *ledger, const Config *config) {
    Plan plan = plan_of(config);
    Ranked final;
    TRY(configurations_final(config, ledger, &plan, &final));
    bool repeated = final.count > 0;
    Status status = repeated ? print_winner(out, &final.list[0], ledger, config) : STATUS_OK;
    free(final.list);
    TRY(status);
    const LedgerRow *record = &o->best->record;
    const TrainOutcome *outcome = &record->outcome;
    char accuracy[SHORT_TEXT_SIZE], loss[SHORT_TEXT_SIZE];
    metric_short_text(METRIC_VAL_ACCURACY, outcome->val_accuracy, accuracy);
    metric_short_text(METRIC_VAL_LOSS, outcome->val_loss, loss);
    fprintf(out, LABEL "trial %llu, in stage %s: val_accuracy %s, val_loss %s, after epoch %u of %u\n",
            repeated ? "best trial" : "best", (unsigned long long)record->trial,
            config->stages[record->stage].name, accuracy, loss, outcome->best_epoch, outcome->epochs);
    return repeated ? STATUS_OK : print_values(out, o->best->draw, config);
}

static Status print_ranges(FILE *out, const StageRecord *stage, const Config *config) {
    fprintf(out, "\n" LABEL "from stage %s to stage %s, by the best %s\n", "ranges",
            config->stages[stage->stage - 1].name, config->stages[stage->stage].name,
            stage_repeats(&config->stages[stage->stage - 1])
                ? text_count(stage->elite_count, "configuration", "configurations")
                : text_count(stage->elite_count, "trial", "trials"));
    Table *table;
    TRY(table_create(&table, 5));
    for (size_t p = 0; p < config->space.count; p++) {
        const Parameter *parameter = &config->space.parameters[p];
        if (parameter->distribution == DIST_CONSTANT) continue;
        char before[SHORT_TEXT_SIZE], after[SHORT_TEXT_SIZE];
        range_short_text(parameter, &stage->before.range[p], before);
        range_short_text(parameter, &stage->after.range[p], after);
        table_cell(table, "%s", parameter->name);
        table_cell(table, "%s", before);
        table_cell(table, "->");
        table_cell(table, "%s", after);
        table_cell(table, "%s", zoom_reason_text((ZoomReason)stage->reason[p]));
    }
    Status status = table_print(table, out, INDENT);
    table_destroy(&table);
    return status;
}

static void comparison_row(Table *table, const char *name, MetricKind kind, double ensemble, double single) {
    char text[SHORT_TEXT_SIZE];
    table_cell(table, "%s", name);
    metric_short_text(kind, ensemble, text);
    table_cell(table, "%s", text);
    metric_short_text(kind, single, text);
    table_cell(table, "%s", text);
}

/* One member is no ensemble, but what was chosen; the test figures stand either way. */
static Status print_ensemble(FILE *out, const Ledger *ledger) {
    const EnsembleRecord *e = &ledger->ensemble;
    fprintf(out, "\n" LABEL "%s, each with its weight:", "ensemble",
            text_count(e->member_count, "network", "networks"));
    for (uint32_t i = 0; i < e->member_count; i++) {
        char name[SHORT_TEXT_SIZE];
        network_short_text(ledger, e->members[i], e->epochs[i], name);
        fprintf(out, "%s %s x%u", i > 0 ? "," : " trial", name, e->counts[i]);
    }
    fputc('\n', out);
    Table *table;
    TRY(table_create(&table, 3));
    table_right(table, 1);
    table_right(table, 2);
    table_cell(table, "%s", "");
    table_cell(table, "ensemble");
    table_cell(table, "best single network (trial %llu)", (unsigned long long)e->single);
    if (e->on_selection) {
        comparison_row(table, "selection_accuracy", METRIC_VAL_ACCURACY, e->selection_accuracy,
                       e->single_selection_accuracy);
        comparison_row(table, "selection_loss", METRIC_VAL_LOSS, e->selection_loss, e->single_selection_loss);
    }
    comparison_row(table, "val_accuracy", METRIC_VAL_ACCURACY, e->val_accuracy, e->single_val_accuracy);
    comparison_row(table, "val_loss", METRIC_VAL_LOSS, e->val_loss, e->single_val_loss);
    if (e->has_test) {
        comparison_row(table, "test_accuracy", METRIC_VAL_ACCURACY, e->test_accuracy,
                       e->single_test_accuracy);
        comparison_row(table, "test_loss", METRIC_VAL_LOSS, e->test_loss, e->single_test_loss);
    }
    Status status = table_print(table, out, INDENT);
    table_destroy(&table);
    return status;
}

static void print_luck(FILE *out, MetricKind metric, const char *label, const char *of,
                       const Optimism *optimism) {
    char seen[SHORT_TEXT_SIZE], unseen[SHORT_TEXT_SIZE], words[OPTIMISM_TEXT_SIZE];
    metric_short_text(metric, optimism->seen, seen);
    metric_short_text(metric, optimism->unseen, unseen);
    optimism_text(metric, optimism, "+-", words);
    fprintf(out, LABEL "%s: validation %s, never-seen part %s: %s\n", label, of, seen, unseen, words);
}

/* The search's own best on examples that it never saw. */
static void print_optimism(FILE *out, const EnsembleRecord *e, MetricKind metric) {
    char of[64];
    if (!e->on_selection) return;
    fputc('\n', out);
    snprintf(of, sizeof(of), "%s of trial %llu", metric_name(metric), (unsigned long long)e->single);
    print_luck(out, metric, "luck", of, &e->single_optimism);
    if (e->pool_optimism.networks <= 1) return;
    snprintf(of, sizeof(of), "mean of the %u networks kept", e->pool_optimism.networks);
    print_luck(out, metric, "", of, &e->pool_optimism);
}

/* What helps when nothing trained to its end. */
static void print_advice(FILE *out, const Overview *o, const Config *config) {
    size_t rate = space_find(&config->space, "learning_rate");
    char range[SHORT_TEXT_SIZE] = "0.01, its default";
    if (rate < config->space.count) {
        Ranges ranges = space_ranges(&config->space);
        range_short_text(&config->space.parameters[rate], &ranges.range[rate], range);
    }
    fprintf(out, LABEL "no trial came to its end\n", "best");
    if (o->diverged > 0)
        fprintf(out,
                LABEL "lower the upper end of learning_rate (now %s); then momentum, or normalize the data\n",
                "advice", range);
    if (o->failed > 0)
        fprintf(out, LABEL "see the column `reason` in /trials for the failed ones\n", "advice");
}

Status summary_print(FILE *out, const Ledger *ledger, const Config *config, const char *file) {
    Overview o;
    TRY(overview_of(ledger, config, &o));
    char counts[128];
    overview_counts(&o, counts, sizeof(counts));
    bool shard = ledger->ended && ledger->end.outcome == OUTCOME_SHARD;
    fprintf(out, "\n%s%s%s\n\n", config->name, shard ? ": " : " is complete",
            shard ? ledger->end.reason : "");
    fprintf(out, LABEL "%llu: %s\n", "trials", (unsigned long long)o.finished, counts);
    print_cost(out, &o, ledger, config);
    if (!o.has_best) {
        print_advice(out, &o, config);
    } else {
        fputc('\n', out);
        TRY(print_best(out, &o, ledger, config));
    }
    for (size_t s = 1; s < ledger->stage_count; s++) {
        uint32_t stage = ledger->stages[s].stage;
        if (stage > 0 && stage < config->stage_count && config->stages[stage].zooms)
            TRY(print_ranges(out, &ledger->stages[s], config));
    }
    if (ledger->has_ensemble) {
        TRY(print_ensemble(out, ledger));
        print_optimism(out, &ledger->ensemble, config->metric);
    }
    fprintf(out, "\n" LABEL "%s\n", "file", file);
    if (shard)
        fprintf(out, LABEL "winnow merge OUT.h5 %s and the other parts' files\n\n", "next", file);
    else
        fprintf(out, LABEL "winnow top %s\n\n", "next", file);
    return STATUS_OK;
}

#include "cli/bench_search_output.h"

#include <inttypes.h>
#include <math.h>

#include "base/memory.h"
#include "base/order.h"
#include "base/text.h"
#include "cli/output.h"
#include "report/table.h"

#define NORMAL_95 1.959963984540054

/* --- quartiles --- */

/* Of numbers of which some may be infinite: quartiles as type 7 of Hyndman and Fan ("Sample Quantiles in
 * Statistical Packages", 1996) has them. */
typedef struct Quartiles {
    double low, median, high; /* 25, 50, 75 %; NaN of none */
    double median_low,
        median_high;         /* 95 % confidence interval of the median, from order statistics (Hahn
                                and Meeker, "Statistical Intervals", 1991, 5.2), normal approximation */
    double mean, mean_error; /* and half of its 95 % confidence interval, normal approximation */
} Quartiles;

static double quantile(const double *sorted, size_t count, double part) {
    double place = part * (double)(count - 1);
    size_t below = (size_t)place;
    double along = place - (double)below;
    if (along == 0 || sorted[below] == sorted[below + 1]) return sorted[below];
    return sorted[below] + along * (sorted[below + 1] - sorted[below]);
}

/* Sorts the values, which are not NaN. */
static Quartiles quartiles_of(double *values, size_t count) {
    if (count == 0) return (Quartiles){NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    order_sort(values, count);
    double n = (double)count, reach = NORMAL_95 * sqrt(n) / 2;
    double first = fmax(floor(n / 2 - reach), 0), last = fmin(ceil(n / 2 + reach), n - 1);
    Quartiles d = {.low = quantile(values, count, 0.25),
                   .median = quantile(values, count, 0.5),
                   .high = quantile(values, count, 0.75),
                   .median_low = values[(size_t)first],
                   .median_high = values[(size_t)last]};
    double squares = 0;
    for (size_t i = 0; i < count; i++)
        d.mean += values[i] / n;
    for (size_t i = 0; i < count; i++)
        squares += (values[i] - d.mean) * (values[i] - d.mean);
    d.mean_error = count > 1 ? NORMAL_95 * sqrt(squares / (n - 1) / n) : NAN;
    return d;
}

typedef double (*Pick)(const SearchFigures *figures, size_t level);

static double pick_accuracy(const SearchFigures *figures, size_t level) {
    (void)level;
    return figures->accuracy;
}

static double pick_regret(const SearchFigures *figures, size_t level) {
    (void)level;
    return figures->regret;
}

static double pick_epochs(const SearchFigures *figures, size_t level) {
    (void)level;
    return (double)figures->epochs;
}

/* Never: infinitely many. */
static double pick_within(const SearchFigures *figures, size_t level) {
    return figures->within[level] > 0 ? (double)figures->within[level] : INFINITY;
}

/* Campaigns without a figure do not count. */
static Status spread_of(const SearchOptions *options, const SearchFigures *figures, Pick pick, size_t level,
                        Quartiles *spread) {
    double *values;
    size_t count = 0;
    TRY(memory_new(&values, options->campaigns, sizeof(double)));
    for (uint32_t i = 0; i < options->campaigns; i++) {
        double value = pick(&figures[i], level);
        if (!isnan(value)) values[count++] = value;
    }
    *spread = quartiles_of(values, count);
    free(values);
    return STATUS_OK;
}

/* All that is printed. */
typedef struct Spreads {
    Quartiles accuracy, regret, epochs, within[SEARCH_MAX_LEVELS];
    uint32_t reached[SEARCH_MAX_LEVELS]; /* campaigns */
    uint32_t finished;
} Spreads;

static Status spreads_of(const SearchOptions *options, const SearchFigures *figures, Spreads *spreads) {
    *spreads = (Spreads){0};
    TRY(spread_of(options, figures, pick_accuracy, 0, &spreads->accuracy));
    TRY(spread_of(options, figures, pick_regret, 0, &spreads->regret));
    TRY(spread_of(options, figures, pick_epochs, 0, &spreads->epochs));
    for (size_t k = 0; k < options->levels.count; k++) {
        TRY(spread_of(options, figures, pick_within, k, &spreads->within[k]));
        for (uint32_t i = 0; i < options->campaigns; i++)
            spreads->reached[k] += figures[i].within[k] > 0;
    }
    for (uint32_t i = 0; i < options->campaigns; i++)
        spreads->finished += figures[i].finished;
    return STATUS_OK;
}

/* --- JSON --- */

static json_t *quartiles_json(const Quartiles *d) {
    return json_pack("{so, so, so, s[oo], so, so}", "quartile_25", json_number_or_null(d->low), "median",
                     json_number_or_null(d->median), "quartile_75", json_number_or_null(d->high), "median_95",
                     json_number_or_null(d->median_low), json_number_or_null(d->median_high), "mean",
                     json_number_or_null(d->mean), "mean_95", json_number_or_null(d->mean_error));
}

static json_t *within_json(const SearchOptions *options, const Spreads *spreads) {
    json_t *list = json_array();
    for (size_t k = 0; k < options->levels.count; k++)
        json_array_append_new(list, json_pack("{sf, si, so}", "regret", options->levels.within[k], "reached",
                                              (int)spreads->reached[k], "epochs",
                                              quartiles_json(&spreads->within[k])));
    return list;
}

static json_t *run_json(const SearchOptions *options, const SearchFigures *figures, uint32_t number) {
    json_t *within = json_array();
    for (size_t k = 0; k < options->levels.count; k++)
        json_array_append_new(within, json_number_or_null(pick_within(figures, k)));
    json_t *steps = json_array();
    for (size_t i = 0; i < figures->step_count; i++)
        json_array_append_new(steps, json_pack("[I, f, f]", (json_int_t)figures->steps[i].epochs,
                                               figures->steps[i].observed, figures->steps[i].accuracy));
    json_t *best =
        figures->finished ? output_parameters(&options->config->space, &figures->best) : json_null();
    return json_pack("{sI, so, so, sI, so, so, so}", "seed",
                     (json_int_t)options->config->seed + (json_int_t)number, "accuracy",
                     json_number_or_null(figures->accuracy), "regret", json_number_or_null(figures->regret),
                     "epochs", (json_int_t)figures->epochs, "within", within, "best", best, "steps", steps);
}

json_t *search_json(const SearchOptions *options, const SearchFigures *figures) {
    Spreads spreads;
    if (spreads_of(options, figures, &spreads) != STATUS_OK) return NULL;
    json_t *runs = json_array();
    for (uint32_t i = 0; i < options->campaigns; i++)
        json_array_append_new(runs, run_json(options, &figures[i], i));
    return json_pack("{si, si, si, sf, so, so, so, so, so}", "campaigns", (int)options->campaigns, "ranks",
                     (int)options->ranks, "finished", (int)spreads.finished, "noise", options->noise,
                     "accuracy", quartiles_json(&spreads.accuracy), "regret", quartiles_json(&spreads.regret),
                     "epochs", quartiles_json(&spreads.epochs), "within", within_json(options, &spreads),
                     "runs", runs);
}

json_t *search_curve_json(const Surface *surface, const Draw *draw, uint32_t epochs) {
    json_t *accuracy = json_array(), *observed = json_array();
    for (uint32_t e = 1; e <= epochs; e++) {
        json_array_append_new(accuracy, json_number_or_null(surface_accuracy(surface, draw, e)));
        json_array_append_new(observed, json_number_or_null(surface_observed(surface, draw, 0, 0, e)));
    }
    return json_pack("{so, so, so, so}", "parameters", output_parameters(surface->space, draw), "accuracy",
                     accuracy, "observed", observed, "highest",
                     json_number_or_null(surface_highest(surface, epochs)));
}

/* --- for people --- */

static void percent_row(Table *table, const char *name, const Quartiles *d) {
    table_cell(table, "%s", name);
    table_cell(table, "%.3f %%", 100 * d->low);
    table_cell(table, "%.3f %%", 100 * d->median);
    table_cell(table, "%.3f to %.3f %%", 100 * d->median_low, 100 * d->median_high);
    table_cell(table, "%.3f %%", 100 * d->high);
    table_cell(table, "%.3f +- %.3f %%", 100 * d->mean, 100 * d->mean_error);
}

static void epochs_cell(Table *table, double epochs) {
    if (isfinite(epochs))
        table_cell(table, "%.0f", epochs);
    else
        table_cell(table, "never");
}

static Status print_spreads(const Spreads *spreads) {
    static const char *const heads[] = {
        "best trial, without noise", "25 %", "median", "of it 95 %", "75 %", "mean"};
    Table *table;
    TRY(table_create(&table, 6));
    for (size_t i = 0; i < 6; i++) {
        table_cell(table, "%s", heads[i]);
        if (i > 0) table_right(table, i);
    }
    percent_row(table, "accuracy", &spreads->accuracy);
    percent_row(table, "below the highest", &spreads->regret);
    Status status = table_print(table, stdout, 2);
    table_destroy(&table);
    return status;
}

static Status print_within(const SearchOptions *options, const Spreads *spreads) {
    static const char *const heads[] = {"epochs until within", "campaigns", "25 %", "median", "75 %"};
    Table *table;
    TRY(table_create(&table, 5));
    for (size_t i = 0; i < 5; i++) {
        table_cell(table, "%s", heads[i]);
        if (i > 0) table_right(table, i);
    }
    for (size_t k = 0; k < options->levels.count; k++) {
        const Quartiles *d = &spreads->within[k];
        table_cell(table, "%g %%", 100 * options->levels.within[k]);
        table_cell(table, "%.1f %%", 100.0 * spreads->reached[k] / options->campaigns);
        epochs_cell(table, d->low);
        epochs_cell(table, d->median);
        epochs_cell(table, d->high);
    }
    Status status = table_print(table, stdout, 2);
    table_destroy(&table);
    return status;
}

Status search_print(const SearchOptions *options, const SearchFigures *figures) {
    Spreads spreads;
    TRY(spreads_of(options, figures, &spreads));
    printf("%s of %s on %s: a formula in place of training\n",
           text_count(options->campaigns, "campaign", "campaigns"), options->config->name,
           text_count(options->ranks, "rank", "ranks"));
    if (spreads.finished < options->campaigns)
        printf("in %s no trial finished; they count in none of the figures but epochs\n",
               text_count(options->campaigns - spreads.finished, "campaign", "campaigns"));
    printf("%.0f epochs a campaign, %.0f to %.0f in half of them\n\n", spreads.epochs.mean,
           spreads.epochs.low, spreads.epochs.high);
    TRY(print_spreads(&spreads));
    putchar('\n');
    return print_within(options, &spreads);
}

#include "cli/bench_dispatch_simulated.h"

#include <stdio.h>

#include "base/text.h"
#include "cli/output.h"
#include "report/table.h"

static json_t *run_json(const SimulatedDispatchOptions *options, uint32_t ranks,
                        const SimulatedDispatchFigures *f) {
    double trials = (double)options->trials;
    json_t *object = json_object();
    json_object_set_new(object, "ranks", json_integer(ranks));
    json_object_set_new(object, "ranks_per_relay", json_integer(f->ranks_per_relay));
    json_object_set_new(object, "seconds", json_number_or_null(f->seconds));
    json_object_set_new(object, "trials_per_second", json_number_or_null(trials / f->seconds));
    json_object_set_new(object, "utilisation", json_number_or_null(f->utilisation));
    json_object_set_new(object, "utilisation_at_once", json_number_or_null(f->utilisation_at_once));
    json_object_set_new(object, "coordinator_processor_seconds_per_trial",
                        json_number_or_null(f->processor_seconds / trials));
    json_object_set_new(object, "messages_received", json_integer((json_int_t)f->received));
    json_object_set_new(object, "messages_sent", json_integer((json_int_t)f->sent));
    json_object_set_new(object, "channel_received", json_integer((json_int_t)f->channel_received));
    json_object_set_new(object, "channel_sent", json_integer((json_int_t)f->channel_sent));
    json_object_set_new(object, "syncs", json_integer((json_int_t)f->syncs));
    json_object_set_new(object, "sync_seconds", json_number_or_null(f->sync_seconds));
    json_object_set_new(object, "memory_bytes", json_integer((json_int_t)f->memory_bytes));
    json_object_set_new(object, "journal_bytes", json_integer((json_int_t)f->journal_bytes));
    json_object_set_new(object, "results_bytes",
                        options->publish ? json_integer((json_int_t)f->results_bytes) : json_null());
    json_object_set_new(object, "results_seconds", json_number_or_null(f->results_seconds));
    return object;
}

static Status print_json(const SimulatedDispatchOptions *options, const uint32_t *ranks, size_t count,
                         const SimulatedDispatchFigures *figures) {
    json_t *object = json_object(), *runs = json_array();
    json_object_set_new(object, "trials", json_integer((json_int_t)options->trials));
    json_object_set_new(object, "stages", json_integer(options->stages));
    json_object_set_new(object, "trial_seconds", json_number_or_null(options->trial_seconds));
    json_object_set_new(object, "spread", json_number_or_null(options->spread));
    for (size_t i = 0; i < count; i++)
        json_array_append_new(runs, run_json(options, ranks[i], &figures[i]));
    json_object_set_new(object, "simulated", runs);
    return output_json(object);
}

static void row(Table *table, const SimulatedDispatchOptions *options, uint32_t ranks,
                const SimulatedDispatchFigures *f) {
    double trials = (double)options->trials;
    table_cell(table, "%u", ranks);
    table_cell(table, "%u", f->ranks_per_relay);
    table_cell(table, "%.2f %%", 100 * f->utilisation);
    table_cell(table, "%.2f %%", 100 * f->utilisation_at_once);
    table_cell(table, "%.1f", trials / f->seconds);
    table_cell(table, "%.1f us", 1e6 * f->processor_seconds / trials);
    table_cell(table, "%.1f %%", 100 * f->processor_seconds / f->seconds);
    table_cell(table, "%.1f", (double)f->syncs / f->seconds);
    table_cell(table, "%s", text_bytes((double)f->memory_bytes));
    table_cell(table, "%s", text_bytes((double)f->journal_bytes));
    if (!options->publish) return;
    table_cell(table, "%s", text_bytes((double)f->results_bytes));
    table_cell(table, "%s", text_duration(f->results_seconds));
}

static Status print_text(const SimulatedDispatchOptions *options, const uint32_t *ranks, size_t count,
                         const SimulatedDispatchFigures *figures) {
    static const char *const heads[] = {"ranks",    "per relay",   "training", "at once",
                                        "trials/s", "CPU a trial", "CPU",      "syncs/s",
                                        "memory",   "journal",     "file",     "written in"};
    size_t columns = options->publish ? 12 : 10;
    printf("%s of %g s (+-%.0f %%) in %s on simulated ranks; a sync of the journal takes %.2f ms\n\n",
           text_count(options->trials, "trial", "trials"), options->trial_seconds, 100 * options->spread,
           text_count(options->stages, "stage", "stages"), 1e3 * figures[0].sync_seconds);
    Table *table;
    TRY(table_create(&table, columns));
    for (size_t i = 0; i < columns; i++) {
        table_cell(table, "%s", heads[i]);
        table_right(table, i);
    }
    for (size_t i = 0; i < count; i++)
        row(table, options, ranks[i], &figures[i]);
    Status status = table_print(table, stdout, 2);
    table_destroy(&table);
    return status;
}

Status bench_dispatch_simulated(const SimulatedDispatchOptions *options, const uint32_t *ranks, size_t count,
                                bool json) {
    SimulatedDispatchFigures figures[SIMULATED_LIST_MAX] = {{0}};
    for (size_t i = 0; i < count; i++) {
        SimulatedDispatchOptions one = *options;
        one.ranks = ranks[i];
        if (i > 0) one.sync_seconds = figures[0].sync_seconds;
        TRY(simulated_dispatch(&one, &figures[i]));
    }
    return json ? print_json(options, ranks, count, figures) : print_text(options, ranks, count, figures);
}

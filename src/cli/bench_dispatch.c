#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "campaign/channel.h"
#include "cli/bench_dispatch_simulated.h"
#include "cli/command.h"
#include "cli/output.h"
#include "rank/bench_dispatch.h"
#include "report/table.h"

#define MOST_TRIALS 10000000
#define DEFAULT_TRIALS 5000
#define LONGEST_TRIAL 86400 /* seconds */
#define DEFAULT_STAGES 3
#define DEFAULT_SPREAD 0.5

enum {
    OPTION_TRIALS,
    OPTION_SECONDS,
    OPTION_FOLDER,
    OPTION_JSON,
    OPTION_RANKS,
    OPTION_STAGES,
    OPTION_SPREAD,
    OPTION_SYNC,
    OPTION_PUBLISH,
    OPTION_RANKS_PER_RELAY
};
static const OptionSpec options[] = {
    [OPTION_TRIALS] = {"trials", 'n', "N", "trials to hand out (default: 5000)"},
    [OPTION_SECONDS] =
        {"trial-seconds", 0, "S",
         "let each trial wait for about S seconds, without work (default: 0, and 1 with --ranks)"},
    [OPTION_FOLDER] = {"folder", 0, "DIR",
                       "where the journal is written, and removed afterwards (default: results, or here)"},
    [OPTION_JSON] = {"json", 0, NULL, "as one JSON object; all times in seconds"},
    [OPTION_RANKS] = {"ranks", 0, "N[,N..]",
                      "simulate so many ranks on a fake clock, in one process; a line for each number"},
    [OPTION_STAGES] = {"stages", 0, "N", "stages of these simulated campaigns (default: 3)"},
    [OPTION_SPREAD] = {"spread", 0, "P",
                       "their trials take up to this part of S more or less (default: 0.5)"},
    [OPTION_SYNC] = {"sync-seconds", 0, "S",
                     "time of the fake clock that a sync takes (default: what one takes in the folder)"},
    [OPTION_PUBLISH] = {"publish", 0, NULL, "write their results files, too, and tell size and time"},
    [OPTION_RANKS_PER_RELAY] =
        {"ranks-per-relay", 0, "N",
         "of so many of each node's 64 ranks the first one passes on what they and rank 0 say to each other; "
         "0: nobody does (default: as `run`, 64 from 1024 ranks on)"},
};

static double share(const DispatchFigures *f) {
    return (f->append_seconds + f->sync_seconds) / f->seconds;
}

/* --- JSON --- */

static json_t *spread_json(const Spread *spread) {
    json_t *object = json_object();
    json_object_set_new(object, "count", json_integer((json_int_t)spread->count));
    json_object_set_new(object, "median", json_number_or_null(spread->median));
    json_object_set_new(object, "percentile_95", json_number_or_null(spread->high));
    return object;
}

static Status print_json(const DispatchFigures *f) {
    double trials = (double)f->trials;
    json_t *object = json_object();
    json_object_set_new(object, "ranks", json_integer(f->ranks));
    json_object_set_new(object, "trials", json_integer((json_int_t)f->trials));
    json_object_set_new(object, "seconds", json_number_or_null(f->seconds));
    json_object_set_new(object, "trials_per_second", json_number_or_null(trials / f->seconds));
    json_object_set_new(object, "coordinator_processor_seconds_per_trial",
                        json_number_or_null(f->processor_seconds / trials));
    json_object_set_new(object, "journal_bytes_per_trial",
                        json_number_or_null((double)f->journal_bytes / trials));
    json_object_set_new(object, "syncs", json_integer((json_int_t)f->syncs));
    json_object_set_new(object, "append_seconds", json_number_or_null(f->append_seconds));
    json_object_set_new(object, "sync_seconds", json_number_or_null(f->sync_seconds));
    json_object_set_new(object, "durability_share", json_number_or_null(share(f)));
    json_object_set_new(object, "acknowledging", spread_json(&f->acknowledging));
    json_object_set_new(object, "acknowledgement_own", spread_json(&f->own));
    json_object_set_new(object, "acknowledgement_other_ranks", spread_json(&f->others));
    json_object_set_new(object, "bare_append", spread_json(&f->bare));
    json_object_set_new(object, "ratio", json_number_or_null(f->acknowledging.median / f->bare.median));
    json_object_set_new(object, "ratio_own", json_number_or_null(f->own.median / f->bare.median));
    json_object_set_new(object, "ratio_other_ranks", json_number_or_null(f->others.median / f->bare.median));
    return output_json(object);
}

/* --- for people --- */

static Status print_dispatch(const DispatchFigures *f) {
    double trials = (double)f->trials;
    Table *table;
    TRY(table_create(&table, 2));
    table_cell(table, "trials a second");
    table_cell(table, "%.1f", trials / f->seconds);
    table_cell(table, "coordinator, processor time a trial");
    table_cell(table, "%.1f us", 1e6 * f->processor_seconds / trials);
    table_cell(table, "journal, bytes a trial");
    table_cell(table, "%.0f B", (double)f->journal_bytes / trials);
    table_cell(table, "syncs a second");
    table_cell(table, "%.1f", (double)f->syncs / f->seconds);
    table_cell(table, "trials a sync");
    table_cell(table, "%.2f", trials / (double)f->syncs);
    table_cell(table, "appends and syncs, part of the time");
    table_cell(table, "%.3f %%", 100 * share(f));
    Status status = table_print(table, stdout, 2);
    table_destroy(&table);
    return status;
}

static void spread_row(Table *table, const char *name, const Spread *spread, const Spread *bare) {
    if (spread->count == 0) return;
    table_cell(table, "%s", name);
    table_cell(table, "%zu", spread->count);
    table_cell(table, "%.3f ms", 1e3 * spread->median);
    table_cell(table, "%.3f ms", 1e3 * spread->high);
    table_cell(table, "%.2f", spread->median / bare->median);
}

static Status print_acknowledgements(const DispatchFigures *f) {
    static const char *const heads[] = {"acknowledgement of a result", "trials", "median", "95 %", "ratio"};
    Table *table;
    TRY(table_create(&table, 5));
    for (size_t i = 0; i < 5; i++) {
        table_cell(table, "%s", heads[i]);
        if (i > 0) table_right(table, i);
    }
    spread_row(table, "taken in to safe on disk and told, on rank 0", &f->acknowledging, &f->bare);
    spread_row(table, "handed in to heard of, by rank 0's worker", &f->own, &f->bare);
    spread_row(table, "handed in to heard of, by other ranks", &f->others, &f->bare);
    spread_row(table, "a bare append and sync of as many bytes", &f->bare, &f->bare);
    Status status = table_print(table, stdout, 2);
    table_destroy(&table);
    return status;
}

static Status print_text(const DispatchFigures *f) {
    printf("%s on %s, made up: no network is trained, kept or published\n\n",
           text_count(f->trials, "trial", "trials"), text_count(f->ranks, "rank", "ranks"));
    TRY(print_dispatch(f));
    putchar('\n');
    return print_acknowledgements(f);
}

/* What only simulated ranks have. */
static Status refuse_without_ranks(const Arguments *arguments) {
    static const int needing[] = {OPTION_STAGES, OPTION_SPREAD, OPTION_SYNC, OPTION_PUBLISH,
                                  OPTION_RANKS_PER_RELAY};
    for (size_t i = 0; i < sizeof(needing) / sizeof(needing[0]); i++) {
        if (arguments->option[needing[i]] != NULL)
            return status_fail(STATUS_INPUT, "--%s is for simulated ranks: give their number with --ranks",
                               options[needing[i]].name);
    }
    return STATUS_OK;
}

static Status run_simulated(const Arguments *arguments, const DispatchOptions *dispatch) {
    const char *const *given = arguments->option;
    uint32_t ranks[SIMULATED_LIST_MAX];
    size_t count;
    uint64_t stages = DEFAULT_STAGES;
    SimulatedDispatchOptions simulated = {.trials = dispatch->trials,
                                          .trial_seconds = dispatch->trial_seconds,
                                          .spread = DEFAULT_SPREAD,
                                          .sync_seconds = NAN,
                                          .publish = given[OPTION_PUBLISH] != NULL,
                                          .folder = dispatch->folder};
    if (channel_mpi_launched())
        return status_fail(STATUS_INPUT, "--ranks simulates ranks in one process: run it without a launcher");
    TRY(option_list(given[OPTION_RANKS], "--ranks", SIMULATED_MAX_RANKS, SIMULATED_LIST_MAX, ranks, &count));
    if (given[OPTION_SECONDS] == NULL) simulated.trial_seconds = 1;
    if (!(simulated.trial_seconds > 0))
        return status_fail(STATUS_INPUT, "--trial-seconds must be above 0 with --ranks");
    if (given[OPTION_STAGES] != NULL)
        TRY(option_number(given[OPTION_STAGES], "--stages", 1, SIMULATED_MAX_STAGES, &stages));
    if (given[OPTION_SPREAD] != NULL)
        TRY(option_seconds(given[OPTION_SPREAD], "--spread", 0, 1, &simulated.spread));
    if (given[OPTION_SYNC] != NULL)
        TRY(option_seconds(given[OPTION_SYNC], "--sync-seconds", 0, LONGEST_TRIAL, &simulated.sync_seconds));
    TRY(option_ranks_per_relay(given[OPTION_RANKS_PER_RELAY], &simulated.ranks_per_relay));
    simulated.stages = (uint32_t)(stages < simulated.trials ? stages : simulated.trials);
    return bench_dispatch_simulated(&simulated, ranks, count, given[OPTION_JSON] != NULL);
}

static Status run(const Arguments *arguments) {
    DispatchOptions dispatch = {.trials = DEFAULT_TRIALS, .folder = arguments->option[OPTION_FOLDER]};
    if (arguments->option[OPTION_TRIALS] != NULL)
        TRY(option_number(arguments->option[OPTION_TRIALS], "--trials", 1, MOST_TRIALS, &dispatch.trials));
    if (arguments->option[OPTION_SECONDS] != NULL)
        TRY(option_seconds(arguments->option[OPTION_SECONDS], "--trial-seconds", 0, LONGEST_TRIAL,
                           &dispatch.trial_seconds));
    if (arguments->option[OPTION_RANKS] != NULL) return run_simulated(arguments, &dispatch);
    TRY(refuse_without_ranks(arguments));
    DispatchFigures figures;
    TRY(bench_dispatch(&dispatch, &figures));
    if (!figures.first_rank) return STATUS_OK;
    return arguments->option[OPTION_JSON] != NULL ? print_json(&figures) : print_text(&figures);
}

const Command command_bench_dispatch = {
    .name = "bench dispatch",
    .summary = "what handing out trials and keeping their results safe costs",
    .details =
        "Runs the real coordinator with the real journal on disk and the real messages between ranks, and\n"
        "workers that train nothing: each trial sends as many messages and a row as large as a trial of ten\n"
        "epochs would. Then, trial by trial, it times how long a result takes to be safe on disk and\n"
        "acknowledged, in turns with a bare write and fdatasync of as many bytes beside it; ratio is the "
        "one\n"
        "median to the other. With --trial-seconds every trial waits as a real one takes time, and `part of\n"
        "the time` is what appends and syncs take of such a campaign.\n"
        "\n"
        "With --ranks the ranks are simulated, from one to a million, each a real worker with a training "
        "that\n"
        "is made up; coordinator, ledger, messages and journal are real, and the clock is not: what the\n"
        "coordinator's work takes here passes on it, and so does a sync of the journal. `training` is the\n"
        "part of all ranks' time that goes into it, ends of stages included, `at once` the same with a\n"
        "coordinator and a disk that take no time. Messages take 1 ms; MPI's own work is not in it.\n"
        "Where ranks sit behind relays, `per relay` of them each, these are real as well; their own work is\n"
        "not the coordinator's.\n",
    .example = "mpirun -n 2 winnow bench dispatch --trials 60 --trial-seconds 1",
    .exit_codes = "  0   printed\n"
                  "  1   the folder cannot be written\n"
                  "  2   wrong usage\n",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .on_all_ranks = true,
    .run = run,
};

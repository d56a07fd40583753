#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/status_view.h"
#include "cli/watch.h"
#include "report/table.h"
#include "report/words.h"

#define LABEL "  %-9s  "

enum { OPTION_WATCH, OPTION_EXIT_CODE, OPTION_JSON, OPTION_UNVERIFIED };
static const OptionSpec options[] = {
    [OPTION_WATCH] =
        {"watch", 'w', NULL,
         "on the whole screen until q; elsewhere a line when there is news, until it is complete"},
    [OPTION_EXIT_CODE] = {"exit-code", 0, NULL, "end with the campaign's own state, see below"},
    [OPTION_JSON] = {"json", 0, NULL, "as one JSON object; times in seconds since 1970"},
    [OPTION_UNVERIFIED] = {"unverified", 0, NULL, "read a file that has changed since winnow wrote it"},
};

static void time_text(double seconds, char *out, size_t size) {
    time_t moment = (time_t)seconds;
    struct tm local;
    if (localtime_r(&moment, &local) == NULL || strftime(out, size, "%Y-%m-%d %H:%M:%S", &local) == 0)
        text_copy(out, size, "?");
}

static void print_standing(const CampaignFile *c, const StatusView *view) {
    char text[STANDING_SIZE];
    standing_text(c, view, text, sizeof(text));
    printf("%s: %s\n", c->config->name, text);
}

static Status print_running(const StatusView *view) {
    Table *table;
    TRY(table_create(&table, 5));
    const char *names[] = {"trial", "rank", "host", "for", "epochs"};
    for (size_t i = 0; i < 5; i++)
        table_cell(table, "%s", names[i]);
    table_right(table, 0);
    table_right(table, 1);
    table_right(table, 3);
    double now = clock_unix();
    for (size_t i = 0; i < view->running_count; i++) {
        const RunningTrial *running = &view->running[i];
        table_cell(table, "%llu", (unsigned long long)running->trial);
        table_cell(table, "%u", running->rank);
        table_cell(table, "%s", running->host);
        table_cell(table, "%s", text_duration(now > running->since ? now - running->since : 0));
        if (running->has_epochs)
            table_cell(table, "%u of %u", running->epoch, running->epochs);
        else
            table_cell(table, "%s", "");
    }
    putchar('\n');
    Status status = table_print(table, stdout, 2);
    table_destroy(&table);
    return status;
}

static void print_ranks(const LiveState *live) {
    size_t lost = 0;
    for (size_t i = 0; i < live->rank_count; i++)
        lost += live->ranks[i].lost;
    printf(LABEL "%s, on %s%s", "now", live->doing, text_count(live->rank_count - lost, "rank", "ranks"),
           lost > 0 ? "; lost:" : "\n");
    for (size_t i = 0; i < live->rank_count; i++) {
        const LiveRank *rank = &live->ranks[i];
        if (rank->lost) printf(" rank %u on %s%s", rank->rank, rank->host, --lost > 0 ? "," : "\n");
    }
}

static void print_times(const Ledger *ledger, const Overview *o) {
    char text[32];
    time_text(ledger->campaign.created, text, sizeof(text));
    printf(LABEL "%s\n", "begun", text);
    if (ledger->start_count > 0) {
        const StartRecord *start = &ledger->starts[ledger->start_count - 1];
        time_text(start->time, text, sizeof(text));
        printf(LABEL "%zu, the last at %s on %s\n", "starts", ledger->start_count, text,
               text_count(start->ranks, "rank", "ranks"));
    }
    time_text(o->last_record, text, sizeof(text));
    printf(LABEL "%s\n", "last news", text);
}

/* Then nobody knows before the end how many epochs there are. */
static bool stops_early(const Config *config) {
    bool stops = false;
    for (size_t s = 0; s < config->stage_count; s++)
        stops |= config->stages[s].stopping.kind != STOPPING_NONE;
    return stops;
}

static Status print_text(const CampaignFile *c, const StatusView *view) {
    const Ledger *ledger = c->state.ledger;
    const Overview *o = &view->overview;
    char text[128];
    print_standing(c, view);
    putchar('\n');
    printf(LABEL "%s, %zu of %zu\n", "stage", c->config->stages[view->stage].name, view->stage + 1,
           c->config->stage_count);
    overview_counts(o, text, sizeof(text));
    printf(LABEL "%llu of %llu finished: %s\n", "trials", (unsigned long long)o->finished,
           (unsigned long long)o->planned, text);
    printf(LABEL "%llu of %llu%s\n", "epochs", (unsigned long long)o->epochs_done,
           (unsigned long long)o->epochs_planned,
           stops_early(c->config) ? " expected" : " in finished trials");
    if (o->has_best) {
        metric_short_text(c->config->metric, outcome_metric(c->config->metric, &o->best->record.outcome),
                          text);
        printf(LABEL "trial %llu: %s %s\n", "best", (unsigned long long)o->best->record.trial,
               metric_name(c->config->metric), text);
    }
    print_times(ledger, o);
    if (view->has_live) print_ranks(&view->live);
    if (ledger->has_data) {
        const DataRecord *data = &ledger->data;
        output_shape(data->shape, text, sizeof(text));
        printf(LABEL "%llu to train on, %llu to validate on, ", "data", (unsigned long long)data->train_count,
               (unsigned long long)data->validation_count);
        if (data->selection_count > 0)
            printf("%llu to choose ensembles on, ", (unsigned long long)data->selection_count);
        printf("%llu to test on; %s values, %u classes\n", (unsigned long long)data->test_count, text,
               data->classes);
    }
    return view->running_count > 0 ? print_running(view) : STATUS_OK;
}

static json_t *running_json(const StatusView *view) {
    json_t *list = json_array();
    for (size_t i = 0; i < view->running_count; i++) {
        const RunningTrial *running = &view->running[i];
        json_t *object = json_pack("{s:I, s:I, s:s, s:f}", "trial", (json_int_t)running->trial, "rank",
                                   (json_int_t)running->rank, "host", running->host, "since", running->since);
        json_object_set_new(object, "epoch",
                            running->has_epochs ? json_integer(running->epoch) : json_null());
        json_object_set_new(object, "epochs",
                            running->has_epochs ? json_integer(running->epochs) : json_null());
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *lost_json(const StatusView *view) {
    json_t *list = json_array();
    for (size_t i = 0; view->has_live && i < view->live.rank_count; i++) {
        const LiveRank *rank = &view->live.ranks[i];
        if (rank->lost)
            json_array_append_new(
                list, json_pack("{s:I, s:s}", "rank", (json_int_t)rank->rank, "host", rank->host));
    }
    return list;
}

static json_t *data_json(const Ledger *ledger) {
    if (!ledger->has_data) return json_null();
    const DataRecord *data = &ledger->data;
    char hash[20];
    snprintf(hash, sizeof(hash), "%016llx", (unsigned long long)data->data_hash);
    return json_pack("{s:[I,I,I], s:I, s:I, s:I, s:I, s:I, s:s}", "shape", (json_int_t)data->shape.height,
                     (json_int_t)data->shape.width, (json_int_t)data->shape.channels, "classes",
                     (json_int_t)data->classes, "train", (json_int_t)data->train_count, "validation",
                     (json_int_t)data->validation_count, "selection", (json_int_t)data->selection_count,
                     "test", (json_int_t)data->test_count, "hash", hash);
}

static json_t *of_optimism(MetricKind metric, const Optimism *optimism) {
    return json_pack("{s:I, s:f, s:f, s:f, s:f}", "networks", (json_int_t)optimism->networks, "validation",
                     optimism->seen, "selection", optimism->unseen, "difference",
                     optimism_difference(metric, optimism), "margin", optimism->margin);
}

/* How far validation flatters, where a selection part tells. */
static json_t *optimism_json(const Ledger *ledger, MetricKind metric) {
    const EnsembleRecord *e = &ledger->ensemble;
    if (!ledger->has_ensemble || !e->on_selection) return json_null();
    json_t *best = of_optimism(metric, &e->single_optimism);
    json_object_set_new(best, "trial", json_integer((json_int_t)e->single));
    return json_pack("{s:o, s:o}", "best", best, "pool", of_optimism(metric, &e->pool_optimism));
}

static Status print_json(const CampaignFile *c, const StatusView *view) {
    const Ledger *ledger = c->state.ledger;
    const Overview *o = &view->overview;
    json_t *object =
        json_pack("{s:s, s:s, s:b, s:i}", "name", c->config->name, "state", standing_name(view->standing),
                  "complete", c->state.complete, "exit_code", (int)standing_code(view->standing));
    json_object_set_new(object, "holder", view->holder[0] != '\0' ? json_string(view->holder) : json_null());
    json_object_set_new(object, "stage",
                        json_pack("{s:s, s:I, s:I}", "name", c->config->stages[view->stage].name, "number",
                                  (json_int_t)view->stage + 1, "count", (json_int_t)c->config->stage_count));
    json_object_set_new(object, "trials", output_counts(o));
    json_object_set_new(object, "epochs",
                        json_pack("{s:I, s:I}", "finished", (json_int_t)o->epochs_done, "planned",
                                  (json_int_t)o->epochs_planned));
    json_object_set_new(object, "training_seconds", json_real(o->seconds));
    json_object_set_new(object, "metric", json_string(metric_name(c->config->metric)));
    json_object_set_new(object, "best", o->has_best ? output_trial(c->config, o->best) : json_null());
    json_object_set_new(object, "running", running_json(view));
    json_object_set_new(object, "doing", view->has_live ? json_string(view->live.doing) : json_null());
    json_object_set_new(object, "lost_ranks", lost_json(view));
    json_object_set_new(object, "warnings", campaign_file_warnings(c));
    json_object_set_new(object, "damage", campaign_file_damage(c));
    json_object_set_new(object, "created", json_number_or_null(ledger->campaign.created));
    json_object_set_new(object, "starts", json_integer((json_int_t)ledger->start_count));
    json_object_set_new(object, "barren_starts", json_integer((json_int_t)view->barren_starts));
    json_object_set_new(object, "last_record", json_number_or_null(o->last_record));
    json_object_set_new(object, "data", data_json(ledger));
    json_object_set_new(object, "optimism", optimism_json(ledger, c->config->metric));
    return output_json(object);
}

static Status print(const Arguments *arguments, const CampaignFile *c, CampaignStanding *standing) {
    StatusView view;
    Status status = status_view_of(c, arguments->operand, &view);
    if (status == STATUS_OK) {
        *standing = view.standing;
        status = arguments->option[OPTION_JSON] != NULL ? print_json(c, &view) : print_text(c, &view);
    }
    status_view_release(&view);
    return status;
}

/* An object every two seconds. */
static Status watch_json(const Arguments *arguments, CampaignFile *c, CampaignStanding *standing) {
    bool unverified = arguments->option[OPTION_UNVERIFIED] != NULL, changed;
    while (standing_code(*standing) == STATUS_RESUMABLE) {
        if (fflush(stdout) != 0) break; /* nobody reads on; main says so */
        clock_sleep(WATCH_SECONDS);
        TRY(campaign_file_refresh(c, arguments->operand, unverified, &changed));
        TRY(print(arguments, c, standing));
    }
    return STATUS_OK;
}

static Status show(const Arguments *arguments, CampaignFile *c, CampaignStanding *standing) {
    bool watch = arguments->option[OPTION_WATCH] != NULL, json = arguments->option[OPTION_JSON] != NULL;
    if (watch && !json)
        TRY(watch_campaign(c, arguments->operand, arguments->option[OPTION_UNVERIFIED] != NULL));
    TRY(print(arguments, c, standing));
    return watch && json ? watch_json(arguments, c, standing) : STATUS_OK;
}

static Status run(const Arguments *arguments) {
    CampaignFile campaign;
    CampaignStanding standing = CAMPAIGN_STOPPED;
    TRY(campaign_file_open(&campaign, arguments->operand, arguments->option[OPTION_UNVERIFIED] != NULL));
    Status status = show(arguments, &campaign, &standing);
    campaign_file_close(&campaign);
    if (status != STATUS_OK || arguments->option[OPTION_EXIT_CODE] == NULL) return status;
    return status_restore(standing_code(standing), "");
}

const Command command_status = {
    .name = "status",
    .operand = "FILE.h5",
    .summary = "where a campaign stands, also while it runs",
    .details =
        "Reads the file and its journal without a lock, so it never disturbs the campaign.\n"
        "--watch shows what ranks do (those longest at their trial where not all fit), the best so far by\n"
        "number of the trial, and the last trials; after q or Ctrl-C it prints the same as without it.\n"
        "With --json an object every 2 seconds.\n",
    .example = "winnow status results/fashion-mlp.h5 --exit-code; [ $? != 75 ] || sbatch again.sh",
    .exit_codes =
        "  0   printed\n"
        "  1   FILE.h5 is missing, or neither it nor its journal can be read\n"
        "  2   wrong usage\n"
        "  with --exit-code:\n"
        "  0   the campaign is complete, or the part of it that this shard was to do\n"
        "  75  it runs, or winnow run goes on with it\n"
        "  1   it ended in error, is missing or beyond repair, or its last 3 starts brought nothing new\n",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .run = run,
};

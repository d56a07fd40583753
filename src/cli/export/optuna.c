/* After optuna/storages/_journal/storage.py of Optuna 3.1: one JSON object a line, each an operation. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "campaign/plan.h"
#include "cli/export/export.h"
#include "cli/export/lines.h"
#include "cli/output.h"

enum { CREATE_STUDY = 0, CREATE_TRIAL = 4 };                /* operations */
enum { MINIMIZE = 1, MAXIMIZE = 2 };                        /* directions */
enum { RUNNING = 0, COMPLETE = 1, PRUNED = 2, FAILED = 3 }; /* states of a trial */
#define WORKER "winnow"
#define MOMENT_SIZE 40

/* Local time, as Optuna writes it: "2026-11-28T04:13:08.250000". */
static void moment_text(double seconds, char out[MOMENT_SIZE]) {
    time_t whole = (time_t)floor(seconds);
    struct tm local;
    char day[MOMENT_SIZE - 8];
    out[0] = '\0';
    if (localtime_r(&whole, &local) == NULL || strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &local) == 0)
        return;
    unsigned micro = (unsigned)((seconds - floor(seconds)) * 1e6);
    snprintf(out, MOMENT_SIZE, "%s.%06u", day, micro < 1000000 ? micro : 999999);
}

static json_t *choice(const Value *value) {
    if (value->kind == VALUE_WORD) return json_string(value->word);
    return value->kind == VALUE_INTEGER ? json_integer((json_int_t)value->number) : json_real(value->number);
}

static json_t *choices(const Parameter *parameter) {
    json_t *list = json_array();
    for (size_t i = 0; i < parameter->value_count; i++)
        json_array_append_new(list, choice(&parameter->values[i]));
    return json_pack("{s:s, s:{s:o}}", "name", "CategoricalDistribution", "attributes", "choices", list);
}

static bool is_log(Distribution distribution) {
    switch (distribution) {
    case DIST_LOG_UNIFORM_VALUES:
    case DIST_Q_LOG_UNIFORM_VALUES:
    case DIST_INV_LOG_UNIFORM_VALUES:
    case DIST_LOG_NORMAL:
    case DIST_Q_LOG_NORMAL: return true;
    default: return false;
    }
}

/* A range of numbers that has the value in it: unbounded families can leave the one they are drawn from. */
static json_t *numbers(const Parameter *parameter, const Range *range, double value) {
    double low = fmin(range->min, value), high = fmax(range->max, value);
    bool logarithmic = is_log(parameter->distribution) && low > 0;
    if (parameter->integer)
        return json_pack("{s:s, s:{s:b, s:I, s:I, s:I}}", "name", "IntDistribution", "attributes", "log",
                         logarithmic, "step", (json_int_t)1, "low", (json_int_t)floor(low), "high",
                         (json_int_t)ceil(high));
    return json_pack("{s:s, s:{s:n, s:f, s:f, s:b}}", "name", "FloatDistribution", "attributes", "step",
                     "low", low, "high", high, "log", logarithmic);
}

/* Optuna keeps a distribution as a text of JSON, a choice as its place, and a whole number as a float. */
static void put_parameter(const Parameter *parameter, const Range *range, DrawnValue value, json_t *params,
                          json_t *distributions) {
    bool chosen = distribution_is_choice(parameter->distribution);
    json_t *distribution = chosen ? choices(parameter) : numbers(parameter, range, value.number);
    char *text = json_dumps(distribution, JSON_COMPACT);
    json_decref(distribution);
    if (text != NULL) json_object_set_new(distributions, parameter->name, json_string(text));
    free(text);
    json_object_set_new(params, parameter->name,
                        chosen ? json_integer((json_int_t)value.choice) : json_real(value.number));
}

static int state_of(const LedgerTrial *trial) {
    if (!trial->finished) return RUNNING;
    switch (trial->record.outcome.status) {
    case TRIAL_COMPLETED: return COMPLETE;
    case TRIAL_STOPPED: return PRUNED;
    default: return FAILED;
    }
}

static json_t *intermediate_values(const Config *config, const LedgerRow *row) {
    json_t *values = json_object();
    for (uint32_t e = 0; e < row->curve_count; e++) {
        double value = metric_of(config->metric, row->curve[e].val_accuracy, row->curve[e].val_loss);
        char epoch[16];
        snprintf(epoch, sizeof(epoch), "%u", row->curve[e].epoch);
        if (isfinite(value)) json_object_set_new(values, epoch, json_real(value));
    }
    return values;
}

static json_t *attributes(const Config *config, const LedgerTrial *trial, size_t id, size_t stage) {
    json_t *object = trial->finished ? output_trial(config, trial) : json_object();
    json_object_del(object, "parameters");
    json_object_set_new(object, "id", json_integer((json_int_t)id));
    json_object_set_new(object, "stage", json_string(config->stages[stage].name));
    if (trial->finished) json_object_set_new(object, "reason", json_string(trial->record.reason));
    return object;
}

/* Of a trial without a row: when it was first handed out. */
static double first_start(const Ledger *ledger, size_t id) {
    for (size_t i = 0; i < ledger->lease_count; i++) {
        if (ledger->leases[i].lease != 0 && ledger->leases[i].trial == id) return ledger->leases[i].start;
    }
    return ledger->campaign.created;
}

static json_t *trial_operation(const Ledger *ledger, const Config *config, const Plan *plan, size_t id) {
    const LedgerTrial *trial = &ledger->trials[id];
    const LedgerRow *row = &trial->record;
    size_t stage = plan_stage(plan, id);
    json_t *params = json_object(), *distributions = json_object();
    Ranges configured = space_ranges(&config->space);
    const Ranges *ranges = stage < ledger->stage_count ? &ledger->stages[stage].after : &configured;
    for (size_t p = 0; p < config->space.count; p++) {
        DrawnValue value = draw_value(trial->draw, p);
        if (value.present)
            put_parameter(&config->space.parameters[p], &ranges->range[p], value, params, distributions);
    }
    int state = state_of(trial);
    double metric = metric_of(config->metric, row->outcome.val_accuracy, row->outcome.val_loss);
    json_t *operation =
        json_pack("{s:i, s:s, s:i, s:i, s:o, s:o, s:o, s:{}, s:n}", "op_code", CREATE_TRIAL, "worker_id",
                  WORKER, "study_id", 0, "state", state, "params", params, "distributions", distributions,
                  "user_attrs", attributes(config, trial, id, stage), "system_attrs", "values");
    const LedgerRow *curve = trial->finished || trial->report == NULL ? row : trial->report;
    json_object_set_new(operation, "intermediate_values", intermediate_values(config, curve));
    json_object_set_new(operation, "value",
                        state == COMPLETE || state == PRUNED ? json_number_or_null(metric) : json_null());
    char moment[MOMENT_SIZE];
    moment_text(trial->finished ? row->started : first_start(ledger, id), moment);
    json_object_set_new(operation, "datetime_start", json_string(moment));
    if (!trial->finished) return operation;
    moment_text(row->started + row->outcome.seconds, moment);
    json_object_set_new(operation, "datetime_complete", json_string(moment));
    return operation;
}

static Status write_study(const Ledger *ledger, const Config *config, FILE *out) {
    Plan plan = plan_of(config);
    TRY(json_line(out, json_pack("{s:i, s:s, s:s, s:[i]}", "op_code", CREATE_STUDY, "worker_id", WORKER,
                                 "study_name", config->name, "directions",
                                 config->metric == METRIC_VAL_ACCURACY ? MAXIMIZE : MINIMIZE)));
    for (size_t id = 0; id < ledger->trial_count && id < plan_trials(&plan); id++) {
        if (ledger->trials[id].drawn) TRY(json_line(out, trial_operation(ledger, config, &plan, id)));
    }
    return STATUS_OK;
}

Status export_optuna(const Export *export) {
    return export_ledger(export, ".optuna.log", write_study);
}

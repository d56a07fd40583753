#include "base/json.h"
#include "cli/export/export.h"
#include "cli/export/lines.h"
#include "cli/output.h"
#include "engine/epoch_figures.h"

Status json_line(FILE *out, json_t *value) {
    int written = value != NULL ? json_dumpf(value, out, JSON_COMPACT) : -1;
    json_decref(value);
    if (written != 0) return status_fail(STATUS_ENVIRONMENT, "out of memory, or the file cannot be written");
    fputc('\n', out);
    return STATUS_OK;
}

static Status write_trials(const Ledger *ledger, const Config *config, FILE *out) {
    for (size_t id = 0; id < ledger->trial_count; id++) {
        const LedgerTrial *trial = &ledger->trials[id];
        if (!trial->finished) continue;
        const LedgerRow *row = &trial->record;
        json_t *object = output_trial(config, trial);
        json_object_set_new(object, "samples_per_second",
                            json_number_or_null(row->outcome.samples_per_second));
        json_object_set_new(object, "started", json_number_or_null(row->started));
        json_object_set_new(object, "rank", json_integer(row->rank));
        json_object_set_new(object, "host", json_string(row->host));
        json_object_set_new(object, "arithmetic", json_string(row->arithmetic));
        json_object_set_new(object, "reason", json_string(row->reason));
        TRY(json_line(out, object));
    }
    return STATUS_OK;
}

static Status write_curves(const Ledger *ledger, const Config *config, FILE *out) {
    (void)config;
    for (size_t id = 0; id < ledger->trial_count; id++) {
        const LedgerRow *row = &ledger->trials[id].record;
        for (uint32_t e = 0; ledger->trials[id].finished && e < row->curve_count; e++) {
            const EpochRow *epoch = &row->curve[e];
            json_t *object =
                json_pack("{s:I, s:I}", "trial", (json_int_t)id, "epoch", (json_int_t)epoch->epoch);
            for (size_t f = 0; f < EPOCH_FIGURES; f++)
                json_object_set_new(object, epoch_figure_name(f),
                                    json_number_or_null(epoch_figure(epoch, f)));
            TRY(json_line(out, object));
        }
    }
    return STATUS_OK;
}

static Status configuration(const Config *config, const Configuration *of, FILE *out) {
    return json_line(out, output_configuration(config, of));
}

static Status write_configurations(const Ledger *ledger, const Config *config, FILE *out) {
    return export_configurations(ledger, config, configuration, out);
}

Status export_json(const Export *export) {
    TRY(export_ledger(export, ".trials.jsonl", write_trials));
    TRY(export_ledger(export, ".curves.jsonl", write_curves));
    if (!campaign_repeats(export->campaign->config)) return STATUS_OK;
    return export_ledger(export, ".configurations.jsonl", write_configurations);
}

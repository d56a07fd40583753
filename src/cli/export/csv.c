#include <math.h>

#include "cli/export/export.h"
#include "cli/output.h"
#include "engine/epoch_figures.h"

static void number(FILE *out, double value) {
    fputc(',', out);
    if (!isnan(value)) fprintf(out, "%.17g", value);
}

static void text(FILE *out, const char *word) {
    fputc(',', out);
    output_csv(out, word);
}

static void trial(const Config *config, const LedgerTrial *entry, FILE *out) {
    const LedgerRow *row = &entry->record;
    const TrainOutcome *o = &row->outcome;
    fprintf(out, "%llu", (unsigned long long)row->trial);
    text(out, config->stages[row->stage].name);
    fprintf(out, ",%u,%s,%u,%u", row->number, trial_status_name(o->status), o->epochs, o->best_epoch);
    number(out, o->val_accuracy);
    number(out, o->val_loss);
    number(out, o->train_loss);
    number(out, o->seconds);
    number(out, o->samples_per_second);
    number(out, row->started);
    fprintf(out, ",%u", row->rank);
    text(out, row->host);
    text(out, row->arithmetic);
    fprintf(out, ",%016llx", (unsigned long long)o->weights_hash);
    text(out, row->reason);
    for (size_t p = 0; p < config->space.count; p++) {
        char word[PARAMETER_WORD_SIZE];
        parameter_value_text(&config->space.parameters[p], draw_value(entry->draw, p), word, sizeof(word));
        text(out, word);
    }
    fputc('\n', out);
}

static Status write_trials(const Ledger *ledger, const Config *config, FILE *out) {
    fputs("id,stage,number,status,epochs,best_epoch,val_accuracy,val_loss,train_loss,seconds,"
          "samples_per_second,started,rank,host,arithmetic,weights_hash,reason",
          out);
    for (size_t p = 0; p < config->space.count; p++)
        text(out, config->space.parameters[p].name);
    fputc('\n', out);
    for (size_t id = 0; id < ledger->trial_count; id++) {
        if (ledger->trials[id].finished) trial(config, &ledger->trials[id], out);
    }
    return STATUS_OK;
}

static Status write_curves(const Ledger *ledger, const Config *config, FILE *out) {
    (void)config;
    fputs("trial,epoch", out);
    for (size_t f = 0; f < EPOCH_FIGURES; f++)
        text(out, epoch_figure_name(f));
    fputc('\n', out);
    for (size_t id = 0; id < ledger->trial_count; id++) {
        const LedgerRow *row = &ledger->trials[id].record;
        for (uint32_t e = 0; ledger->trials[id].finished && e < row->curve_count; e++) {
            fprintf(out, "%zu,%u", id, row->curve[e].epoch);
            for (size_t f = 0; f < EPOCH_FIGURES; f++)
                number(out, epoch_figure(&row->curve[e], f));
            fputc('\n', out);
        }
    }
    return STATUS_OK;
}

static Status configuration(const Config *config, const Configuration *of, FILE *out) {
    output_csv(out, config->stages[of->stage].name);
    fprintf(out, ",%u,%llu,", of->number, (unsigned long long)of->first);
    if (of->confirms != CONFIRMS_NONE) fprintf(out, "%llu", (unsigned long long)of->confirms);
    fprintf(out, ",%u,%u", of->runs, of->completed);
    number(out, of->val_accuracy.mean);
    number(out, of->val_accuracy.deviation);
    number(out, of->val_loss.mean);
    number(out, of->val_loss.deviation);
    fputc('\n', out);
    return STATUS_OK;
}

static Status write_configurations(const Ledger *ledger, const Config *config, FILE *out) {
    fputs("stage,configuration,trial,confirms,runs,completed,val_accuracy_mean,val_accuracy_deviation,"
          "val_loss_mean,val_loss_deviation\n",
          out);
    return export_configurations(ledger, config, configuration, out);
}

Status export_csv(const Export *export) {
    TRY(export_ledger(export, ".trials.csv", write_trials));
    TRY(export_ledger(export, ".curves.csv", write_curves));
    if (!campaign_repeats(export->campaign->config)) return STATUS_OK;
    return export_ledger(export, ".configurations.csv", write_configurations);
}

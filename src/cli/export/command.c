#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/export/export.h"
#include "cli/output.h"

enum { OPTION_FORMAT, OPTION_OUTPUT, OPTION_TRIAL, OPTION_MEMBERS, OPTION_UNVERIFIED };
static const OptionSpec options[] = {
    [OPTION_FORMAT] = {"format", 'f', "NAME", "csv, json (one object a line), optuna or onnx (required)"},
    [OPTION_OUTPUT] =
        {"output", 'o', "PREFIX",
         "what the files' names begin with (default: FILE; .h5 or .onnx at its end is left off)"},
    [OPTION_TRIAL] = {"trial", 't', "ID[@EPOCH]",
                      "onnx: one trial's network, or its snapshot at that epoch (default: the ensemble)"},
    [OPTION_MEMBERS] = {"members", 'm', NULL,
                        "onnx: each network of the ensemble, too, in a file of its own"},
    [OPTION_UNVERIFIED] = {"unverified", 0, NULL, "read a file that has changed since winnow wrote it"},
};

static const struct Format {
    const char *name;
    Exporter *write;
} formats[] = {{"csv", export_csv}, {"json", export_json}, {"optuna", export_optuna}, {"onnx", export_onnx}};

/* NULL where there is none of that name. */
static Exporter *find_format(const char *name) {
    for (size_t i = 0; name != NULL && i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (strcmp(name, formats[i].name) == 0) return formats[i].write;
    }
    return NULL;
}

static Status fail_format(const char *name) {
    if (name == NULL)
        return status_fail(STATUS_INPUT, "export: --format must say which: csv, json, optuna or onnx");
    return status_fail(STATUS_INPUT, "--format \"%s\" must be csv, json, optuna or onnx", name);
}

Status export_file(const Export *export, const char *ending, Status (*write)(const void *context, FILE *out),
                   const void *context) {
    Text path = {0};
    text_add(&path, "%.*s%s", (int)export->prefix_length, export->prefix, ending);
    Status status = output_file(text_of(&path), write, context);
    if (status == STATUS_OK) printf("%s\n", text_of(&path));
    text_release(&path);
    return status;
}

typedef struct LedgerPiece {
    const CampaignFile *campaign;
    LedgerWriter *write;
} LedgerPiece;

static Status write_ledger(const void *context, FILE *out) {
    const LedgerPiece *piece = context;
    return piece->write(piece->campaign->state.ledger, piece->campaign->config, out);
}

Status export_ledger(const Export *export, const char *ending, LedgerWriter *write) {
    LedgerPiece piece = {export->campaign, write};
    return export_file(export, ending, write_ledger, &piece);
}

Status export_configurations(const Ledger *ledger, const Config *config, ConfigurationWriter *write,
                             FILE *out) {
    Plan plan = plan_of(config);
    for (size_t stage = 0; stage < ledger->stage_count && stage < config->stage_count; stage++) {
        if (!stage_repeats(&config->stages[stage])) continue;
        uint32_t count = configuration_count(config, ledger, stage);
        for (uint32_t number = 0; number < count; number++) {
            Configuration of = configuration_of(config, ledger, &plan, stage, number);
            TRY(write(config, &of, out));
        }
    }
    return STATUS_OK;
}

static size_t prefix_length(const char *prefix) {
    static const char *const ENDINGS[] = {".h5", ".onnx"};
    size_t length = strlen(prefix);
    for (size_t i = 0; i < sizeof(ENDINGS) / sizeof(ENDINGS[0]); i++) {
        if (text_ends_in(prefix, ENDINGS[i])) return length - strlen(ENDINGS[i]);
    }
    return length;
}

static Status run(const Arguments *arguments) {
    Exporter *write = find_format(arguments->option[OPTION_FORMAT]);
    if (write == NULL) return fail_format(arguments->option[OPTION_FORMAT]);
    const char *output = arguments->option[OPTION_OUTPUT];
    Export export = {.file = arguments->operand,
                     .prefix = output != NULL ? output : arguments->operand,
                     .trial = arguments->option[OPTION_TRIAL],
                     .members = arguments->option[OPTION_MEMBERS] != NULL};
    if ((export.trial != NULL || export.members) && write != export_onnx)
        return status_fail(STATUS_INPUT, "export: --trial and --members go with --format onnx");
    if (export.trial != NULL && export.members)
        return status_fail(STATUS_INPUT, "export: --members goes with the ensemble, not with --trial");
    CampaignFile campaign;
    TRY(campaign_file_open(&campaign, export.file, arguments->option[OPTION_UNVERIFIED] != NULL));
    export.campaign = &campaign;
    export.prefix_length = prefix_length(export.prefix);
    Status status = write(&export);
    campaign_file_close(&campaign);
    return status;
}

const Command command_export = {
    .name = "export",
    .operand = "FILE.h5",
    .summary = "trials and networks for other tools: CSV, JSON, Optuna or ONNX",
    .details =
        "csv and json: PREFIX.trials.csv and PREFIX.curves.csv, or .jsonl: every finished trial with its\n"
        "values, and every epoch of it; where configurations are repeated also PREFIX.configurations.csv, "
        "with\n"
        "mean and deviation of their runs. optuna: PREFIX.optuna.log, a journal that optuna.load_study "
        "opens:\n"
        "  optuna.load_study(study_name=NAME, storage=optuna.storages.JournalStorage(\n"
        "      optuna.storages.JournalFileStorage(\"PREFIX.optuna.log\")))\n"
        "onnx: PREFIX.onnx, the ensemble as one model; with --members also PREFIX.trial-ID.onnx, each of "
        "its\n"
        "networks; with --trial that of one trial alone. They take examples in the file's own units,\n"
        "[N, height, width, channels] or [N, features], and give probabilities, [N, classes]:\n"
        "  onnxruntime.InferenceSession(\"PREFIX.onnx\").run(None, {\"examples\": examples})[0]\n"
        "Also while the campaign runs. Prints the names of the files.\n",
    .example = "winnow export results/fashion-mlp.h5 --format csv",
    .exit_codes = "  0   written\n"
                  "  1   FILE.h5 cannot be read, or a file not be written\n"
                  "  2   wrong usage, or no ensemble yet\n",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .run = run,
};

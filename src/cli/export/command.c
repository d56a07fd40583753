#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/campaign_file.h"
#include "cli/command.h"
#include "cli/export/export.h"
#include "cli/output.h"

enum { OPTION_FORMAT, OPTION_OUTPUT, OPTION_UNVERIFIED };
static const OptionSpec options[] = {
    [OPTION_FORMAT] = {"format", 'f', "NAME", "csv, json (one object a line) or optuna (required)"},
    [OPTION_OUTPUT] = {"output", 'o', "PREFIX",
                       "what the files' names begin with (default: FILE without .h5)"},
    [OPTION_UNVERIFIED] = {"unverified", 0, NULL, "read a file that has changed since winnow wrote it"},
};

#define FILES_MAX 2

typedef struct Format {
    const char *name;
    struct {
        const char *ending; /* NULL for no further file */
        ExportWriter *write;
    } file[FILES_MAX];
} Format;

static const Format formats[] = {
    {"csv", {{".trials.csv", export_csv_trials}, {".curves.csv", export_csv_curves}}},
    {"json", {{".trials.jsonl", export_json_trials}, {".curves.jsonl", export_json_curves}}},
    {"optuna", {{".optuna.log", export_optuna}}},
};

/* NULL where there is none of that name. */
static const Format *find_format(const char *name) {
    for (size_t i = 0; name != NULL && i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (strcmp(name, formats[i].name) == 0) return &formats[i];
    }
    return NULL;
}

static Status fail_format(const char *name) {
    if (name == NULL)
        return status_fail(STATUS_INPUT, "export: --format must say which: csv, json or optuna");
    return status_fail(STATUS_INPUT, "--format \"%s\" must be csv, json or optuna", name);
}

/* One file, and what goes into it. */
typedef struct Piece {
    const CampaignFile *campaign;
    ExportWriter *write;
} Piece;

static Status write_piece(const void *context, FILE *out) {
    const Piece *piece = context;
    return piece->write(piece->campaign->state.ledger, piece->campaign->config, out);
}

static Status write_files(const CampaignFile *c, const Format *format, const char *prefix, size_t length) {
    for (size_t i = 0; i < FILES_MAX && format->file[i].ending != NULL; i++) {
        Text path = {0};
        text_add(&path, "%.*s%s", (int)length, prefix, format->file[i].ending);
        Piece piece = {c, format->file[i].write};
        Status status = output_file(text_of(&path), write_piece, &piece);
        if (status == STATUS_OK) printf("%s\n", text_of(&path));
        text_release(&path);
        TRY(status);
    }
    return STATUS_OK;
}

static Status run(const Arguments *arguments) {
    const Format *format = find_format(arguments->option[OPTION_FORMAT]);
    if (format == NULL) return fail_format(arguments->option[OPTION_FORMAT]);
    CampaignFile campaign;
    TRY(campaign_file_open(&campaign, arguments->operand, arguments->option[OPTION_UNVERIFIED] != NULL));
    const char *prefix = arguments->option[OPTION_OUTPUT];
    if (prefix == NULL) prefix = arguments->operand;
    size_t length = strlen(prefix);
    if (text_ends_in(prefix, ".h5")) length -= strlen(".h5");
    Status status = write_files(&campaign, format, prefix, length);
    campaign_file_close(&campaign);
    return status;
}

const Command command_export = {
    .name = "export",
    .operand = "FILE.h5",
    .summary = "the trials for other tools: CSV, JSON or Optuna",
    .details =
        "csv and json: PREFIX.trials.csv and PREFIX.curves.csv, or .jsonl: every finished trial with its\n"
        "values, and every epoch of it. optuna: PREFIX.optuna.log, a journal that optuna.load_study opens:\n"
        "  optuna.load_study(study_name=NAME, storage=optuna.storages.JournalStorage(\n"
        "      optuna.storages.JournalFileStorage(\"PREFIX.optuna.log\")))\n"
        "Also while the campaign runs. Prints the names of the files.\n",
    .example = "winnow export results/fashion-mlp.h5 --format csv",
    .exit_codes = "  0   written\n"
                  "  1   FILE.h5 cannot be read, or a file not be written\n"
                  "  2   wrong usage\n",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .run = run,
};

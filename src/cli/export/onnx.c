#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli/export/export.h"
#include "cli/voters.h"
#include "onnx/network.h"
#include "rank/member_network.h"

#define OUTPUT "probabilities"
#define NAME_SIZE 64

/* A model of some networks, on its way to a file. */
typedef struct Piece {
    const Export *export;
    const Voters *voters;
    OnnxModel *model; /* owned */
} Piece;

/* "trial-12", of a snapshot "trial-12-epoch-5". */
static void name_network(char name[NAME_SIZE], const Ledger *ledger, uint64_t trial, uint32_t epoch) {
    snprintf(name, NAME_SIZE, "trial-%llu", (unsigned long long)trial);
    size_t length = strlen(name);
    if (ledger_is_snapshot(ledger, trial, epoch))
        snprintf(name + length, NAME_SIZE - length, "-epoch-%u", epoch);
}

static Status set_json(OnnxModel *model, const char *key, json_t *value) {
    char *text = value != NULL ? json_dumps(value, JSON_COMPACT) : NULL;
    json_decref(value);
    if (text == NULL) return status_fail(STATUS_ENVIRONMENT, "out of memory");
    onnx_metadata(model, key, text);
    free(text);
    return STATUS_OK;
}

/* What a reader cannot see from the numbers. */
static Status describe(const Piece *piece) {
    const DataRecord *data = &piece->export->campaign->state.ledger->data;
    json_t *classes = json_array(), *trials = json_array(), *epochs = json_array(), *counts = json_array();
    for (uint32_t c = 0; c < data->classes; c++)
        json_array_append_new(classes, json_string(data->class_names[c]));
    for (size_t i = 0; i < piece->voters->count; i++) {
        json_array_append_new(trials, json_integer((json_int_t)piece->voters->trials[i]));
        json_array_append_new(epochs, json_integer(piece->voters->epochs[i]));
        json_array_append_new(counts, json_integer(piece->voters->counts[i]));
    }
    Status status = set_json(piece->model, "class_names", classes);
    Status of_trials = set_json(piece->model, "trials", trials);
    Status of_epochs = set_json(piece->model, "epochs", epochs);
    Status of_counts = set_json(piece->model, "counts", counts);
    return status != STATUS_OK      ? status
           : of_trials != STATUS_OK ? of_trials
           : of_epochs != STATUS_OK ? of_epochs
                                    : of_counts;
}

static Status add_network(const Piece *piece, size_t voter, const char *output) {
    const CampaignFile *campaign = piece->export->campaign;
    uint64_t trial = piece->voters->trials[voter];
    uint32_t epoch = piece->voters->epochs[voter];
    MemberNetwork network;
    char name[NAME_SIZE];
    name_network(name, campaign->state.ledger, trial, epoch);
    Status status =
        member_network(&network, piece->export->file, campaign->state.ledger, campaign->config, trial, epoch);
    if (status == STATUS_OK)
        status = onnx_network(piece->model, network.spec, network.parameters, name, output);
    member_network_release(&network);
    return status;
}

static Status add_ensemble(const Piece *piece) {
    const Voters *voters = piece->voters;
    const Ledger *ledger = piece->export->campaign->state.ledger;
    char(*names)[NAME_SIZE + sizeof(OUTPUT)] = NULL;
    const char **outputs = NULL;
    Status status = memory_new(&names, voters->count, sizeof(*names));
    if (status == STATUS_OK) status = memory_new(&outputs, voters->count, sizeof(*outputs));
    for (size_t i = 0; status == STATUS_OK && i < voters->count; i++) {
        char name[NAME_SIZE];
        name_network(name, ledger, voters->trials[i], voters->epochs[i]);
        snprintf(names[i], sizeof(names[i]), OUTPUT "/%s", name);
        outputs[i] = names[i];
        status = add_network(piece, i, outputs[i]);
    }
    if (status == STATUS_OK) status = onnx_mean(piece->model, outputs, voters->counts, voters->count, OUTPUT);
    free(outputs);
    free(names);
    return status;
}

static Status build(const Piece *piece) {
    const Voters *voters = piece->voters;
    const DataRecord *data = &piece->export->campaign->state.ledger->data;
    if (data->period != data->shape.channels)
        return status_fail(STATUS_ENVIRONMENT,
                           "%s: the data's mean and deviation do not fit their %zu channels",
                           piece->export->file, data->shape.channels);
    onnx_examples(piece->model, data->shape, data->mean, data->deviation);
    TRY(voters->count == 1 ? add_network(piece, 0, OUTPUT) : add_ensemble(piece));
    onnx_output(piece->model, OUTPUT, (ArrayShape){1, {data->classes}});
    return describe(piece);
}

static Status write_model(const void *context, FILE *out) {
    return onnx_write(context, out);
}

static Status write_networks(const Export *export, const Voters *voters, const char *ending) {
    Piece piece = {.export = export, .voters = voters};
    const char *name = export->campaign->config->name;
    Text about = {0};
    text_add(
        &about,
        "%s of winnow's campaign %s: examples as they stand in the data's file, probabilities of the classes",
        text_count(voters->count, "network", "networks"), name);
    Status status = onnx_create(&piece.model, name, text_of(&about));
    text_release(&about);
    if (status == STATUS_OK) status = build(&piece);
    if (status == STATUS_OK) status = export_file(export, ending, write_model, piece.model);
    onnx_destroy(&piece.model);
    return status;
}

static Status write_network(const Export *export, uint64_t trial, uint32_t epoch) {
    const uint32_t once = 1;
    const Voters voters = {.count = 1, .trials = &trial, .epochs = &epoch, .counts = &once};
    char name[NAME_SIZE], ending[NAME_SIZE + 8];
    name_network(name, export->campaign->state.ledger, trial, epoch);
    snprintf(ending, sizeof(ending), ".%s.onnx", name);
    return write_networks(export, &voters, ending);
}

Status export_onnx(const Export *export) {
    ChosenVoters chosen;
    const Voters *voters = &chosen.voters;
    TRY(voters_choose(&chosen, export->campaign, export->file, export->trial));
    if (export->trial != NULL) return write_network(export, chosen.trial, chosen.epoch);
    TRY(write_networks(export, voters, ".onnx"));
    for (size_t i = 0; export->members && i < voters->count; i++)
        TRY(write_network(export, voters->trials[i], voters->epochs[i]));
    return STATUS_OK;
}

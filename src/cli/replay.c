#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/campaign_data.h"
#include "cli/command.h"
#include "cli/output.h"
#include "engine/blas.h"
#include "rank/replay.h"
#include "report/words.h"

enum { OPTION_TRIAL, OPTION_SPACE, OPTION_JSON };
static const OptionSpec options[] = {
    [OPTION_TRIAL] = {"trial", 't', "ID", "which one, from 0 (default: the best)"},
    [OPTION_SPACE] = SPACE_OPTION,
    [OPTION_JSON] = {"json", 0, NULL, "as one JSON object, without the epochs"},
};

/* All that a replay needs. */
typedef struct Scene {
    const char *file;
    CampaignFile campaign;
    Dataset *dataset; /* owned */
    uint64_t trial;
    bool json;
} Scene;

static Status choose_trial(Scene *scene, const char *id) {
    const Ledger *ledger = scene->campaign.state.ledger;
    if (id != NULL) return option_number(id, "--trial", 0, LEDGER_MAX_TRIALS, &scene->trial);
    uint64_t *ids;
    size_t count;
    TRY(ledger_best(ledger, scene->campaign.config->metric, 1, &ids, &count));
    if (count > 0) scene->trial = ids[0];
    free(ids);
    return count > 0 ? STATUS_OK
                     : status_fail(STATUS_INPUT, "no trial has completed; --trial ID names another one");
}

/* As many threads as the trial had: "x86-64-v3/tiles-avx2/.../4t/ftz". */
static int threads_of(const Scene *scene) {
    const Ledger *ledger = scene->campaign.state.ledger;
    if (scene->trial >= ledger->trial_count) return 1;
    const char *at = ledger->trials[scene->trial].record.arithmetic;
    for (int threads = 0; (at = strchr(at, '/')) != NULL; at++) {
        int used = 0;
        if (sscanf(at, "/%4dt/%n", &threads, &used) == 1 && used > 0 && threads >= 1 &&
            threads <= BLAS_THREADS_MAX)
            return threads;
    }
    return 1;
}

static void print_epoch(void *context, const EpochRow *row, uint32_t epochs, bool same) {
    const Scene *scene = context;
    if (scene->json) return;
    char accuracy[SHORT_TEXT_SIZE], loss[SHORT_TEXT_SIZE];
    metric_short_text(METRIC_VAL_ACCURACY, row->val_accuracy, accuracy);
    metric_short_text(METRIC_VAL_LOSS, row->val_loss, loss);
    printf("  epoch %u of %u: val_accuracy %s, val_loss %s, %s\n", row->epoch, epochs, accuracy, loss,
           same ? "the same bits" : "other bits");
    fflush(stdout);
}

/* --- the verdict --- */

/* The version that began the campaign: "winnow 0.1.0; Open MPI ..". */
static bool same_version(const Ledger *ledger) {
    static const char now[] = "winnow " WINNOW_VERSION ";";
    return strncmp(ledger->campaign.versions, now, sizeof(now) - 1) == 0;
}

static void print_reasons(const Scene *scene, const LedgerRow *record, const Replay *replay) {
    const Ledger *ledger = scene->campaign.state.ledger;
    bool arithmetic = strcmp(record->arithmetic, replay->arithmetic) == 0, version = same_version(ledger);
    if (!arithmetic)
        printf("  why         computed by %s then, by %s now\n", record->arithmetic, replay->arithmetic);
    if (!version)
        printf("  why         the campaign was begun by %.*s; this is winnow " WINNOW_VERSION "\n",
               (int)strcspn(ledger->campaign.versions, ";"), ledger->campaign.versions);
    if (arithmetic && version)
        puts("  why         arithmetic and version are the same: the file, the memory or a processor is at "
             "fault");
}

static void print_difference(const Replay *replay) {
    if (replay->figure != NULL)
        printf("  first       epoch %u, %s: %.17g then, %.17g now\n", replay->first_epoch, replay->figure,
               replay->recorded, replay->replayed);
    else if (replay->first_epoch > 0)
        printf("  first       epoch %u, which one of them does not have\n", replay->first_epoch);
    else if (replay->first_snapshot > 0)
        printf("  first       all epochs are the same, the weights of the snapshot at epoch %u are not\n",
               replay->first_snapshot);
    else
        puts("  first       all epochs are the same, the weights are not");
}

static void print_verdict(const Scene *scene, const LedgerRow *record, const Replay *replay) {
    printf("\ntrial %llu: %s\n\n", (unsigned long long)scene->trial,
           replay->same ? "the same bits" : "other bits");
    printf("  weights     %016llx then, %016llx now\n", (unsigned long long)record->outcome.weights_hash,
           (unsigned long long)replay->outcome.weights_hash);
    if (replay->snapshots > 0 && replay->first_snapshot == 0)
        printf("  snapshots   %s of other epochs, the same\n",
               text_count(replay->snapshots, "stored network", "stored networks"));
    if (replay->same) return;
    print_difference(replay);
    print_reasons(scene, record, replay);
}

static Status print_json(const Scene *scene, const LedgerRow *record, const Replay *replay) {
    char then[20], now[20];
    snprintf(then, sizeof(then), "%016llx", (unsigned long long)record->outcome.weights_hash);
    snprintf(now, sizeof(now), "%016llx", (unsigned long long)replay->outcome.weights_hash);
    json_t *object = json_pack("{s:I, s:b, s:s, s:s, s:s, s:s, s:b}", "trial", (json_int_t)scene->trial,
                               "same", replay->same, "weights_hash", now, "recorded_weights_hash", then,
                               "arithmetic", replay->arithmetic, "recorded_arithmetic", record->arithmetic,
                               "same_version", same_version(scene->campaign.state.ledger));
    json_object_set_new(object, "first_epoch",
                        replay->first_epoch > 0 ? json_integer(replay->first_epoch) : json_null());
    json_object_set_new(object, "snapshots", json_integer(replay->snapshots));
    json_object_set_new(object, "first_snapshot",
                        replay->first_snapshot > 0 ? json_integer(replay->first_snapshot) : json_null());
    json_object_set_new(object, "figure", replay->figure != NULL ? json_string(replay->figure) : json_null());
    json_object_set_new(object, "recorded",
                        replay->figure != NULL ? json_number_or_null(replay->recorded) : json_null());
    json_object_set_new(object, "replayed",
                        replay->figure != NULL ? json_number_or_null(replay->replayed) : json_null());
    return output_json(object);
}

static Status replay(Scene *scene, const Arguments *arguments) {
    TRY(choose_trial(scene, arguments->option[OPTION_TRIAL]));
    TRY(campaign_data_load(&scene->campaign, arguments->option[OPTION_SPACE], &scene->dataset));
    (void)blas_prepare(threads_of(scene));
    Replay outcome;
    const Ledger *ledger = scene->campaign.state.ledger;
    TRY(replay_trial(scene->file, ledger, scene->campaign.config, scene->dataset, scene->trial, print_epoch,
                     scene, &outcome));
    const LedgerRow *record = &ledger->trials[scene->trial].record;
    if (scene->json)
        TRY(print_json(scene, record, &outcome));
    else
        print_verdict(scene, record, &outcome);
    return outcome.same ? STATUS_OK : status_restore(STATUS_ENVIRONMENT, "");
}

static Status run(const Arguments *arguments) {
    Scene scene = {.file = arguments->operand, .json = arguments->option[OPTION_JSON] != NULL};
    TRY(campaign_file_open(&scene.campaign, scene.file, false));
    Status status = replay(&scene, arguments);
    dataset_destroy(&scene.dataset);
    campaign_file_close(&scene.campaign);
    return status;
}

const Command command_replay = {
    .name = "replay",
    .operand = "FILE.h5",
    .summary = "train a trial again and see whether its bits come again",
    .details =
        "Draws nothing: network, settings and random numbers are those on record, and each epoch's figures\n"
        "and the weights' hash are compared, bit for bit. Where they differ it says from which epoch on,\n"
        "and why they may: another instruction set, BLAS or libm, or another version.\n",
    .example = "winnow replay results/fashion-mlp.h5 --trial 7",
    .exit_codes = "  0   the same bits\n"
                  "  1   other bits; or FILE.h5 cannot be read\n"
                  "  2   wrong usage, no such trial, or the data are missing or have changed\n",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .run = run,
};

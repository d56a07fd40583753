#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli/campaign_file.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/voters.h"
#include "engine/blas.h"
#include "ensemble/selection.h"
#include "rank/predict.h"
#include "store/predictions.h"

enum { OPTION_IMAGES, OPTION_LABELS, OPTION_TABLE, OPTION_LABEL, OPTION_TRIAL, OPTION_OUTPUT };
static const OptionSpec options[] = {
    [OPTION_IMAGES] = {"images", 0, "FILE",
                       "examples: an IDX file, gzip or not, or FILE.h5:/path of an array"},
    [OPTION_LABELS] = {"labels", 0, "FILE",
                       "their labels, to tell how many are right: IDX, or FILE.h5:/path"},
    [OPTION_TABLE] = {"table", 0, "FILE.csv", "examples: a table with a header, its columns as in training"},
    [OPTION_LABEL] = {"label", 0, "COLUMN", "which of its columns holds labels (default: none does)"},
    [OPTION_TRIAL] = {"trial", 't', "ID[@EPOCH]",
                      "one trial's network, or its snapshot at that epoch (default: the ensemble)"},
    [OPTION_OUTPUT] = {"output", 'o', "FILE",
                       "write to FILE.h5 or FILE.csv (default: CSV on standard output)"},
};

/* Everything between the options and the output. */
typedef struct Scene {
    const char *file;
    CampaignFile campaign;
    char *hdf5_file; /* owned; NULL for other formats */
    DataSpec spec;
    DataRows rows;
    bool labelled;
    uint16_t *labels; /* owned [rows.count], of the campaign's classes */
    ChosenVoters chosen;
    float *probabilities; /* owned [rows.count, classes] */
    uint16_t *predicted;  /* owned [rows.count] */
    double seconds;
} Scene;

/* --- what to read --- */

/* "birds.h5:/test/x" in two; false where it is no such word. */
static bool is_hdf5(const char *word) {
    const char *colon = strstr(word, ":/");
    return colon != NULL && colon > word;
}

static Status split_hdf5(const char *word, char **file, const char **path) {
    size_t length = (size_t)(strstr(word, ":/") - word);
    TRY(memory_new(file, length + 1, 1));
    memcpy(*file, word, length);
    *path = word + length + 1;
    return STATUS_OK;
}

static Status read_hdf5_words(Scene *scene, const char *images, const char *labels) {
    Hdf5Part *part = &scene->spec.train_hdf5;
    scene->spec.format = DATA_HDF5;
    TRY(split_hdf5(images, &scene->hdf5_file, &part->images));
    part->file = scene->hdf5_file;
    if (labels == NULL) return STATUS_OK;
    size_t length = strlen(part->file);
    if (strncmp(labels, part->file, length) != 0 || labels[length] != ':' || labels[length + 1] != '/')
        return status_fail(STATUS_INPUT, "--labels \"%s\" must be in the file of the images: %s:/path",
                           labels, part->file);
    part->labels = labels + length + 1;
    return STATUS_OK;
}

static Status read_words(Scene *scene, const Arguments *arguments) {
    const char *images = arguments->option[OPTION_IMAGES], *labels = arguments->option[OPTION_LABELS];
    const char *table = arguments->option[OPTION_TABLE], *label = arguments->option[OPTION_LABEL];
    if ((images == NULL) == (table == NULL))
        return status_fail(STATUS_INPUT, "predict: one of --images and --table says which examples");
    if ((images == NULL && labels != NULL) || (table == NULL && label != NULL))
        return status_fail(STATUS_INPUT, "predict: --labels goes with --images, --label with --table");
    scene->labelled = labels != NULL || label != NULL;
    scene->spec.unlabelled = !scene->labelled;
    if (images != NULL && is_hdf5(images)) return read_hdf5_words(scene, images, labels);
    scene->spec.format = images != NULL ? DATA_IDX : DATA_CSV;
    scene->spec.train_images = images;
    scene->spec.train_labels = labels;
    scene->spec.train_table = table;
    scene->spec.label_column = label;
    return STATUS_OK;
}

/* The file's own classes are named; which of the campaign's are they? */
static Status map_labels(Scene *scene) {
    const DataRecord *data = &scene->campaign.state.ledger->data;
    uint16_t *class_of;
    if (!scene->labelled) return STATUS_OK;
    TRY(memory_new(&scene->labels, scene->rows.count, sizeof(uint16_t)));
    TRY(memory_new(&class_of, scene->rows.classes, sizeof(uint16_t)));
    Status status = STATUS_OK;
    for (size_t c = 0; status == STATUS_OK && c < scene->rows.classes; c++) {
        uint32_t known = 0;
        while (known < data->classes && strcmp(scene->rows.names[c], data->class_names[known]) != 0)
            known++;
        class_of[c] = (uint16_t)known;
        if (known == data->classes)
            status = status_fail(STATUS_INPUT, "the label \"%s\" is none of the campaign's %u classes",
                                 scene->rows.names[c], data->classes);
    }
    for (size_t i = 0; status == STATUS_OK && i < scene->rows.count; i++)
        scene->labels[i] = class_of[scene->rows.labels[i]];
    free(class_of);
    return status;
}

/* --- who speaks --- */

static void show_progress(void *context, size_t done, size_t all) {
    (void)context;
    if (isatty(STDERR_FILENO) != 1) return;
    fprintf(stderr, "\r\033[K%3.0f %% of %zu examples%s", 100 * (double)done / (double)all, all,
            done == all ? "\r\033[K" : "");
}

static Status speak(Scene *scene) {
    const CampaignState *state = &scene->campaign.state;
    size_t classes = state->ledger->data.classes;
    TRY(memory_new(&scene->probabilities, scene->rows.count, classes * sizeof(float)));
    TRY(memory_new(&scene->predicted, scene->rows.count, sizeof(uint16_t)));
    double start = clock_monotonic();
    (void)blas_prepare(1);
    TRY(predict_rows(scene->file, state->ledger, scene->campaign.config, &scene->chosen.voters, &scene->rows,
                     scene->probabilities, show_progress, NULL));
    scene->seconds = clock_monotonic() - start;
    for (size_t i = 0; i < scene->rows.count; i++) {
        const float *row = scene->probabilities + i * classes;
        for (size_t c = 1; c < classes; c++) {
            if (row[c] > row[scene->predicted[i]]) scene->predicted[i] = (uint16_t)c;
        }
    }
    return STATUS_OK;
}

/* --- what is written --- */

static Status write_csv(const void *context, FILE *out) {
    const Scene *scene = context;
    const DataRecord *data = &scene->campaign.state.ledger->data;
    fputs("row,predicted", out);
    if (scene->labelled) fputs(",label", out);
    for (uint32_t c = 0; c < data->classes; c++) {
        char name[256];
        snprintf(name, sizeof(name), "p_%.250s", data->class_names[c]);
        fputc(',', out);
        output_csv(out, name);
    }
    fputc('\n', out);
    for (size_t i = 0; i < scene->rows.count; i++) {
        fprintf(out, "%zu,", i);
        output_csv(out, data->class_names[scene->predicted[i]]);
        if (scene->labelled) fputc(',', out);
        if (scene->labelled) output_csv(out, data->class_names[scene->labels[i]]);
        for (uint32_t c = 0; c < data->classes; c++)
            fprintf(out, ",%.9g", (double)scene->probabilities[i * data->classes + c]);
        fputc('\n', out);
    }
    return STATUS_OK;
}

static Status write_hdf5_file(const Scene *scene, const char *path) {
    const DataRecord *data = &scene->campaign.state.ledger->data;
    Predictions predictions = {.count = scene->rows.count,
                               .classes = data->classes,
                               .probabilities = scene->probabilities,
                               .predicted = scene->predicted,
                               .labels = scene->labels,
                               .class_names = data->class_names,
                               .of = scene->file};
    return predictions_write(path, &predictions);
}

static Status check_output(const char *path) {
    if (path == NULL || text_ends_in(path, ".h5") || text_ends_in(path, ".csv")) return STATUS_OK;
    return status_fail(STATUS_INPUT, "--output \"%s\" must end in .h5 or .csv", path);
}

static Status write_out(const Scene *scene, const char *path) {
    if (path == NULL) return write_csv(scene, stdout);
    return text_ends_in(path, ".h5") ? write_hdf5_file(scene, path) : output_file(path, write_csv, scene);
}

static void report(const Scene *scene, const char *path) {
    fprintf(stderr, "%zu examples, %.0f a second, by %s\n", scene->rows.count,
            (double)scene->rows.count / fmax(scene->seconds, 1e-9),
            text_count(scene->chosen.voters.count, "network", "networks"));
    if (scene->labelled) {
        double accuracy, loss;
        ensemble_judge(scene->probabilities, scene->labels, scene->rows.count,
                       scene->campaign.state.ledger->data.classes, &accuracy, &loss);
        fprintf(stderr, "accuracy %.2f %%, loss %.4f\n", 100 * accuracy, loss);
    }
    if (path != NULL) fprintf(stderr, "written to %s\n", path);
}

static Status predict(Scene *scene, const Arguments *arguments) {
    const char *output = arguments->option[OPTION_OUTPUT];
    TRY(check_output(output));
    TRY(read_words(scene, arguments));
    TRY(voters_choose(&scene->chosen, &scene->campaign, scene->file, arguments->option[OPTION_TRIAL]));
    TRY(data_rows_load(&scene->rows, &scene->spec));
    TRY(predict_check(&scene->campaign.state.ledger->data, &scene->rows));
    TRY(map_labels(scene));
    TRY(speak(scene));
    TRY(write_out(scene, output));
    report(scene, output);
    return STATUS_OK;
}

static Status run(const Arguments *arguments) {
    Scene scene = {.file = arguments->operand};
    TRY(campaign_file_open(&scene.campaign, scene.file, false));
    Status status = predict(&scene, arguments);
    data_rows_release(&scene.rows);
    free(scene.hdf5_file);
    free(scene.labels);
    free(scene.probabilities);
    free(scene.predicted);
    campaign_file_close(&scene.campaign);
    return status;
}

const Command command_predict = {
    .name = "predict",
    .operand = "FILE.h5",
    .summary = "what the ensemble, or one network, says of new examples",
    .details =
        "The class names and probabilities of each example, as CSV or HDF5; how many are right where labels\n"
        "are given. Examples are normalised as the campaign's were. CSV: row, predicted, label, p_<class> "
        "..\n"
        "HDF5: /probabilities [examples, classes], /predicted, /labels, /class_names.\n",
    .example = "winnow predict results/fashion-mlp.h5 --images t10k-images-idx3-ubyte.gz -o predictions.csv",
    .exit_codes = "  0   written\n"
                  "  1   FILE.h5 cannot be read, or the output not be written\n"
                  "  2   wrong usage, or examples that the networks do not fit\n",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .run = run,
};

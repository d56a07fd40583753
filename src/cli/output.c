#include "cli/output.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

Status output_json(json_t *value) {
    char *text = value != NULL ? json_text_take(value) : NULL;
    if (text == NULL) return status_fail(STATUS_ENVIRONMENT, "out of memory");
    puts(text);
    free(text);
    return STATUS_OK;
}

static json_t *parameter_value(const Parameter *parameter, DrawnValue value) {
    if (!value.present) return json_null();
    if (!isfinite(value.number)) {
        char word[PARAMETER_WORD_SIZE];
        parameter_value_text(parameter, value, word, sizeof(word));
        return json_string(word);
    }
    bool whole = value.number == floor(value.number) && fabs(value.number) <= 9007199254740992.0;
    return whole ? json_integer((json_int_t)value.number) : json_real(value.number);
}

json_t *output_parameters(const Space *space, const Draw *draw) {
    json_t *object = json_object();
    for (size_t p = 0; p < space->count; p++)
        json_object_set_new(object, space->parameters[p].name,
                            parameter_value(&space->parameters[p], draw->value[p]));
    return object;
}

json_t *output_trial(const Config *config, const LedgerTrial *trial) {
    const LedgerRow *record = &trial->record;
    const TrainOutcome *outcome = &record->outcome;
    Draw draw = draw_unpack(trial->draw);
    char hash[20];
    snprintf(hash, sizeof(hash), "%016llx", (unsigned long long)outcome->weights_hash);
    json_t *object = json_pack("{s:I, s:s, s:I, s:s, s:I, s:I}", "id", (json_int_t)record->trial, "stage",
                               config->stages[record->stage].name, "number", (json_int_t)record->number,
                               "status", trial_status_name(outcome->status), "epochs",
                               (json_int_t)outcome->epochs, "best_epoch", (json_int_t)outcome->best_epoch);
    json_object_set_new(object, "val_accuracy", json_number_or_null(outcome->val_accuracy));
    json_object_set_new(object, "val_loss", json_number_or_null(outcome->val_loss));
    json_object_set_new(object, "train_loss", json_number_or_null(outcome->train_loss));
    json_object_set_new(object, "seconds", json_number_or_null(outcome->seconds));
    json_object_set_new(object, "weights_hash", json_string(hash));
    json_object_set_new(object, "parameters", output_parameters(&config->space, &draw));
    return object;
}

json_t *output_configuration(const Config *config, const Configuration *of) {
    json_t *object =
        json_pack("{s:s, s:I, s:I, s:o, s:I, s:I}", "stage", config->stages[of->stage].name, "configuration",
                  (json_int_t)of->number, "trial", (json_int_t)of->first, "confirms",
                  of->confirms == CONFIRMS_NONE ? json_null() : json_integer((json_int_t)of->confirms),
                  "runs", (json_int_t)of->runs, "completed", (json_int_t)of->completed);
    json_object_set_new(object, "val_accuracy_mean", json_number_or_null(of->val_accuracy.mean));
    json_object_set_new(object, "val_accuracy_deviation", json_number_or_null(of->val_accuracy.deviation));
    json_object_set_new(object, "val_loss_mean", json_number_or_null(of->val_loss.mean));
    json_object_set_new(object, "val_loss_deviation", json_number_or_null(of->val_loss.deviation));
    json_t *parameters = json_null();
    if (of->draw != NULL) {
        Draw draw = draw_unpack(of->draw);
        parameters = output_parameters(&config->space, &draw);
    }
    json_object_set_new(object, "parameters", parameters);
    return object;
}

json_t *output_counts(const Overview *o) {
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "planned", (json_int_t)o->planned, "finished",
                     (json_int_t)o->finished, "completed", (json_int_t)o->completed, "stopped",
                     (json_int_t)o->stopped, "diverged", (json_int_t)o->diverged, "failed",
                     (json_int_t)o->failed, "waiting", (json_int_t)o->waiting);
}

void output_csv(FILE *out, const char *text) {
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"') fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

Status output_file(const char *path, Status (*write)(const void *context, FILE *out), const void *context) {
    Text temporary = {0};
    text_add(&temporary, "%s.tmp", path);
    FILE *out = temporary.failed ? NULL : fopen(text_of(&temporary), "we");
    Status status =
        out != NULL ? write(context, out) : status_fail_errno(STATUS_ENVIRONMENT, "cannot write %s", path);
    bool failed = out != NULL && ferror(out) != 0;
    if (out != NULL && (fclose(out) != 0 || failed) && status == STATUS_OK)
        status = status_fail_errno(STATUS_ENVIRONMENT, "cannot write %s", path);
    if (status == STATUS_OK)
        status = file_publish(text_of(&temporary), path);
    else if (out != NULL)
        (void)unlink(text_of(&temporary));
    text_release(&temporary);
    return status;
}

void output_shape(Shape shape, char *out, size_t size) {
    if (shape.height == 1 && shape.width == 1)
        snprintf(out, size, "%zu", shape.channels);
    else
        snprintf(out, size, "%zu x %zu x %zu", shape.height, shape.width, shape.channels);
}

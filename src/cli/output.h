/* What the commands print in the same way. */
#ifndef WINNOW_CLI_OUTPUT_H
#define WINNOW_CLI_OUTPUT_H

#include <stdio.h>

#include "base/json.h"
#include "base/status.h"
#include "campaign/configurations.h"
#include "report/overview.h"

/* Print the value to stdout and release it. STATUS_ENVIRONMENT where it is NULL: out of memory. */
Status output_json(json_t *value) MUST_CHECK;

/* {"learning_rate": 0.01, "optimizer": "adam", "momentum": null}: every parameter of the space, null where
 * absent. */
json_t *output_parameters(const Space *space, const Draw *draw);

/* A finished trial: id, stage, number, status, figures and parameters. */
json_t *output_trial(const Config *config, const LedgerTrial *trial);

/* A configuration: stage, its first trial, which it confirms (null: none), runs, completed, mean and
 * deviation of both metrics, and parameters (null where no run has completed or diverged). */
json_t *output_configuration(const Config *config, const Configuration *configuration);

/* {"planned": 56, "finished": 12, "completed": 11, ..}. */
json_t *output_counts(const Overview *overview);

/* A field of CSV: in quotes where it holds a comma, a quote or a line's end. */
void output_csv(FILE *out, const char *text);

/* What `write` puts out, as the file `path`: written beside it, synced and renamed. STATUS_ENVIRONMENT. */
Status output_file(const char *path, Status (*write)(const void *context, FILE *out),
                   const void *context) MUST_CHECK;

/* "28 x 28 x 1", "4" for a table's row of four. */
void output_shape(Shape shape, char *out, size_t size);

#endif

/* A campaign's trials in the words of other tools. Each writes what it is told to `out`; the caller sees to
 * the files. */
#ifndef WINNOW_CLI_EXPORT_EXPORT_H
#define WINNOW_CLI_EXPORT_EXPORT_H

#include <stdio.h>

#include "campaign/config.h"
#include "campaign/ledger.h"
#include "campaign/plan.h"

typedef Status ExportWriter(const Ledger *ledger, const Config *config, FILE *out);

/* Comma-separated values with a header, one line a finished trial or a row of its curve; NaN is an empty
 * field. */
ExportWriter export_csv_trials, export_csv_curves;

/* The same as JSON Lines: one object a line; NaN is null. */
ExportWriter export_json_trials, export_json_curves;

/* A journal of Optuna (3.1, JournalFileStorage) with one study of the campaign's name: every drawn trial with
 * its state (completed, stopped as pruned, diverged and failed as failed, else running), the ranges that it
 * was drawn from as distributions, its metric after each epoch as intermediate values, and the rest as user
 * attributes. */
ExportWriter export_optuna;

#endif

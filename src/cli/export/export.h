/* A campaign in the words of other tools: one file of sources a format. */
#ifndef WINNOW_CLI_EXPORT_EXPORT_H
#define WINNOW_CLI_EXPORT_EXPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "campaign/configurations.h"
#include "cli/campaign_file.h"

/* What is to be written, and what its files' names begin with. */
typedef struct Export {
    const CampaignFile *campaign;
    const char *file; /* where that is */
    const char *prefix;
    size_t prefix_length;
    const char *trial; /* of onnx: the number of one, or NULL for the ensemble .. */
    bool members;      /* .. and then also each network in it */
} Export;

typedef Status Exporter(const Export *export);

/* Comma-separated values with a header, one line a finished trial or a row of its curve, and where stages
 * repeat a configuration; NaN is an empty field. Two files, or three. */
Exporter export_csv;

/* The same as JSON Lines: one object a line; NaN is null. */
Exporter export_json;

/* A journal of Optuna (3.1, JournalFileStorage) with one study of the campaign's name: every drawn trial with
 * its state (completed, stopped as pruned, diverged and failed as failed, else running), the ranges that it
 * was drawn from as distributions, its metric after each epoch as intermediate values, and the rest as user
 * attributes. */
Exporter export_optuna;

/* The ensemble, or one network, as a model of ONNX; with `members` also each network of the ensemble, in a
 * file of its own. */
Exporter export_onnx;

/* Write the file PREFIX and `ending`, and print its name. */
Status export_file(const Export *export, const char *ending, Status (*write)(const void *context, FILE *out),
                   const void *context) MUST_CHECK;

/* The same of what the ledger alone tells. */
typedef Status LedgerWriter(const Ledger *ledger, const Config *config, FILE *out);
Status export_ledger(const Export *export, const char *ending, LedgerWriter *write) MUST_CHECK;

/* Each configuration of the stages that repeat and have begun, in their order. */
typedef Status ConfigurationWriter(const Config *config, const Configuration *configuration, FILE *out);
Status export_configurations(const Ledger *ledger, const Config *config, ConfigurationWriter *write,
                             FILE *out) MUST_CHECK;

#endif

/* Pieces of the results file, one source file each. */
#ifndef WINNOW_STORE_RESULTS_HDF5_PIECES_H
#define WINNOW_STORE_RESULTS_HDF5_PIECES_H

#include "campaign/config.h"
#include "campaign/ledger.h"
#include "store/journal.h"
#include "store/results.h"
#include "store/results_hdf5_columns.h"

/* What everything is written from. */
typedef struct ResultsSource {
    const Ledger *ledger;
    const Config *config;
    const char *path;           /* of the results file */
    const Hdf5File *previous;   /* an earlier file of the same campaign, open to read; NULL without one */
    const TestEvaluation *test; /* a new one, NULL for none */
} ResultsSource;

Status write_stages(const Hdf5File *file, const ResultsSource *source) MUST_CHECK;
Status write_trials(const Hdf5File *file, const ResultsSource *source) MUST_CHECK; /* also draws and curves */
Status write_configurations(const Hdf5File *file, const ResultsSource *source) MUST_CHECK;
Status write_members(const Hdf5File *file, const ResultsSource *source) MUST_CHECK;
Status write_ensemble(const Hdf5File *file, const ResultsSource *source) MUST_CHECK;

/* Read every object of a file, and remember nothing: there may be millions of rows. */
Status results_read_all(char *path) MUST_CHECK;

/* Hand over what the open file says as records, in an order that ledger_apply accepts. */
Status read_draws(const Hdf5File *file, uint32_t parameter_count, JournalVisitor visit,
                  void *context) MUST_CHECK;
Status read_trials(const Hdf5File *file, JournalVisitor visit, void *context) MUST_CHECK;
/* They follow from the trials: only that they can be read. */
Status check_configurations(const Hdf5File *file) MUST_CHECK;
Status read_member(const Hdf5File *file, uint64_t trial, MemberBlob *blob) MUST_CHECK;
Status read_members(const Hdf5File *file, JournalVisitor visit, void *context) MUST_CHECK; /* names alone */
Status read_ensemble(const Hdf5File *file, JournalVisitor visit, void *context) MUST_CHECK;

#endif

/* What stored networks say of examples that they have not seen. */
#ifndef WINNOW_RANK_PREDICT_H
#define WINNOW_RANK_PREDICT_H

#include "campaign/config.h"
#include "campaign/ledger.h"
#include "data/rows.h"

/* Networks and how often each counts: an ensemble, or one trial. */
typedef struct Voters {
    size_t count;
    const uint64_t *trials; /* [count], borrowed */
    const uint32_t *epochs; /* [count] of the trials' networks, borrowed */
    const uint32_t *counts; /* [count] >= 1, borrowed */
} Voters;

/* Told after each part of the examples. */
typedef void PredictNews(void *context, size_t done, size_t all);

/* STATUS_INPUT where the examples are of another shape than the campaign's. */
Status predict_check(const DataRecord *data, const DataRows *rows) MUST_CHECK;

/* The weighted mean of the networks' probabilities, probabilities [rows->count, classes] with the data
 * record's classes: of the campaign's own examples the same bits as when it judged them. The networks come
 * from `file` or the folder beside it; the examples have passed predict_check. STATUS_ENVIRONMENT where a
 * network is not stored. */
Status predict_rows(const char *file, const Ledger *ledger, const Config *config, const Voters *voters,
                    const DataRows *rows, float *probabilities, PredictNews *news, void *context) MUST_CHECK;

#endif

#include "rank/candidates.h"

#include <stdlib.h>

#include "base/memory.h"
#include "rank/member_network.h"

void candidates_release(Candidates *pool) {
    for (size_t i = 0; pool->blobs != NULL && i < pool->count; i++)
        member_blob_release(&pool->blobs[i]);
    free(pool->blobs);
    free(pool->candidates);
    free(pool->ids);
    *pool = (Candidates){0};
}

Status candidates_load(Candidates *pool, const char *file, const Ledger *ledger, const Config *config,
                       size_t examples, size_t classes) {
    size_t size = config->has_ensemble ? config->ensemble.pool : 1;
    size_t count;
    *pool = (Candidates){0};
    TRY(ledger_best(ledger, config->metric, size, &pool->ids, &count));
    TRY(memory_new(&pool->blobs, count, sizeof(MemberBlob)));
    TRY(memory_new(&pool->candidates, count, sizeof(Candidate)));
    for (size_t i = 0; i < count; i++) {
        const LedgerTrial *trial = &ledger->trials[pool->ids[i]];
        if (!trial->kept)
            return status_fail(STATUS_ENVIRONMENT, "the network of trial %llu is not stored",
                               (unsigned long long)pool->ids[i]);
        MemberBlob *blob = &pool->blobs[pool->count];
        TRY(member_load(file, trial->member, blob));
        pool->count++;
        if (blob->examples != examples || blob->classes != classes)
            return status_fail(STATUS_ENVIRONMENT,
                               "the stored network of trial %llu was judged on other data",
                               (unsigned long long)pool->ids[i]);
        double metric = config->metric == METRIC_VAL_LOSS ? -trial->record.outcome.val_loss
                                                          : trial->record.outcome.val_accuracy;
        pool->candidates[i] =
            (Candidate){.trial = pool->ids[i], .metric = metric, .probabilities = blob->probabilities};
    }
    return STATUS_OK;
}

const MemberBlob *candidates_blob(const Candidates *pool, uint64_t trial) {
    for (size_t i = 0; i < pool->count; i++) {
        if (pool->blobs[i].trial == trial) return &pool->blobs[i];
    }
    return NULL;
}

#include "rank/candidates.h"

#include <stdlib.h>

#include "base/memory.h"
#include "rank/member_network.h"

void candidates_release(Candidates *pool) {
    for (size_t i = 0; pool->blobs != NULL && i < pool->trial_count; i++)
        member_blob_release(&pool->blobs[i]);
    free(pool->blobs);
    free(pool->candidates);
    free(pool->ids);
    *pool = (Candidates){0};
}

static Status load_blobs(Candidates *pool, const char *file, const Ledger *ledger, size_t count) {
    TRY(memory_new(&pool->blobs, count, sizeof(MemberBlob)));
    for (size_t i = 0; i < count; i++) {
        const LedgerTrial *trial = &ledger->trials[pool->ids[i]];
        if (!trial->kept)
            return status_fail(STATUS_ENVIRONMENT, "the network of trial %llu is not stored",
                               (unsigned long long)pool->ids[i]);
        TRY(member_load(file, trial->member, &pool->blobs[i]));
        pool->trial_count++;
    }
    return STATUS_OK;
}

/* Larger is better. Where there is a part that the search did not see, its word counts; else the curve knows
 * what every epoch's network is worth. */
static double worth_of(const MemberBlob *blob, const DataRecord *data, MetricKind metric,
                       const EpochRow *row) {
    double accuracy = row->val_accuracy, loss = row->val_loss;
    if (data->selection_count > 0)
        ensemble_judge(blob->selection_probabilities, data->selection_labels, (size_t)data->selection_count,
                       data->classes, &accuracy, &loss);
    return metric_worth(metric, metric_of(metric, accuracy, loss));
}

static Status add(Candidates *pool, const Ledger *ledger, MetricKind metric, const MemberBlob *blob) {
    const DataRecord *data = &ledger->data;
    const LedgerRow *record = &ledger->trials[blob->trial].record;
    if (blob->examples != data->validation_count || blob->selection_examples != data->selection_count ||
        blob->classes != data->classes || blob->epoch == 0 || blob->epoch > record->curve_count)
        return status_fail(STATUS_ENVIRONMENT,
                           "the stored network of trial %llu at epoch %u was judged on other data",
                           (unsigned long long)blob->trial, blob->epoch);
    pool->candidates[pool->count++] =
        (Candidate){.trial = blob->trial,
                    .epoch = blob->epoch,
                    .metric = worth_of(blob, data, metric, &record->curve[blob->epoch - 1]),
                    .probabilities = member_choice_probabilities(blob)};
    return STATUS_OK;
}

Status candidates_load(Candidates *pool, const char *file, const Ledger *ledger, const Config *config) {
    size_t size = config->has_ensemble ? config->ensemble.pool : 1;
    size_t trials, networks = 0;
    *pool = (Candidates){0};
    TRY(ledger_best(ledger, config->metric, size, &pool->ids, &trials));
    TRY(load_blobs(pool, file, ledger, trials));
    for (size_t i = 0; i < trials; i++)
        networks += 1 + pool->blobs[i].snapshot_count;
    TRY(memory_new(&pool->candidates, networks, sizeof(Candidate)));
    for (size_t i = 0; i < trials; i++) {
        const MemberBlob *blob = &pool->blobs[i];
        TRY(add(pool, ledger, config->metric, blob));
        for (uint32_t k = 0; config->ensemble.snapshots && k < blob->snapshot_count; k++)
            TRY(add(pool, ledger, config->metric, &blob->snapshots[k]));
    }
    return STATUS_OK;
}

Status candidates_validate(const Candidates *pool, const DataRecord *data, const Selection *selection,
                           double *accuracy, double *loss) {
    size_t examples = (size_t)data->validation_count;
    const float **members = NULL;
    float *average = NULL;
    Status status = memory_new(&members, selection->member_count, sizeof(*members));
    if (status == STATUS_OK) status = memory_new(&average, examples * data->classes, sizeof(*average));
    for (size_t i = 0; status == STATUS_OK && i < selection->member_count; i++)
        members[i] = candidates_blob(pool, selection->members[i], selection->epochs[i])->probabilities;
    if (status == STATUS_OK) {
        ensemble_average(members, selection->counts, selection->member_count, examples, data->classes,
                         average);
        ensemble_judge(average, data->validation_labels, examples, data->classes, accuracy, loss);
    }
    free(members);
    free(average);
    return status;
}

Status candidates_optimism(const Candidates *pool, const DataRecord *data, MetricKind metric, Optimism *best,
                           Optimism *all) {
    size_t trials = pool->trial_count;
    const float **probabilities; /* [2 * trials]: of both parts */
    TRY(memory_new(&probabilities, 2 * trials, sizeof(*probabilities)));
    JudgedPart seen = {probabilities, data->validation_labels, (size_t)data->validation_count};
    JudgedPart unseen = {probabilities + trials, data->selection_labels, (size_t)data->selection_count};
    for (size_t i = 0; i < trials; i++) {
        probabilities[i] = pool->blobs[i].probabilities;
        probabilities[trials + i] = pool->blobs[i].selection_probabilities;
    }
    *best = optimism_of(metric, &seen, &unseen, 1, data->classes);
    *all = optimism_of(metric, &seen, &unseen, trials, data->classes);
    free(probabilities);
    return STATUS_OK;
}

const MemberBlob *candidates_blob(const Candidates *pool, uint64_t trial, uint32_t epoch) {
    for (size_t i = 0; i < pool->trial_count; i++) {
        if (pool->blobs[i].trial == trial) return member_blob_at(&pool->blobs[i], epoch);
    }
    return NULL;
}

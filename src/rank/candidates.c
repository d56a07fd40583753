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

/* Larger is better. Where there is a part that the search did not see, its word counts. */
static double metric_of(const Candidate *candidate, const ChoicePart *part, const DataRecord *data,
                        MetricKind metric, const TrainOutcome *outcome) {
    double accuracy = outcome->val_accuracy, loss = outcome->val_loss;
    if (data->selection_count > 0)
        ensemble_judge(candidate->probabilities, part->labels, (size_t)part->count, data->classes, &accuracy,
                       &loss);
    return metric == METRIC_VAL_LOSS ? -loss : accuracy;
}

static bool is_of(const MemberBlob *blob, const DataRecord *data) {
    return blob->examples == data->validation_count && blob->selection_examples == data->selection_count &&
           blob->classes == data->classes;
}

Status candidates_load(Candidates *pool, const char *file, const Ledger *ledger, const Config *config) {
    const DataRecord *data = &ledger->data;
    ChoicePart part = data_choice_part(data);
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
        if (!is_of(blob, data))
            return status_fail(STATUS_ENVIRONMENT,
                               "the stored network of trial %llu was judged on other data",
                               (unsigned long long)pool->ids[i]);
        Candidate *candidate = &pool->candidates[i];
        candidate->trial = pool->ids[i];
        candidate->probabilities = member_choice_probabilities(blob);
        candidate->metric = metric_of(candidate, &part, data, config->metric, &trial->record.outcome);
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
        members[i] = candidates_blob(pool, selection->members[i])->probabilities;
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
    const float **probabilities; /* [2 * count]: of both parts */
    TRY(memory_new(&probabilities, 2 * pool->count, sizeof(*probabilities)));
    JudgedPart seen = {probabilities, data->validation_labels, (size_t)data->validation_count};
    JudgedPart unseen = {probabilities + pool->count, data->selection_labels, (size_t)data->selection_count};
    for (size_t i = 0; i < pool->count; i++) {
        probabilities[i] = pool->blobs[i].probabilities;
        probabilities[pool->count + i] = pool->blobs[i].selection_probabilities;
    }
    *best = optimism_of(metric, &seen, &unseen, 1, data->classes);
    *all = optimism_of(metric, &seen, &unseen, pool->count, data->classes);
    free(probabilities);
    return STATUS_OK;
}

const MemberBlob *candidates_blob(const Candidates *pool, uint64_t trial) {
    for (size_t i = 0; i < pool->count; i++) {
        if (pool->blobs[i].trial == trial) return &pool->blobs[i];
    }
    return NULL;
}

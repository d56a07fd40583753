#include "report/page/networks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static Status choose(Networks *n, const Ledger *ledger, const uint64_t *best, size_t best_count) {
    const EnsembleRecord *ensemble = &ledger->ensemble;
    size_t count = ledger->has_ensemble ? ensemble->member_count : best_count > 0;
    TRY(memory_new(&n->ids, count, sizeof(uint64_t)));
    TRY(memory_new(&n->epochs, count, sizeof(uint32_t)));
    TRY(memory_new(&n->counts, count, sizeof(uint32_t)));
    for (size_t i = 0; i < count; i++) {
        n->ids[i] = ledger->has_ensemble ? ensemble->members[i] : best[0];
        n->epochs[i] =
            ledger->has_ensemble ? ensemble->epochs[i] : ledger->trials[best[0]].record.outcome.best_epoch;
        n->counts[i] = ledger->has_ensemble ? ensemble->counts[i] : 1;
    }
    n->count = count;
    return STATUS_OK;
}

/* The first convolution's kernels; the best network's stand in the end. */
static Status take_filters(Networks *n, const MemberBlob *blob) {
    for (uint32_t b = 0; b < blob->block_count; b++) {
        const struct MemberBlock *block = &blob->blocks[b];
        if (block->shape.rank != 4 || strcmp(block->role, "weight") != 0) continue;
        size_t values = 0;
        if (!array_count(block->shape, &values)) return STATUS_OK;
        free(n->filters);
        TRY(memory_new(&n->filters, values, sizeof(float)));
        memcpy(n->filters, block->values, values * sizeof(float));
        memcpy(n->filters_dims, block->shape.dims, sizeof(n->filters_dims));
        memcpy(n->filters_layer, block->layer, sizeof(n->filters_layer));
        n->filters_trial = blob->trial;
        return STATUS_OK;
    }
    return STATUS_OK;
}

static Status take(Networks *n, size_t i, const MemberBlob *blob, double *sum) {
    size_t cells = n->examples * n->classes;
    if (member_choice_examples(blob) != n->examples || blob->classes != n->classes)
        return status_fail(STATUS_ENVIRONMENT, "the stored network of trial %llu was judged on other data",
                           (unsigned long long)blob->trial);
    const float *probabilities = member_choice_probabilities(blob);
    predicted_classes(probabilities, n->examples, n->classes, n->predicted + i * n->examples);
    for (size_t c = 0; c < cells; c++)
        sum[c] += (double)n->counts[i] * (double)probabilities[c];
    return STATUS_OK;
}

static Status read_all(Networks *n, const ReportInput *in, const uint64_t *best, size_t best_count,
                       double *sum) {
    size_t filters_rank = SIZE_MAX;
    for (size_t i = 0; i < n->count; i++) {
        MemberBlob blob = {0};
        TRY(in->load(in->context, n->ids[i], &blob));
        size_t rank = 0;
        while (rank < best_count && best[rank] != n->ids[i])
            rank++;
        const MemberBlob *network = member_blob_at(&blob, n->epochs[i]);
        Status status = network != NULL ? take(n, i, network, sum)
                                        : status_fail(STATUS_ENVIRONMENT,
                                                      "the network of trial %llu at epoch %u is not stored",
                                                      (unsigned long long)n->ids[i], n->epochs[i]);
        if (status == STATUS_OK && rank < filters_rank) {
            status = take_filters(n, &blob);
            filters_rank = rank;
        }
        member_blob_release(&blob);
        TRY(status);
    }
    return STATUS_OK;
}

static void to_predictions(Networks *n, const double *sum) {
    for (size_t e = 0; e < n->examples; e++) {
        const double *row = sum + e * n->classes;
        size_t best = 0;
        for (size_t c = 1; c < n->classes; c++) {
            if (row[c] > row[best] || isnan(row[best])) best = c;
        }
        n->all_predicted[e] = (uint16_t)best;
    }
}

static void compare(Networks *n) {
    double total = 0;
    for (size_t a = 0; a < n->count; a++) {
        for (size_t b = 0; b < a; b++) {
            double part =
                disagreement(n->predicted + a * n->examples, n->predicted + b * n->examples, n->examples);
            n->disagreement[a * n->count + b] = n->disagreement[b * n->count + a] = part;
            total += part;
        }
    }
    n->mean_disagreement = n->count > 1 ? total / ((double)n->count * (double)(n->count - 1) / 2) : NAN;
}

static Status fill(Networks *n, const ReportInput *in, const uint64_t *best, size_t best_count) {
    const Ledger *ledger = in->ledger;
    TRY(choose(n, ledger, best, best_count));
    if (n->count == 0) return STATUS_OK;
    if (!ledger->has_data || ledger->data.validation_count == 0)
        return status_fail(STATUS_ENVIRONMENT, "the file says nothing of its data");
    ChoicePart part = data_choice_part(&ledger->data);
    n->part = part.name;
    n->examples = part.count;
    n->classes = ledger->data.classes;
    TRY(memory_new(&n->predicted, n->count * n->examples, sizeof(uint16_t)));
    TRY(memory_new(&n->all_predicted, n->examples, sizeof(uint16_t)));
    TRY(memory_new(&n->disagreement, n->count * n->count, sizeof(double)));
    double *sum = NULL;
    TRY(memory_new(&sum, n->examples * n->classes, sizeof(double)));
    Status status = read_all(n, in, best, best_count, sum);
    if (status == STATUS_OK) to_predictions(n, sum);
    free(sum);
    TRY(status);
    compare(n);
    return confusion(part.labels, n->all_predicted, n->examples, &n->pairs, &n->pair_count);
}

void networks_read(Networks *n, const ReportInput *input, const uint64_t *best, size_t best_count) {
    *n = (Networks){.mean_disagreement = NAN};
    if (fill(n, input, best, best_count) == STATUS_OK) return;
    networks_release(n);
    *n = (Networks){.mean_disagreement = NAN};
    text_copy(n->why, sizeof(n->why), status_text());
    status_clear();
}

void networks_release(Networks *n) {
    free(n->ids);
    free(n->epochs);
    free(n->counts);
    free(n->predicted);
    free(n->all_predicted);
    free(n->disagreement);
    free(n->pairs);
    free(n->filters);
    *n = (Networks){0};
}

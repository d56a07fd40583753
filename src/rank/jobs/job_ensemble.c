#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "rank/candidates.h"
#include "rank/jobs.h"
#include "rank/ledger_from_journal.h"
#include "rank/test_judge.h"

static Status labels_of(const Examples *examples, uint16_t **labels) {
    TRY(memory_new(labels, examples->count, sizeof(uint16_t)));
    for (size_t i = 0; i < examples->count; i++)
        (*labels)[i] = examples->labels[examples->index[i]];
    return STATUS_OK;
}

/* The one look at the test set: ensemble and best single network. */
static Status test_all(const Config *config, const Ledger *ledger, const Candidates *pool,
                       const Selection *selection, const Examples *test, EnsembleRecord *record) {
    TRY(memory_new(&record->test_probabilities, test->count * test->classes, sizeof(float)));
    record->has_test = true;
    record->test_count = test->count;
    TRY(test_judge(config, ledger, pool, selection, test, record->test_probabilities, &record->test_accuracy,
                   &record->test_loss));
    return test_judge_single(config, ledger, &pool->blobs[0], test, NULL, &record->single_test_accuracy,
                             &record->single_test_loss);
}

static Status choose(const JobContext *context, const Ledger *ledger, const char *file,
                     EnsembleRecord *record) {
    const Config *config = context->config;
    Examples validation = dataset_part(context->dataset, PART_VALIDATION);
    Examples test = dataset_part(context->dataset, PART_TEST);
    Candidates pool = {0};
    Selection selection = {0};
    uint16_t *labels = NULL;
    EnsembleRules rules = config->ensemble;
    if (!config->has_ensemble) {
        rules.method = ENSEMBLE_TOP;
        rules.size = 1;
    }
    Status status = candidates_load(&pool, file, ledger, config, validation.count, validation.classes);
    if (status == STATUS_OK) status = labels_of(&validation, &labels);
    if (status == STATUS_OK)
        status = ensemble_select(&rules, pool.candidates, pool.count, labels, validation.count,
                                 validation.classes, &selection);
    free(labels);
    if (status == STATUS_OK) {
        const TrainOutcome *single = &ledger->trials[pool.ids[0]].record.outcome;
        *record = (EnsembleRecord){.member_count = (uint32_t)selection.member_count,
                                   .pick_count = (uint32_t)selection.pick_count,
                                   .val_accuracy = selection.accuracy,
                                   .val_loss = selection.loss,
                                   .test_accuracy = NAN,
                                   .test_loss = NAN,
                                   .single = pool.ids[0],
                                   .single_val_accuracy = single->val_accuracy,
                                   .single_val_loss = single->val_loss,
                                   .single_test_accuracy = NAN,
                                   .single_test_loss = NAN,
                                   .classes = (uint32_t)validation.classes};
        if (test.count > 0) status = test_all(config, ledger, &pool, &selection, &test, record);
        record->members = selection.members;
        record->epochs = selection.epochs;
        record->counts = selection.counts;
        record->metric_after_pick = selection.metric_after_pick;
    }
    candidates_release(&pool);
    return status;
}

Status job_ensemble(const JobContext *context, const JobMessage *job, Channel *out) {
    Ledger *ledger;
    TRY(ledger_from_journal(&ledger, job->file, job->journal_length));
    Message message = {.kind = MESSAGE_JOB_RESULT};
    Record *record = &message.as.job_result.record;
    record->kind = RECORD_ENSEMBLE;
    Status status = choose(context, ledger, job->file, &record->as.ensemble);
    if (status == STATUS_OK) status = message_send(out, 0, &message);
    record_release(record);
    ledger_destroy(&ledger);
    return status;
}

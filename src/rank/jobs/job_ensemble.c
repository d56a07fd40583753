#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "rank/candidates.h"
#include "rank/jobs.h"
#include "rank/ledger_from_journal.h"
#include "rank/test_judge.h"

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

/* What both parts say where the ensemble was chosen on the one that the search did not see. */
static Status judge_selection(const Ledger *ledger, const Config *config, const Candidates *pool,
                              const Selection *selection, EnsembleRecord *record) {
    const DataRecord *data = &ledger->data;
    if (data->selection_count == 0) return STATUS_OK;
    record->on_selection = true;
    record->selection_accuracy = selection->accuracy;
    record->selection_loss = selection->loss;
    TRY(candidates_validate(pool, data, selection, &record->val_accuracy, &record->val_loss));
    ensemble_judge(pool->blobs[0].selection_probabilities, data->selection_labels,
                   (size_t)data->selection_count, data->classes, &record->single_selection_accuracy,
                   &record->single_selection_loss);
    return candidates_optimism(pool, data, config->metric, &record->single_optimism, &record->pool_optimism);
}

static Status choose(const JobContext *context, const Ledger *ledger, const char *file,
                     EnsembleRecord *record) {
    const Config *config = context->config;
    Examples test = dataset_part(context->dataset, PART_TEST);
    Candidates pool = {0};
    Selection selection = {0};
    EnsembleRules rules = config->ensemble;
    if (!config->has_ensemble) {
        rules.method = ENSEMBLE_TOP;
        rules.size = 1;
    }
    ChoicePart part = data_choice_part(&ledger->data);
    Status status = candidates_load(&pool, file, ledger, config);
    if (status == STATUS_OK)
        status = ensemble_select(&rules, pool.candidates, pool.count, part.labels, (size_t)part.count,
                                 ledger->data.classes, &selection);
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
                                   .classes = ledger->data.classes};
        status = judge_selection(ledger, config, &pool, &selection, record);
        if (status == STATUS_OK && test.count > 0)
            status = test_all(config, ledger, &pool, &selection, &test, record);
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

#include "cli/ensemble_test.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli/campaign_data.h"
#include "engine/blas.h"
#include "rank/test_judge.h"
#include "store/results.h"
#include "store/results_guard.h"

#define WRITING_SECONDS 3600 /* of computing; more than any file needs */

static Status judge(const CampaignFile *c, const char *space, const Candidates *pool,
                    const Selection *selection, EnsembleTest *out) {
    Dataset *dataset;
    TRY(campaign_data_load(c, space, &dataset));
    (void)blas_prepare(1);
    Examples test = dataset_part(dataset, PART_TEST);
    float *probabilities = NULL;
    Status status = test.count > 0
                        ? memory_new(&probabilities, test.count * test.classes, sizeof(float))
                        : status_fail(STATUS_INPUT, "the configuration names no test data to judge on");
    if (status == STATUS_OK)
        status = test_judge(c->config, c->state.ledger, pool, selection, &test, probabilities, &out->accuracy,
                            &out->loss);
    free(probabilities);
    dataset_destroy(&dataset);
    return status;
}

/* What the writing process is given. */
typedef struct Writing {
    const char *file;
    const CampaignFile *campaign;
    TestEvaluation evaluation;
} Writing;

static Status write_file(void *context) {
    const Writing *w = context;
    return results_add_test(w->file, w->campaign->state.ledger, w->campaign->config, &w->evaluation);
}

static Status record(const CampaignFile *c, const char *file, const Selection *selection, EnsembleTest *out) {
    Writing writing = {.file = file,
                       .campaign = c,
                       .evaluation = {.time = clock_unix(),
                                      .member_count = selection->member_count,
                                      .members = selection->members,
                                      .epochs = selection->epochs,
                                      .counts = selection->counts,
                                      .accuracy = out->accuracy,
                                      .loss = out->loss}};
    Text died = {0};
    text_add(&died, "writing %s crashed, as HDF5 does where a disk is full", file);
    Status status = guard_try(write_file, &writing, WRITING_SECONDS, text_of(&died));
    text_release(&died);
    TRY(status);
    TRY(results_verify(file));
    return results_test_evaluations(file, &out->evaluations);
}

static Status test_locked(CampaignFile *c, const char *file, const char *space, const Candidates *pool,
                          const Selection *selection, EnsembleTest *out) {
    bool changed;
    TRY(campaign_file_refresh(c, file, false, &changed));
    if (changed) return status_fail(STATUS_ENVIRONMENT, "%s has changed while it was read; try again", file);
    TRY(judge(c, space, pool, selection, out));
    return record(c, file, selection, out);
}

Status ensemble_test(CampaignFile *c, const char *file, const char *space, const Candidates *pool,
                     const Selection *selection, EnsembleTest *out) {
    Lock lock;
    if (!c->state.complete)
        return status_fail(STATUS_INPUT,
                           "%s: the campaign is not complete, and the test set is for its end; without "
                           "--test ensembles are compared on what they are chosen on",
                           file);
    TRY(lock_take(&lock, file));
    Status status = test_locked(c, file, space, pool, selection, out);
    lock_release(&lock);
    return status;
}

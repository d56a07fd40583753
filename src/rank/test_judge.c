#include "rank/test_judge.h"

#include <stdlib.h>

#include "base/memory.h"
#include "engine/trainer.h"
#include "rank/member_network.h"

Status test_judge_single(const Config *config, const Ledger *ledger, const MemberBlob *blob,
                         const Examples *test, float *probabilities, double *accuracy, double *loss) {
    NetworkSpec *spec;
    TRY(memory_new(&spec, 1, sizeof(*spec)));
    float *parameters = NULL;
    Draw draw = draw_unpack(ledger->trials[blob->trial].draw);
    Status status = config_network(config, &draw, test->shape, test->classes, spec);
    if (status == STATUS_OK) status = member_parameters(blob, spec, &parameters);
    if (status == STATUS_OK) status = trainer_judge(spec, parameters, test, loss, accuracy, probabilities);
    free(parameters);
    free(spec);
    return status;
}

static Status judge_average(const float *const *member, const Selection *selection, const Examples *test,
                            float *probabilities, double *accuracy, double *loss) {
    uint16_t *labels; /* [test->count] */
    TRY(memory_new(&labels, test->count, sizeof(uint16_t)));
    for (size_t i = 0; i < test->count; i++)
        labels[i] = test->labels[test->index[i]];
    ensemble_average(member, selection->counts, selection->member_count, test->count, test->classes,
                     probabilities);
    ensemble_judge(probabilities, labels, test->count, test->classes, accuracy, loss);
    free(labels);
    return STATUS_OK;
}

Status test_judge(const Config *config, const Ledger *ledger, const Candidates *pool,
                  const Selection *selection, const Examples *test, float *probabilities, double *accuracy,
                  double *loss) {
    float **member; /* [member_count][test->count, classes] */
    TRY(memory_new(&member, selection->member_count, sizeof(float *)));
    Status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < selection->member_count; i++) {
        status = memory_new(&member[i], test->count * test->classes, sizeof(float));
        const MemberBlob *blob = candidates_blob(pool, selection->members[i], selection->epochs[i]);
        if (status == STATUS_OK)
            status = test_judge_single(config, ledger, blob, test, member[i], accuracy, loss);
    }
    if (status == STATUS_OK)
        status = judge_average((const float *const *)member, selection, test, probabilities, accuracy, loss);
    for (size_t i = 0; i < selection->member_count; i++)
        free(member[i]);
    free(member);
    return status;
}

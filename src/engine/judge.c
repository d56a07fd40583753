#include "engine/judge.h"

#include <math.h>
#include <string.h>

#include "engine/float_mode.h"
#include "engine/trainer.h"

#define JUDGE_BATCH 256 /* large enough for full speed, small enough to stay in the second-level cache */

size_t judge_batch(const Examples *examples) {
    return examples->count < JUDGE_BATCH ? examples->count : JUDGE_BATCH;
}

Judgement judge_network(Network *network, const Examples *examples, float *probabilities) {
    if (examples->count == 0) return (Judgement){NAN, NAN};
    double loss_sum = 0;
    size_t correct = 0;
    uint32_t rows[JUDGE_BATCH];
    for (size_t first = 0; first < examples->count; first += JUDGE_BATCH) {
        size_t left = examples->count - first;
        size_t batch = left < JUDGE_BATCH ? left : JUDGE_BATCH;
        for (size_t i = 0; i < batch; i++)
            rows[i] = (uint32_t)(first + i);
        examples_gather(examples, rows, batch, network_input(network), network_labels(network));
        float *out = probabilities == NULL ? NULL : probabilities + first * examples->classes;
        BatchResult result = network_evaluate(network, batch, out);
        loss_sum += result.loss_sum;
        correct += result.correct;
    }
    return (Judgement){loss_sum / (double)examples->count, (double)correct / (double)examples->count};
}

Status trainer_judge(const NetworkSpec *spec, const float *parameters, const Examples *examples, double *loss,
                     double *accuracy, float *probabilities) {
    TRY(examples_fit(examples, spec));
    Network *network = NULL;
    size_t batch = judge_batch(examples);
    TRY(network_create(&network, spec, batch > 0 ? batch : 1));
    memcpy(network_parameters(network), parameters, network_parameter_count(network) * sizeof *parameters);
    FloatMode mode = float_mode_flush();
    Judgement judgement = judge_network(network, examples, probabilities);
    float_mode_restore(mode);
    *loss = judgement.loss;
    *accuracy = judgement.accuracy;
    network_destroy(&network);
    return STATUS_OK;
}

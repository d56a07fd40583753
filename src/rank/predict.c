#include "rank/predict.h"

#include <stdlib.h>

#include "base/memory.h"
#include "engine/trainer.h"
#include "ensemble/selection.h"
#include "rank/member_network.h"

#define PART_ROWS                                                                                            \
    ((size_t)65536) /* judged at a time by all networks: whole batches of the engine's judge                 \
                     */

/* A network, ready to judge. */
typedef struct Voter {
    MemberNetwork network;
    float *probabilities; /* owned [PART_ROWS or fewer, classes] */
} Voter;

typedef struct Prediction {
    const char *file;
    const Ledger *ledger;
    const Config *config;
    const Voters *voters;
    Voter *list; /* owned [voters->count] */
    Examples examples;
    size_t part; /* most rows at a time */
} Prediction;

Status predict_check(const DataRecord *data, const DataRows *rows) {
    Shape wanted = data->shape, found = rows->shape;
    if (found.height == wanted.height && found.width == wanted.width && found.channels == wanted.channels)
        return STATUS_OK;
    return status_fail(
        STATUS_INPUT,
        "an example is %zu x %zu x %zu (height, width, channels), where the campaign's are %zu x "
        "%zu x %zu",
        found.height, found.width, found.channels, wanted.height, wanted.width, wanted.channels);
}

static Status prepare(Prediction *p, size_t number) {
    Voter *voter = &p->list[number];
    TRY(member_network(&voter->network, p->file, p->ledger, p->config, p->voters->trials[number],
                       p->voters->epochs[number]));
    return memory_new(&voter->probabilities, p->part * p->examples.classes, sizeof(float));
}

static Status judge_part(const Prediction *p, size_t first, size_t count, const float **each, float *out) {
    Examples part = p->examples;
    part.index += first;
    part.count = count;
    for (size_t i = 0; i < p->voters->count; i++) {
        double loss, accuracy; /* of no labels */
        const Voter *voter = &p->list[i];
        TRY(trainer_judge(voter->network.spec, voter->network.parameters, &part, &loss, &accuracy,
                          voter->probabilities));
        each[i] = voter->probabilities;
    }
    ensemble_average(each, p->voters->counts, p->voters->count, count, part.classes, out);
    return STATUS_OK;
}

static Status judge_all(const Prediction *p, float *probabilities, PredictNews *news, void *context) {
    const float **each;
    size_t rows = p->examples.count;
    TRY(memory_new(&each, p->voters->count, sizeof(*each)));
    Status status = STATUS_OK;
    for (size_t first = 0; status == STATUS_OK && first < rows; first += p->part) {
        size_t count = rows - first < p->part ? rows - first : p->part;
        status = judge_part(p, first, count, each, probabilities + first * p->examples.classes);
        news(context, first + count, rows);
    }
    free(each);
    return status;
}

Status predict_rows(const char *file, const Ledger *ledger, const Config *config, const Voters *voters,
                    const DataRows *rows, float *probabilities, PredictNews *news, void *context) {
    const DataRecord *data = &ledger->data;
    uint16_t *labels;
    TRY(memory_new(&labels, rows->count, sizeof(*labels)));
    Prediction p = {.file = file,
                    .ledger = ledger,
                    .config = config,
                    .voters = voters,
                    .part = rows->count < PART_ROWS ? rows->count : PART_ROWS,
                    .examples = {.values = rows->values,
                                 .type = rows->type,
                                 .shape = rows->shape,
                                 .labels = labels,
                                 .classes = data->classes,
                                 .index = rows->index,
                                 .count = rows->count,
                                 .mean = data->mean,
                                 .deviation = data->deviation,
                                 .period = data->period}};
    Status status = memory_new(&p.list, voters->count, sizeof(*p.list));
    for (size_t i = 0; status == STATUS_OK && i < voters->count; i++)
        status = prepare(&p, i);
    if (status == STATUS_OK) status = judge_all(&p, probabilities, news, context);
    for (size_t i = 0; p.list != NULL && i < voters->count; i++) {
        member_network_release(&p.list[i].network);
        free(p.list[i].probabilities);
    }
    free(p.list);
    free(labels);
    return status;
}

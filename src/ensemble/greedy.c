#include "ensemble/greedy.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

bool score_better(MetricKind metric, Score a, Score b) {
    if (metric == METRIC_VAL_ACCURACY && a.accuracy != b.accuracy) return a.accuracy > b.accuracy;
    return a.loss < b.loss;
}

bool score_hurt(MetricKind metric, Score before, Score after) {
    return metric == METRIC_VAL_ACCURACY ? after.accuracy < before.accuracy : after.loss > before.loss;
}

/* The ensemble of `picked` networks with these sums of probabilities, and of one more. The division by their
 * number is needed for the loss alone. */
static Score score_with(const ValidationPart *examples, const double *sums, size_t picked,
                        const float *added) {
    size_t right = 0;
    double loss = 0;
    double number = (double)picked + 1;
    for (size_t e = 0; e < examples->count; e++) {
        const double *sum = sums + e * examples->classes; /* [classes] */
        const float *p = added + e * examples->classes;   /* [classes] */
        size_t label = examples->labels[e];
        size_t largest = 0;
        double most = sum[0] + (double)p[0];
        for (size_t c = 1; c < examples->classes; c++) {
            double together = sum[c] + (double)p[c];
            if (together > most) {
                most = together;
                largest = c;
            }
        }
        right += largest == label && !isnan(most);
        double of_label = (sum[label] + (double)p[label]) / number;
        loss -= log(of_label > SMALLEST_PROBABILITY ? of_label : SMALLEST_PROBABILITY);
    }
    return (Score){.accuracy = (double)right / (double)examples->count,
                   .loss = loss / (double)examples->count};
}

static void sums_add(const ValidationPart *examples, double *sums, const float *added) {
    for (size_t i = 0; i < examples->cells; i++) {
        sums[i] += (double)added[i];
    }
}

Status greedy_pick(const EnsembleRules *rules, const Candidate *candidates, const size_t *choices,
                   size_t choice_count, const ValidationPart *examples, size_t *picks, size_t *pick_count) {
    double *sums = NULL; /* [examples, classes], added up in the order of picking */
    TRY(memory_new(&sums, examples->cells, sizeof *sums));
    Score score = {.accuracy = -1, .loss = INFINITY};
    Score best = score;
    *pick_count = 0;
    bool sorted = true;
    for (size_t picked = 0; picked < rules->size; picked++) {
        size_t found = choice_count;
        Score found_score = {0};
        sorted = sorted && picked < rules->sorted && picked < choice_count;
        if (sorted) {
            found = picked;
            found_score = score_with(examples, sums, picked, candidates[choices[found]].probabilities);
            sorted = !score_hurt(rules->metric, score, found_score);
        }
        if (!sorted) {
            found = 0;
            found_score = score_with(examples, sums, picked, candidates[choices[0]].probabilities);
            for (size_t i = 1; i < choice_count; i++) {
                Score with = score_with(examples, sums, picked, candidates[choices[i]].probabilities);
                if (!score_better(rules->metric, with, found_score)) continue;
                found = i;
                found_score = with;
            }
        }
        picks[picked] = choices[found];
        sums_add(examples, sums, candidates[choices[found]].probabilities);
        score = found_score;
        if (score_better(rules->metric, score, best) || picked == 0) {
            best = score;
            *pick_count = picked + 1;
        }
    }
    free(sums);
    return STATUS_OK;
}

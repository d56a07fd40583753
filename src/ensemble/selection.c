#include "ensemble/selection.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/philox.h"
#include "base/size.h"
#include "ensemble/greedy.h"

const char *ensemble_method_name(EnsembleMethod method) {
    return method == ENSEMBLE_TOP ? "top" : "greedy";
}

EnsembleRules ensemble_rules_default(void) {
    return (EnsembleRules){.method = ENSEMBLE_GREEDY,
                           .size = 8,
                           .pool = 20,
                           .sorted = 3,
                           .bags = 10,
                           .bag_part = 0.5,
                           .metric = METRIC_VAL_ACCURACY};
}

void selection_release(Selection *selection) {
    free(selection->members);
    free(selection->epochs);
    free(selection->counts);
    free(selection->metric_after_pick);
    *selection = (Selection){0};
}

static int compare_networks(uint64_t trial, uint32_t epoch, uint64_t other_trial, uint32_t other_epoch) {
    if (trial != other_trial) return trial > other_trial ? 1 : -1;
    return (epoch > other_epoch) - (epoch < other_epoch);
}

/* Best first. A metric that is not a number is the worst. */
static int compare_candidates(const void *left, const void *right) {
    const Candidate *a = left, *b = right;
    double x = isnan(a->metric) ? -INFINITY : a->metric, y = isnan(b->metric) ? -INFINITY : b->metric;
    if (x != y) return x > y ? -1 : 1;
    return compare_networks(a->trial, a->epoch, b->trial, b->epoch);
}

static int compare_indices(const void *left, const void *right) {
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    return (a > b) - (a < b);
}

/* One network of the ensemble. */
typedef struct Member {
    size_t index; /* into the sorted candidates, so lower is better */
    uint64_t trial;
    uint32_t epoch;
    uint32_t count;
} Member;

static int compare_by_count_then_rank(const void *left, const void *right) {
    const Member *a = left, *b = right;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static int compare_by_count_then_network(const void *left, const void *right) {
    const Member *a = left, *b = right;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    return compare_networks(a->trial, a->epoch, b->trial, b->epoch);
}

/* A network joins the ensemble, `count` times at once. */
typedef struct Step {
    size_t index; /* into the sorted candidates */
    uint32_t count;
} Step;

/* The work of one call. */
typedef struct Work {
    const EnsembleRules *rules;
    const Candidate *candidates; /* [count] best first */
    size_t count;
    ValidationPart examples;
    Step *steps; /* [max(size, count)] */
    size_t step_count;
    Member *members; /* [count] */
    size_t member_count;
    size_t *picks;       /* [size] */
    size_t *choices;     /* [count] a bag, best first */
    uint32_t *order;     /* [count] */
    uint32_t *weights;   /* [count] */
    const float **parts; /* [count] */
    float *average;      /* [examples, classes] */
} Work;

static Status work_allocate(Work *work) {
    size_t size = work->rules->size;
    size_t longest = size > work->count ? size : work->count;
    TRY(memory_new(&work->steps, longest, sizeof *work->steps));
    TRY(memory_new(&work->members, work->count, sizeof *work->members));
    TRY(memory_new(&work->picks, size, sizeof *work->picks));
    TRY(memory_new(&work->choices, work->count, sizeof *work->choices));
    TRY(memory_new(&work->order, work->count, sizeof *work->order));
    TRY(memory_new(&work->weights, work->count, sizeof *work->weights));
    TRY(memory_new(&work->parts, work->count, sizeof *work->parts));
    return memory_new(&work->average, work->examples.cells, sizeof *work->average);
}

static void work_release(Work *work) {
    free(work->steps);
    free(work->members);
    free(work->picks);
    free(work->choices);
    free(work->order);
    free(work->weights);
    free(work->parts);
    free(work->average);
}

static void members_reset(Work *work) {
    work->member_count = work->count;
    for (size_t i = 0; i < work->count; i++) {
        const Candidate *candidate = &work->candidates[i];
        work->members[i] = (Member){.index = i, .trial = candidate->trial, .epoch = candidate->epoch};
    }
}

/* Drop what was never picked, and bring the rest into the final order. */
static void members_settle(Work *work) {
    size_t kept = 0;
    for (size_t i = 0; i < work->member_count; i++) {
        if (work->members[i].count > 0) work->members[kept++] = work->members[i];
    }
    work->member_count = kept;
    qsort(work->members, kept, sizeof *work->members, compare_by_count_then_network);
}

static void steps_top(Work *work) {
    work->step_count = work->count < work->rules->size ? work->count : work->rules->size;
    for (size_t i = 0; i < work->step_count; i++) {
        work->steps[i] = (Step){.index = i, .count = 1};
    }
}

static Status steps_greedy(Work *work) {
    for (size_t i = 0; i < work->count; i++) {
        work->choices[i] = i;
    }
    TRY(greedy_pick(work->rules, work->candidates, work->choices, work->count, &work->examples, work->picks,
                    &work->step_count));
    for (size_t i = 0; i < work->step_count; i++) {
        work->steps[i] = (Step){.index = work->picks[i], .count = 1};
    }
    return STATUS_OK;
}

static size_t bag_size(const Work *work) {
    double part = ceil(work->rules->bag_part * (double)work->count - 1e-9);
    size_t size = part > 1 ? (size_t)part : 1;
    return size < work->count ? size : work->count;
}

static Status steps_bagged(Work *work) {
    members_reset(work);
    size_t size = bag_size(work);
    for (uint32_t bag = 0; bag < work->rules->bags; bag++) {
        for (size_t i = 0; i < work->count; i++) {
            work->order[i] = (uint32_t)i;
        }
        RandomStream stream = random_stream(work->rules->seed, RANDOM_BAGGING, 0, 0, 0, bag);
        random_shuffle(&stream, work->order, work->count);
        for (size_t i = 0; i < size; i++) {
            work->choices[i] = work->order[i];
        }
        qsort(work->choices, size, sizeof *work->choices, compare_indices);
        size_t picked = 0;
        TRY(greedy_pick(work->rules, work->candidates, work->choices, size, &work->examples, work->picks,
                        &picked));
        for (size_t i = 0; i < picked; i++) {
            work->members[work->picks[i]].count++;
        }
    }
    qsort(work->members, work->member_count, sizeof *work->members, compare_by_count_then_rank);
    if (work->member_count > work->rules->size) work->member_count = work->rules->size;
    members_settle(work);
    work->step_count = work->member_count;
    for (size_t i = 0; i < work->step_count; i++) {
        work->steps[i] = (Step){.index = work->members[i].index, .count = work->members[i].count};
    }
    return STATUS_OK;
}

/* The ensemble after the first `joined` steps, averaged in the final order of the members. */
static Score score_after(Work *work, size_t joined) {
    size_t parts = 0;
    for (size_t m = 0; m < work->member_count; m++) {
        uint32_t weight = 0;
        for (size_t s = 0; s < joined; s++) {
            if (work->steps[s].index == work->members[m].index) weight += work->steps[s].count;
        }
        if (weight == 0) continue;
        work->weights[parts] = weight;
        work->parts[parts++] = work->candidates[work->members[m].index].probabilities;
    }
    const ValidationPart *examples = &work->examples;
    ensemble_average(work->parts, work->weights, parts, examples->count, examples->classes, work->average);
    Score score = {0};
    ensemble_judge(work->average, examples->labels, examples->count, examples->classes, &score.accuracy,
                   &score.loss);
    return score;
}

static Score members_from_steps(Work *work) {
    members_reset(work);
    for (size_t s = 0; s < work->step_count; s++) {
        work->members[work->steps[s].index].count += work->steps[s].count;
    }
    members_settle(work);
    return score_after(work, work->step_count);
}

/* Is the ensemble worse by the metric than the best candidate alone, and which is that? */
static bool worse_than_single(Work *work, Score ensemble, size_t *best) {
    Score best_score = {0};
    for (size_t i = 0; i < work->count; i++) {
        Score score = {0};
        ensemble_judge(work->candidates[i].probabilities, work->examples.labels, work->examples.count,
                       work->examples.classes, &score.accuracy, &score.loss);
        if (i > 0 && !score_better(work->rules->metric, score, best_score)) continue;
        *best = i;
        best_score = score;
    }
    return score_hurt(work->rules->metric, best_score, ensemble);
}

/* Bags choose apart from each other, so nothing keeps their sum from being worse than its best part: then one
 * greedy choice from the whole pool stands in for them, and the best network alone where even that is worse.
 */
static Status steps_sound(Work *work) {
    size_t best = 0;
    if (work->rules->bags > 1) {
        TRY(steps_bagged(work));
        if (!worse_than_single(work, members_from_steps(work), &best)) return STATUS_OK;
    }
    TRY(steps_greedy(work));
    if (worse_than_single(work, members_from_steps(work), &best)) {
        work->steps[0] = (Step){.index = best, .count = 1};
        work->step_count = 1;
    }
    return STATUS_OK;
}

static Status selection_fill(Work *work, Selection *selection) {
    Score final = members_from_steps(work);
    selection->accuracy = final.accuracy;
    selection->loss = final.loss;
    selection->member_count = work->member_count;
    selection->pick_count = work->step_count;
    TRY(memory_new(&selection->members, work->member_count, sizeof *selection->members));
    TRY(memory_new(&selection->epochs, work->member_count, sizeof *selection->epochs));
    TRY(memory_new(&selection->counts, work->member_count, sizeof *selection->counts));
    TRY(memory_new(&selection->metric_after_pick, work->step_count, sizeof *selection->metric_after_pick));
    for (size_t m = 0; m < work->member_count; m++) {
        selection->members[m] = work->members[m].trial;
        selection->epochs[m] = work->members[m].epoch;
        selection->counts[m] = work->members[m].count;
    }
    for (size_t s = 0; s < work->step_count; s++) {
        Score score = score_after(work, s + 1);
        selection->metric_after_pick[s] = metric_of(work->rules->metric, score.accuracy, score.loss);
    }
    return STATUS_OK;
}

static Status select_with(Work *work, Selection *selection) {
    TRY(work_allocate(work));
    if (work->rules->method == ENSEMBLE_TOP)
        steps_top(work);
    else
        TRY(steps_sound(work));
    return selection_fill(work, selection);
}

Status ensemble_select(const EnsembleRules *rules, Candidate *candidates, size_t candidate_count,
                       const uint16_t *labels, size_t examples, size_t classes, Selection *selection) {
    *selection = (Selection){0};
    if (candidate_count == 0) return status_fail(STATUS_INPUT, "there is no network to build an ensemble of");
    if (rules->size == 0) return status_fail(STATUS_INPUT, "an ensemble of size 0, where 1 is the least");
    if (examples == 0 || classes == 0) {
        return status_fail(STATUS_INPUT, "no validation examples to choose an ensemble by");
    }
    size_t cells = 0;
    if (!size_mul(examples, classes, &cells)) {
        return status_fail(STATUS_INPUT, "%zu examples of %zu classes are too many", examples, classes);
    }
    for (size_t e = 0; e < examples; e++) {
        if (labels[e] < classes) continue;
        return status_fail(STATUS_INPUT,
                           "label %u of validation example %zu, where the networks know %zu classes",
                           labels[e], e, classes);
    }
    qsort(candidates, candidate_count, sizeof *candidates, compare_candidates);
    Work work = {.rules = rules,
                 .candidates = candidates,
                 .count = candidate_count,
                 .examples = {.labels = labels, .count = examples, .classes = classes, .cells = cells}};
    Status status = select_with(&work, selection);
    work_release(&work);
    if (status != STATUS_OK) selection_release(selection);
    return status;
}

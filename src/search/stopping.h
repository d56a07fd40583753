/* Early stopping of trials: where a stage's trials are compared, and who goes on. Pure.
 *
 * A trial is trained up to a rung, a number of epochs, and waits there with its checkpoint; then it goes on
 * to the next rung or is stopped for good. Rungs lie at min_iter, min_iter * eta, min_iter * eta^2 .. or,
 * counted down, at max_iter / eta, max_iter / eta^2 .. (the "brackets" of Weights & Biases), as far as they
 * come before a stage's last epoch.
 *
 * STOPPING_HALVING: of the n trials at a rung the best max(1, floor(n / eta)) go on (Jamieson and Talwalkar,
 * "Non-stochastic Best Arm Identification and Hyperparameter Optimization", 2016; synchronous: all n count).
 * STOPPING_HYPERBAND: a stage's trials are split among brackets, the first of which halves at all rungs, the
 * next from the second rung on .., the last never (Li et al., "Hyperband", JMLR 18, 2018, algorithm 1); their
 * sizes are in the proportions of its table 1. Brackets do not wait for each other.
 * STOPPING_ASHA: whoever asks for work takes the best trial that is among the best floor(n / eta) of the n
 * that have come to a rung so far, from the last rung down, else a new one (Li et al., "A System for
 * Massively Parallel Hyperparameter Tuning", 2020, algorithm 2). STOPPING_MEDIAN: a trial is stopped where
 * its best figure so far is worse than the median of the running means of others at that epoch (Golovin et
 * al., "Google Vizier", 2017, section 3.2.2). Ours are the trials of lower numbers alone, so that the verdict
 * does not depend on who came first. */
#ifndef WINNOW_SEARCH_STOPPING_H
#define WINNOW_SEARCH_STOPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define STOPPING_MAX_RUNGS 24 /* 10^6 epochs, halved, have 20 */

typedef enum StoppingKind {
    STOPPING_NONE,
    STOPPING_HYPERBAND,
    STOPPING_HALVING,
    STOPPING_ASHA,
    STOPPING_MEDIAN,
    STOPPING_KIND_COUNT
} StoppingKind;
const char *
stopping_name(StoppingKind kind); /* "none", "hyperband", "successive_halving", "asha", "median" */

typedef struct StoppingRules {
    StoppingKind kind;
    uint32_t eta;        /* >= 2; default 3 */
    uint32_t min_iter;   /* >= 1: the first rung; 0: rungs count down from max_iter */
    uint32_t max_iter;   /* no rung from there on; 0: no such limit, then min_iter > 0 */
    uint32_t s;          /* at most so many rungs, nearest to where they are counted from; 0: all */
    uint32_t min_trials; /* STOPPING_MEDIAN: nobody is stopped where fewer are compared with; default 5 */
} StoppingRules;
StoppingRules stopping_rules_default(StoppingKind kind); /* min_iter 1 */

/* Trials that halve together. */
typedef struct StoppingBracket {
    uint32_t first, trials;          /* numbers first .. first + trials - 1 of the stage */
    uint32_t rung;                   /* its first one; rung_count: it never stops anyone */
    uint32_t at[STOPPING_MAX_RUNGS]; /* how many trials come to each rung, from `rung` on; of asha about so
                                        many, of median at most */
    uint32_t to_end;                 /* how many are trained to the last epoch, likewise */
} StoppingBracket;

/* Of one stage. */
typedef struct StoppingPlan {
    StoppingRules rules;
    uint32_t trials, epochs; /* of the stage */
    uint32_t rung_count;
    uint32_t rung[STOPPING_MAX_RUNGS]; /* epochs, ascending, each below `epochs` */
    uint32_t bracket_count;            /* none is empty; one unless STOPPING_HYPERBAND */
    StoppingBracket bracket[STOPPING_MAX_RUNGS + 1];
} StoppingPlan;

/* trials, epochs >= 1. STOPPING_NONE: one bracket without rungs. */
StoppingPlan stopping_plan(const StoppingRules *rules, uint32_t trials, uint32_t epochs);
/* Which bracket trial `number` (< trials) is in. */
const StoppingBracket *stopping_bracket(const StoppingPlan *plan, uint32_t number);
/* Epochs of all trials together where all goes by plan: none diverges or ends early by itself. */
uint64_t stopping_epochs(const StoppingPlan *plan);
/* Most trials that can wait at rungs at a time, each with a checkpoint. */
uint64_t stopping_waiting(const StoppingPlan *plan);

/* How many of `trials` at a rung go on, for them to be halved. */
uint32_t halving_keep(uint32_t trials, uint32_t eta);
/* Of the `reported` trials so far of `expected`, in their order: how many at its head go on whatever the
 * others come to. Those from place `keep` on never do. */
size_t halving_certain(size_t reported, size_t expected, size_t keep);

/* Why a trial of this number was stopped at the rung: a clause that is the same whoever came first. */
#define STOPPING_REASON_SIZE 160
void stopping_reason(const StoppingPlan *plan, uint32_t number, uint32_t rung,
                     char out[STOPPING_REASON_SIZE]);

#endif

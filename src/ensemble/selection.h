/* Choosing networks whose averaged probabilities judge best: Caruana, Niculescu-Mizil, Crew, Ksikes, Ensemble
 * Selection from Libraries of Models, ICML 2004.
 *
 * Candidates are ranked by their metric, then by lower trial id, then by epoch; every tie below goes to the
 * better rank.
 * Ensembles are compared by the metric; of equal accuracy the lower loss is the better one.
 *
 * - top: the best `size`, once each.
 * - greedy without bags: start with up to `sorted` of the best, as long as none makes the metric worse; then
 * up to `size` picks in all, each time the network, picked before or not, that makes the ensemble best. Of
 * the ensembles on the way the best is kept, the smallest where equal: Caruana's nested sets.
 * - greedy with bags: that in each of `bags` random parts of the pool (ceil(bag_part * pool) networks). A
 * network's count is the number of its picks in all bags together; the `size` networks with the highest
 * counts are the ensemble, weighted by their counts.
 *
 * A greedy ensemble is never worse by the metric than the best single candidate on these examples: where
 * bagging comes to that, one greedy choice from the whole pool stands in for the bags, and where even that is
 * worse, the one network with count 1. `top` is left as it is. */
#ifndef WINNOW_ENSEMBLE_SELECTION_H
#define WINNOW_ENSEMBLE_SELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "engine/train_settings.h"

typedef enum EnsembleMethod { ENSEMBLE_GREEDY, ENSEMBLE_TOP, ENSEMBLE_METHOD_COUNT } EnsembleMethod;
const char *ensemble_method_name(EnsembleMethod method); /* "greedy", "top" */

typedef struct EnsembleRules {
    EnsembleMethod method;
    uint32_t size;   /* picks (greedy: with replacement, in each bag), and most members, >= 1; default 8 */
    uint32_t pool;   /* best trials whose networks are kept, >= size of top; default 20 */
    bool snapshots;  /* their snapshots (engine/trainer.h) are kept and may be chosen, too; default false */
    uint32_t sorted; /* greedy starts with up to this many of the best, as long as each one added does not
                        hurt; default 3 */
    uint32_t bags;   /* greedy is repeated on this many random subsets of the pool, and the counts are added;
                        1 = no bagging; default 10 */
    double bag_part; /* part of the pool in each, (0, 1]; default 0.5 */
    MetricKind metric; /* what is improved */
    uint64_t seed;     /* stream RANDOM_BAGGING */
} EnsembleRules;
EnsembleRules ensemble_rules_default(void);

typedef struct Candidate {
    uint64_t trial;
    uint32_t epoch;             /* a trial may have several networks */
    double metric;              /* larger is better */
    const float *probabilities; /* [examples, classes], borrowed */
} Candidate;

typedef struct Selection {
    size_t member_count;
    uint64_t *members; /* [member_count] trial ids, most often picked first, ties by lower id, then epoch */
    uint32_t *epochs;  /* [member_count] of those networks */
    uint32_t *counts;  /* [member_count] >= 1 */
    size_t pick_count;
    double *metric_after_pick; /* [pick_count] metric (accuracy, or loss) of the ensemble after each pick;
                                  with bags: after each member of the final order joined with its count */
    double accuracy, loss;     /* of the final ensemble on the examples */
} Selection;

/* Deterministic: equal inputs in any order of candidates give equal selections; `candidates` is sorted.
 * STATUS_INPUT without candidates or examples, or with a label that is no class; STATUS_ENVIRONMENT without
 * memory. */
Status ensemble_select(const EnsembleRules *rules, Candidate *candidates, size_t candidate_count,
                       const uint16_t *labels, size_t examples, size_t classes,
                       Selection *selection) MUST_CHECK;
void selection_release(Selection *selection);

/* Weighted mean of the members' probabilities: out [examples, classes] = sum_i counts[i] p_i / sum_i
 * counts[i], summed in double in the order given. */
void ensemble_average(const float *const *probabilities, const uint32_t *counts, size_t members,
                      size_t examples, size_t classes, float *out);

/* Accuracy (first largest wins; NaN is never right) and mean of -ln p[label] (p cut to 1e-12 from below; NaN
 * counts as that) of probabilities. `examples` and `classes` are at least 1, labels below `classes`. */
void ensemble_judge(const float *probabilities, const uint16_t *labels, size_t examples, size_t classes,
                    double *accuracy, double *loss);

#endif

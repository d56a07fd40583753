/* Which parameters mattered: PED-ANOVA (Watanabe, Bansal, Hutter: PED-ANOVA: Efficiently Quantifying
 * Hyperparameter Importance in Arbitrary Subspaces, IJCAI 2023), in its local form. Pure.
 *
 * A parameter matters where the best trials have other values of it than all trials. With p the density of
 * its values over all trials of a stage, p' that over the best part g of them, both by kernels of the same
 * width, the variance that it accounts for by itself is
 *
 *     v = g^2 * integral of p (p'/p - 1)^2,
 *
 * the Pearson divergence of the two (their eq. 17 with the stage as the subspace); a sum over choices instead
 * of the integral where it has choices. Shares of the sum of all v are the importances.
 *
 * - Values are measured in the distribution's own scale, from 0 to 1 over the stage's range.
 * - A parameter that some trials do not have is measured among those that do, and v counts as much as their
 *   part of all trials.
 * - Kernels: Gaussian, reflected at both ends, on 50 cells; width by Scott's rule from the best trials'
 *   values, no less than a cell.
 * - `chance` is what luck alone brings: 95 % of random sets of as many trials have a smaller v. */
#ifndef WINNOW_REPORT_STATISTICS_IMPORTANCE_H
#define WINNOW_REPORT_STATISTICS_IMPORTANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

#define IMPORTANCE_TRIALS_MIN 8 /* with fewer nothing is told */
#define IMPORTANCE_CHOICES_MAX 64

typedef struct Importance {
    bool told;       /* there were trials enough, and all that count as best found something; else the rest is
                        0 */
    size_t present;  /* trials that have the parameter */
    size_t best;     /* those of them that count as best: a tenth, but at least 8 where that is a third */
    double variance; /* v */
    double chance;   /* in the same unit */
} Importance;

/* value [count]: 0 to 1, or the index of a choice where `choices` > 0; NaN where a trial does not have the
 * parameter. worth [count]: larger is better, -INFINITY for diverged trials, never NaN; of equals the first
 * is better. */
Status importance_of(const double *value, const double *worth, size_t count, size_t choices,
                     Importance *importance) MUST_CHECK;

/* How many of n trials count as best. */
size_t importance_best(size_t n);

#endif

/* loss = sum over j != y of max(0, s_j - s_y + 1) (Weston and Watkins 1999); NaN stays NaN. */
#include "engine/branches.h"
#include "engine/loss.h"

static double example(const real *scores, size_t classes, size_t label, double smoothing, real scale,
                      real *gradient) {
    (void)smoothing;
    double loss = 0;
    size_t active = 0;
    for (size_t j = 0; j < classes; j++) {
        real margin = scores[j] - scores[label] + 1;
        bool counts = j != label && !(margin <= 0);
        if (counts) loss += (double)margin;
        active += counts;
        if (gradient != NULL) gradient[j] = counts ? scale : 0;
    }
    if (gradient != NULL) gradient[label] = -scale * (real)active;
    return loss;
}

static uint64_t branches(const real *scores, size_t classes, size_t label, uint64_t hash) {
    for (size_t j = 0; j < classes; j++) {
        hash = branch_hash(hash, scores[j] - scores[label] + 1 > 0);
    }
    return hash;
}

const Loss loss_hinge = {
    .name = "hinge", .example = example, .probabilities = loss_softmax, .branches = branches};

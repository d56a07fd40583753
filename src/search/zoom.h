/* From coarse to fine: the next stage's ranges from the best trials of the stages before. Pure. */
#ifndef WINNOW_SEARCH_ZOOM_H
#define WINNOW_SEARCH_ZOOM_H

#include "search/space.h"

typedef struct ZoomRules {
    double keep;   /* part of the completed trials that are elites, (0, 1]; default 0.2; at least two are */
    double margin; /* the elites' span is widened on either side by this part of it; default 0.25 */
    double floor;  /* the new range is no narrower than this part of the old one; default 0.1 */
    double edge;   /* elites lean on an edge when the best of them, or their outermost, lies within this part of the
                      old range from it; default 0.05 */
    double grow;   /* then the range grows past that edge by this part of the old one; default 0.3 */
} ZoomRules;
ZoomRules zoom_rules_default(void);

/* A finished trial of the stage that is zoomed. */
typedef struct ZoomTrial {
    uint64_t id;
    double metric;    /* larger is better (callers negate losses) */
    const Draw *draw; /* borrowed */
} ZoomTrial;

typedef enum ZoomReason {
    ZOOM_NARROWED,     /* the elites' span with its margin */
    ZOOM_FLOOR,        /* the same, kept from getting narrower than the floor */
    ZOOM_GREW_LOW,     /* past the lower edge */
    ZOOM_GREW_HIGH,
    ZOOM_GREW_BOTH,
    ZOOM_KEPT,         /* the rule changed nothing: a constant, or the span is the old range */
    ZOOM_FEW_TRIALS,   /* fewer than four completed trials: as it was */
    ZOOM_FEW_ELITES,   /* present in fewer than two elites: as it was */
    ZOOM_CATEGORIES    /* categories dropped that three completed trials had and no elite has */
} ZoomReason;
const char *zoom_reason_text(ZoomReason reason); /* a plain sentence */

typedef struct ZoomResult {
    Ranges after;
    ZoomReason reason[SPACE_MAX_PARAMETERS];
    size_t elite_count;
    uint64_t *elites; /* ids, best first; owned: free() */
} ZoomResult;

/* Elites are the best max(2, ceil(keep * count)) of the `count` completed trials, ties by lower id. `trials` is
 * reordered. Growth ends at the parameter's domain. */
Status space_zoom(const Space *space, const Ranges *before, const ZoomRules *rules, ZoomTrial *trials, size_t count,
                  ZoomResult *result) MUST_CHECK;

#endif

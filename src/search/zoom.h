/* From coarse to fine: the next stage's ranges from the best trials of the stages before. Pure.
 *
 * What is computed for a numeric parameter, all in its own scale (parameter_to_scale), with w the width of
 * the old range and the values of those trials that have the parameter:
 *
 * 1. An edge that is leaned on moves out by grow * w, as far as the domain goes. It is leaned on when more
 * than half of the elites lie in its half of the old range and the trials in the part `edge` beside it are
 * the better the nearer they are, diverged ones being the worst (zoom_leans in search/zoom_rules.h).
 * 2. An edge that does not move out moves in to that of the rule's interval (search/zoom_rules.h), less a
 * margin of `margin` times the interval's width, never past the old edge.
 * 3. What is narrower than floor * w is widened to that around its middle, shifted where it would leave the
 * old range (or the grown one).
 * 4. On a grid (int_uniform, q_*) both ends go outwards to the grid, not past the old edge unless that was
 * leaned on, never past the domain; a log scale stays at one step or above. Domain ends at infinity in the
 * scale (0 for log, 1 for log(1 - x)) are never reached, others can be.
 *
 * A category goes if at least three completed trials had it and no elite does. A parameter that fewer than
 * two elites have stays as it was; with fewer than four completed trials everything does. */
#ifndef WINNOW_SEARCH_ZOOM_H
#define WINNOW_SEARCH_ZOOM_H

#include "search/space.h"

/* How the interval that a range narrows to is found (search/zoom_rules.h). */
typedef enum ZoomRule {
    ZOOM_BY_SPAN,      /* the elites' span */
    ZOOM_BY_QUANTILES, /* between two quantiles of the elites */
    ZOOM_BY_DENSITY,   /* where the elites' density is high beside that of all trials */
    ZOOM_RULE_COUNT
} ZoomRule;
const char *zoom_rule_name(ZoomRule rule); /* as in the configuration: "span", "quantiles", "density" */

typedef struct ZoomRules {
    ZoomRule rule;
    double keep;   /* part of the completed trials that are elites, (0, 1]; default 0.3; at least two are */
    double margin; /* the rule's interval is widened on either side by this part of it; default 0 */
    double tail;   /* ZOOM_BY_QUANTILES: part of the elites left out on either side, [0, 0.5); default 0.1 */
    double level;  /* ZOOM_BY_DENSITY: how high, as a part of the highest value, [0, 1]; default 0.5 */
    double floor;  /* the new range is no narrower than this part of the old one; default 0.1 */
    double edge;   /* part of the old range beside an edge that tells whether it is leaned on (1. above),
                      [0, 0.5]; default 0.35 */
    double significance; /* how probable what is seen there may be by chance, [0, 1]; default 0.1 */
    double grow;         /* then the range grows past that edge by this part of the old one; default 0.6 */
} ZoomRules;
#define ZOOM_DEFAULT_RULE ZOOM_BY_QUANTILES
ZoomRules zoom_rules_default(ZoomRule rule);

/* A completed or diverged trial of the stage that is zoomed. */
typedef struct ZoomTrial {
    uint64_t id;
    double metric;          /* larger is better (callers negate losses) */
    const DrawnValue *draw; /* borrowed, one a parameter */
    bool diverged;          /* it has no metric, and tells where not to grow */
} ZoomTrial;

typedef enum ZoomReason {
    ZOOM_NARROWED, /* the elites' span with its margin */
    ZOOM_FLOOR,    /* the same, kept from getting narrower than the floor */
    ZOOM_GREW_LOW, /* past the lower edge */
    ZOOM_GREW_HIGH,
    ZOOM_GREW_BOTH,
    ZOOM_KEPT,       /* the rules changed nothing: a constant, a single point, all values still in use, or the
                        elites span the old range */
    ZOOM_FEW_TRIALS, /* fewer than four completed trials: as it was */
    ZOOM_FEW_ELITES, /* present in fewer than two elites: as it was */
    ZOOM_CATEGORIES, /* categories dropped that three completed trials had and no elite has */
    ZOOM_CONFIGURED, /* no zoom took place: the range as configured */
    ZOOM_NARROWED_QUANTILES, /* between the elites' quantiles */
    ZOOM_NARROWED_DENSITY,   /* where the elites are dense */
    ZOOM_CONFIRMED, /* nor did any draw: the stage repeats configurations, and the range waits for the next */
    ZOOM_REASON_COUNT
} ZoomReason;
const char *zoom_reason_text(ZoomReason reason); /* a plain sentence */

typedef struct ZoomResult {
    Ranges after;
    ZoomReason reason[SPACE_MAX_PARAMETERS];
    size_t elite_count; /* 0 with ZOOM_FEW_TRIALS */
    uint64_t *elites;   /* ids, best first; owned: free() */
} ZoomResult;

/* Elites are the best max(2, ceil(keep * n)) of the n completed ones among the `count` trials, ties by lower
 * id; the order on entry does not matter and is changed. STATUS_ENVIRONMENT without memory; nothing to free
 * then. */
Status space_zoom(const Space *space, const Ranges *before, const ZoomRules *rules, ZoomTrial *trials,
                  size_t count, ZoomResult *result) MUST_CHECK;

#endif

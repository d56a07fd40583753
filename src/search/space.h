/* The search space: named parameters, each with a distribution. Pure. */
#ifndef WINNOW_SEARCH_SPACE_H
#define WINNOW_SEARCH_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define PARAMETER_NAME_SIZE 64
#define PARAMETER_WORD_SIZE 64
#define SPACE_MAX_PARAMETERS 64
#define PARAMETER_MAX_VALUES 64

typedef enum Distribution {
    DIST_CONSTANT,    /* value: one entry in values[] */
    DIST_CATEGORICAL, /* values, probabilities */
    DIST_UNIFORM,     /* min, max */
    DIST_INT_UNIFORM, /* min, max, both included */
    DIST_Q_UNIFORM,   /* q: rounded to multiples of q, clipped to the range */
    DIST_LOG_UNIFORM_VALUES,
    DIST_Q_LOG_UNIFORM_VALUES,
    DIST_INV_LOG_UNIFORM_VALUES,     /* W&B: X with log(1/X) uniform between log(1/max) and log(1/min) */
    DIST_REVERSE_LOG_UNIFORM_VALUES, /* 1 - x log-uniform */
    DIST_NORMAL,                     /* mu, sigma */
    DIST_Q_NORMAL,
    DIST_LOG_NORMAL, /* exp of a normal with mu, sigma */
    DIST_Q_LOG_NORMAL,
    DIST_BETA, /* a, b; values in (0, 1) */
    DIST_Q_BETA,
    DIST_COUNT
} Distribution;

/* One entry of `values`: a number (integer or not) or a word. */
typedef enum ValueKind { VALUE_NUMBER, VALUE_INTEGER, VALUE_WORD } ValueKind;
typedef struct Value {
    ValueKind kind;
    double number;                  /* number and integer; integers are exact up to 2^53 */
    char word[PARAMETER_WORD_SIZE]; /* VALUE_WORD; for numbers the text as the user wrote it */
} Value;

/* `when: {optimizer: [nesterov, momentum]}`: all conditions must hold. */
typedef struct Condition {
    size_t parameter; /* index of the other one, which has no condition on this one (no cycles) */
    uint64_t allowed; /* bit i: its values[i] will do; the other one is constant or categorical */
} Condition;
#define PARAMETER_MAX_CONDITIONS 4

typedef struct Parameter {
    char name[PARAMETER_NAME_SIZE];
    Distribution distribution;
    size_t value_count;
    Value values[PARAMETER_MAX_VALUES];
    double probabilities[PARAMETER_MAX_VALUES]; /* sum 1 */
    double min, max; /* the range as configured; for the unbounded families -INFINITY, INFINITY */
    double q;        /* q_*: > 0 */
    double mu, sigma;
    double a, b;
    double domain_min, domain_max; /* where growth past an edge must end (momentum < 1, rate > 0): set by the
                                      configuration from what the name means; +-INFINITY if it has no end. On
                                      a grid (int_uniform, q_*) the end itself can be drawn, so a count of
                                      units or layers needs 1 here, not 0 */
    bool integer;                  /* drawn values are whole numbers: stored as i64 */
    size_t condition_count;
    Condition conditions[PARAMETER_MAX_CONDITIONS];
} Parameter;

typedef struct Space {
    size_t count;
    Parameter parameters[SPACE_MAX_PARAMETERS];
} Space;

/* The part of a parameter's values that a stage draws from. */
typedef struct Range {
    double min, max;  /* numeric families */
    uint64_t allowed; /* constant and categorical: bit i for values[i] */
} Range;
typedef struct Ranges {
    Range range[SPACE_MAX_PARAMETERS];
} Ranges;

/* The ranges as configured: [min, max], for normal families mu -+ 4 sigma in their own scale (of the q_ ones
 * what that rounds to), cut to the parameter's min, max and domain where anything is left of it, for beta [0,
 * 1]; all values allowed. */
Ranges space_ranges(const Space *space);

/* One trial's values. */
typedef struct DrawnValue {
    bool present;    /* false where `when` does not hold */
    double number;   /* numeric families; for constant and categorical the value's number; NaN where there is
                        none: words, absent */
    uint32_t choice; /* constant and categorical: index into values[] */
} DrawnValue;
typedef struct Draw {
    DrawnValue value[SPACE_MAX_PARAMETERS];
} Draw;

/* The same without room for parameters that the space does not have: campaigns remember a million. */
typedef struct PackedDraw {
    uint32_t count;
    DrawnValue value[];
} PackedDraw;
/* Its first `count` <= SPACE_MAX_PARAMETERS values, to be freed. */
Status draw_pack(PackedDraw **out, const Draw *draw, uint32_t count) MUST_CHECK;
Draw draw_unpack(const PackedDraw *packed);
/* Both absent, or the same choice and number (words have none). */
bool drawn_same(DrawnValue a, DrawnValue b);
/* Absent where it has no such value. */
DrawnValue draw_value(const PackedDraw *packed, size_t parameter);

bool distribution_is_choice(Distribution distribution); /* constant or categorical: a choice among values[] */
const char *distribution_name(Distribution distribution);

/* Index of the parameter of that name, or space->count. */
size_t space_find(const Space *space, const char *name);

/* Parameters in an order in which every condition comes before what depends on it, by index otherwise.
 * STATUS_INPUT naming the parameters where conditions go in a circle. */
Status space_order(const Space *space, size_t order[SPACE_MAX_PARAMETERS]) MUST_CHECK;

/* To and from the distribution's own scale, in which zoom measures: log (log_*, q_log_*, inv_log_*), log(1 -
 * x) (reverse_log_*), or the value itself. The 0 that q_log_normal can round to counts as q / 2. */
double parameter_to_scale(const Parameter *parameter, double value);
double parameter_from_scale(const Parameter *parameter, double scaled);

/* The value as text: the fewest digits that read back equal for numbers, the word for words, "" where absent.
 * 64 bytes are enough. */
void parameter_value_text(const Parameter *parameter, DrawnValue value, char *out, size_t size);

#endif

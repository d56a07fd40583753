#include "campaign/config/rule.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

#include "campaign/config/text.h"

bool rule_allows(const NumberRule *rule, double value) {
    if (!isfinite(value) || (rule->whole && value != rint(value))) return false;
    if (value < rule->min || (rule->above_min && value == rule->min)) return false;
    return value < rule->max || (!rule->below_max && value == rule->max);
}

const char *rule_text(const NumberRule *rule, char out[RULE_TEXT_SIZE]) {
    char low[NUMBER_TEXT_SIZE];
    char high[NUMBER_TEXT_SIZE];
    const char *noun = rule->whole ? "a whole number" : "a number";
    const char *least = rule->above_min ? "above" : "of at least";
    const char *most = rule->below_max ? "below" : "at most";
    number_text(rule->min, low);
    number_text(rule->max, high);
    if (isfinite(rule->min) && isfinite(rule->max)) {
        (void)snprintf(out, RULE_TEXT_SIZE, "%s %s %s and %s %s", noun, least, low, most, high);
    } else if (isfinite(rule->min)) {
        (void)snprintf(out, RULE_TEXT_SIZE, "%s %s %s", noun, least, low);
    } else if (isfinite(rule->max)) {
        (void)snprintf(out, RULE_TEXT_SIZE, "%s of %s %s", noun, most, high);
    } else {
        (void)snprintf(out, RULE_TEXT_SIZE, "%s", noun);
    }
    return out;
}

double rule_lowest(const NumberRule *rule) {
    if (!rule->above_min) return rule->min;
    /* The step above 0 is too small to be of use. */
    return rule->min == 0 ? DBL_MIN : nextafter(rule->min, INFINITY);
}

double rule_highest(const NumberRule *rule) {
    return rule->below_max ? nextafter(rule->max, -INFINITY) : rule->max;
}

/* What a number may be, and how to say so. */
#ifndef WINNOW_CAMPAIGN_CONFIG_RULE_H
#define WINNOW_CAMPAIGN_CONFIG_RULE_H

#include <stdbool.h>
#include <stddef.h>

#define RULE_TEXT_SIZE 128

typedef struct NumberRule {
    double min, max;           /* infinite where there is no bound */
    bool above_min, below_max; /* the bound itself is out */
    bool whole;
} NumberRule;

bool rule_allows(const NumberRule *rule, double value);
/* "a number above 0", "a whole number of at least 1 and at most 64". */
const char *rule_text(const NumberRule *rule, char out[RULE_TEXT_SIZE]);

/* Smallest and largest double that the rule allows (or infinite). */
double rule_lowest(const NumberRule *rule);
double rule_highest(const NumberRule *rule);

#endif

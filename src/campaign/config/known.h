/* What parameters mean: the names that the trainer knows, and what a number drawn for the network may be. */
#ifndef WINNOW_CAMPAIGN_CONFIG_KNOWN_H
#define WINNOW_CAMPAIGN_CONFIG_KNOWN_H

#include "campaign/config/reader.h"

/* A number of TrainSettings that a parameter of this name sets. */
typedef struct KnownName {
    const char *name;
    NumberRule rule;     /* whole: the field is a uint32_t; else a double */
    uint32_t optimizers; /* bit OptimizerKind: those that use it */
    uint32_t schedules;  /* bit ScheduleKind */
    size_t offset;       /* of the field in TrainSettings */
} KnownName;

/* NULL where the trainer does not know a number of that name. */
const KnownName *known_find(const char *name);

/* `optimizer` or `lr_schedule`: index of the word, or -1. */
int optimizer_find(const char *word);
int schedule_find(const char *word);

/* Every value that the parameter can take obeys the rule; its domain is narrowed accordingly. `meaning` is
 * what it is used for. */
Status config_apply_rule(ConfigReader *reader, size_t parameter, const char *meaning,
                         const NumberRule *rule) MUST_CHECK;

/* min, max, q and the like of a parameter whose distribution is known and no choice; its domain as far as the
 * distribution gives it. */
Status config_read_range(const ConfigReader *reader, const YamlNode *node, Parameter *parameter) MUST_CHECK;

/* `when:` of all parameters, after they were read. */
Status config_read_conditions(ConfigReader *reader) MUST_CHECK;

#endif

/* Where the setting of a canonical path stands in the text. */
#ifndef WINNOW_CAMPAIGN_CONFIG_MARK_H
#define WINNOW_CAMPAIGN_CONFIG_MARK_H

#include "campaign/config/reader.h"

/* "stages.0.epochs": the value's place; line 0 where it is a default. Short forms count:
 * "network.0.dense.units" is at the 10 of `- dense: 10`. */
SourceMark mark_exact(const YamlNode *root, const char *path);

/* The same; for a default the innermost thing around it that is written. */
SourceMark mark_near(const YamlNode *root, const char *path);

#endif

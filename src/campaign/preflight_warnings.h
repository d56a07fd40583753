/* What a user should hear of a preflight that passed. */
#ifndef WINNOW_CAMPAIGN_PREFLIGHT_WARNINGS_H
#define WINNOW_CAMPAIGN_PREFLIGHT_WARNINGS_H

#include "campaign/records.h"

#define PREFLIGHT_WARNINGS_MAX 2

/* Sentences without an end, static texts; their number, 0 where all is well. */
size_t preflight_warnings(const PreflightRecord *record, const char *out[PREFLIGHT_WARNINGS_MAX]);

#endif

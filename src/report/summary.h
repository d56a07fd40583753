/* The last words of a campaign. */
#ifndef WINNOW_REPORT_SUMMARY_H
#define WINNOW_REPORT_SUMMARY_H

#include <stdio.h>

#include "campaign/config.h"
#include "campaign/ledger.h"

/* What an ended campaign, or a shard of one, found: trials, the best one with its values (the
 * best configuration before it, where they were repeated), how the ranges
 * narrowed and why, the ensemble beside the best single network, where the file is and what to do next.
 * `file` is the results file's path. */
Status summary_print(FILE *out, const Ledger *ledger, const Config *config, const char *file) MUST_CHECK;

#endif

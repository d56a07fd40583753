/* How long a job may run, as each scheduler spells it. */
#ifndef WINNOW_BATCH_WALLTIME_H
#define WINNOW_BATCH_WALLTIME_H

#include <stdint.h>

#include "base/status.h"

#define WALLTIME_FIELDS 3

/* Numbers with colons between them, each worth 60 of the one after it, and perhaps "DAYS-" ahead of them. */
typedef struct WalltimeStyle {
    const char *forms; /* all that is understood, for errors: "MINUTES or HOURS:MINUTES" */
    /* Seconds that the last of 1, 2, 3 numbers is worth, without and with days; 0 where there is no such form
     */
    uint32_t last[2][WALLTIME_FIELDS];
} WalltimeStyle;

/* STATUS_INPUT where it is none, or not above 0. Every number has at most six digits, and all but the first
 * are below 60. `name` is what the user knows it by: "--time". */
Status walltime_seconds(const WalltimeStyle *style, const char *text, const char *name,
                        uint64_t *seconds) MUST_CHECK;

#endif

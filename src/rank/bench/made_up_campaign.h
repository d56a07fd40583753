/* A campaign for benchmarks: a configuration, a ledger and a journal on disk, in a folder of its own that
 * goes at the end. */
#ifndef WINNOW_RANK_BENCH_MADE_UP_CAMPAIGN_H
#define WINNOW_RANK_BENCH_MADE_UP_CAMPAIGN_H

#include "campaign/config.h"
#include "campaign/ledger.h"
#include "store/journal.h"

typedef struct MadeUpPlan {
    uint64_t trials; /* >= 1, of all stages together */
    uint32_t stages; /* 1 .. 64, of nearly equal size, each but the first zooming; no more than trials */
    uint32_t pool;   /* networks to keep; 0: no ensemble */
} MadeUpPlan;

typedef struct MadeUpCampaign {
    Config *config;   /* owned */
    Ledger *ledger;   /* owned until handed to a coordinator */
    char *folder;     /* owned */
    char *file;       /* owned: path of a results file, which goes with the folder if somebody writes it */
    char *unfinished; /* owned: what such a file is before it is whole */
    char *journal_path;
    Journal *journal; /* owned */
    char *bare_path;
    int bare; /* a file beside the journal, for appends without any of winnow's work */
} MadeUpCampaign;

/* Of nine parameters. `folder`: where its own folder is made; NULL:
 * in results, or here where there is none. STATUS_ENVIRONMENT where it cannot be made. Release it also after
 * a failure. */
Status made_up_campaign_begin(MadeUpCampaign *campaign, const char *folder,
                              const MadeUpPlan *plan) MUST_CHECK;

/* Append so many bytes to the bare file, sync it, and tell how long that took. */
Status made_up_campaign_bare_append(MadeUpCampaign *campaign, size_t length, double *seconds) MUST_CHECK;

void made_up_campaign_release(MadeUpCampaign *campaign);

#endif

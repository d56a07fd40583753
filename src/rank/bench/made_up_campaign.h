/* A campaign for benchmarks: a configuration, a ledger and a journal on disk, in a folder of its own that
 * goes at the end. */
#ifndef WINNOW_RANK_BENCH_MADE_UP_CAMPAIGN_H
#define WINNOW_RANK_BENCH_MADE_UP_CAMPAIGN_H

#include "campaign/config.h"
#include "campaign/ledger.h"
#include "store/journal.h"

typedef struct MadeUpCampaign {
    Config *config; /* owned */
    Ledger *ledger; /* owned until handed to a coordinator */
    char *folder;   /* owned */
    char *journal_path;
    Journal *journal; /* owned */
    char *bare_path;
    int bare; /* a file beside the journal, for appends without any of winnow's work */
} MadeUpCampaign;

/* One stage of that many trials, nine parameters, no ensemble. `folder`: where its own folder is made; NULL:
 * in results, or here where there is none. STATUS_ENVIRONMENT where it cannot be made. Release it also after
 * a failure. */
Status made_up_campaign_begin(MadeUpCampaign *campaign, const char *folder, uint64_t trials) MUST_CHECK;

/* Append so many bytes to the bare file, sync it, and tell how long that took. */
Status made_up_campaign_bare_append(MadeUpCampaign *campaign, size_t length, double *seconds) MUST_CHECK;

void made_up_campaign_release(MadeUpCampaign *campaign);

#endif

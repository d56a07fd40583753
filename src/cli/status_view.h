/* Where a campaign stands, from what lies on disk. */
#ifndef WINNOW_CLI_STATUS_VIEW_H
#define WINNOW_CLI_STATUS_VIEW_H

#include "campaign/ledger.h"
#include "cli/campaign_file.h"
#include "report/overview.h"
#include "store/lock.h"

#define BARREN_STARTS 3 /* in a row without a finished trial: something is wrong */

typedef enum CampaignStanding {
    CAMPAIGN_COMPLETE,
    CAMPAIGN_RUNNING,
    CAMPAIGN_STOPPED,       /* the same command goes on */
    CAMPAIGN_NONE_FINISHED, /* complete, but no trial came to its end */
    CAMPAIGN_IN_ERROR,      /* the newest start ended in an error */
    CAMPAIGN_DAMAGED,       /* the journal has a damaged record in its middle */
    CAMPAIGN_BARREN         /* started again and again without finishing a trial */
} CampaignStanding;

typedef struct StatusView {
    CampaignStanding standing;
    char holder[LOCK_HOLDER_SIZE]; /* of the lock; "" where nobody runs it */
    size_t barren_starts;          /* the newest starts in a row without a finished trial */
    Overview overview;
    size_t stage;                /* the newest that began, from 0 */
    size_t running_count;        /* trials with a worker now: */
    const LeaseRecord **running; /* owned [running_count], each borrowed from the ledger */
} StatusView;

/* `file` is looked at for its lock; all else is in `campaign`, which the view borrows from. */
Status status_view_of(const CampaignFile *campaign, const char *file, StatusView *view) MUST_CHECK;
void status_view_release(StatusView *view);

const char *standing_name(CampaignStanding standing); /* "complete", "running", .. */

/* What status --exit-code ends with: 0 complete, 75 running or stopped, 1 all else. */
Status standing_code(CampaignStanding standing);

/* The newest starts in a row, without the one that runs now, during which no trial got its row. */
size_t ledger_barren_starts(const Ledger *ledger, bool running);

#endif

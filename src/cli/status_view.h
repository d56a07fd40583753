/* Where a campaign stands, from what lies on disk. */
#ifndef WINNOW_CLI_STATUS_VIEW_H
#define WINNOW_CLI_STATUS_VIEW_H

#include "campaign/ledger.h"
#include "cli/campaign_file.h"
#include "report/overview.h"
#include "store/live.h"
#include "store/lock.h"

#define STANDING_SIZE 320
#define BARREN_STARTS 3         /* in a row without a new record: something is wrong */
#define LIVE_FRESH_SECONDS 20.0 /* FILE.h5.live is written every 2 seconds; clocks differ between nodes */

typedef enum CampaignStanding {
    CAMPAIGN_COMPLETE,
    CAMPAIGN_RUNNING,
    CAMPAIGN_STOPPED,       /* the same command goes on */
    CAMPAIGN_SHARD,         /* a shard whose part is done */
    CAMPAIGN_MERGED,        /* shards in one file; a campaign goes on from it */
    CAMPAIGN_NONE_FINISHED, /* complete, but no trial came to its end */
    CAMPAIGN_IN_ERROR,      /* the newest start ended in an error */
    CAMPAIGN_DAMAGED,       /* the journal is damaged; the same command goes on with what is left */
    CAMPAIGN_BARREN         /* started again and again without a new record */
} CampaignStanding;

/* A trial that a rank works on now. */
typedef struct RunningTrial {
    uint64_t trial;
    uint32_t rank;
    const char *host; /* borrowed from the view or the campaign */
    double since;     /* Unix seconds */
    bool has_epochs;
    uint32_t epoch, epochs; /* done, and of the trial */
} RunningTrial;

typedef struct StatusView {
    CampaignStanding standing;
    char holder[LOCK_HOLDER_SIZE]; /* "process 12 on node3"; "" where nobody runs it */
    size_t barren_starts;          /* the newest starts in a row, all over, without a new record */
    Overview overview;
    size_t stage;    /* the newest that began, from 0 */
    bool live_found; /* FILE.h5.live stands: the campaign runs, or was killed */
    bool has_live;   /* and is fresh: what the ranks do now */
    LiveState live;  /* owned */
    double news;     /* Unix seconds of the newest record or sign of life */
    double silence;  /* seconds since */
    size_t running_count;
    RunningTrial *running; /* owned [running_count]; without `live` those that were handed out */
} StatusView;

/* `file` leads to FILE.h5.live; all else is in `campaign`, which the view borrows from. */
Status status_view_of(const CampaignFile *campaign, const char *file, StatusView *view) MUST_CHECK;
void status_view_release(StatusView *view);

/* "running, process 12 on node3: training", "stopped; the same winnow run goes on with it". */
void standing_text(const CampaignFile *campaign, const StatusView *view, char *out, size_t size);

const char *standing_name(CampaignStanding standing); /* "complete", "running", .. */

/* What status --exit-code ends with: 0 complete; 75 running, or winnow run goes on with it; 1 all else. */
Status standing_code(CampaignStanding standing);

#endif

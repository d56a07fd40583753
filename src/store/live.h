/* FILE.h5.live: what the ranks of a running campaign do at the moment, as JSON, replaced every two seconds by
 * temporary file and rename (not synced: it tells of the moment, and nothing needs it). */
#ifndef WINNOW_STORE_LIVE_H
#define WINNOW_STORE_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "campaign/records.h"

#define LIVE_DOING_SIZE 32

typedef struct LiveRank {
    uint32_t rank;
    char host[HOST_NAME_SIZE];
    bool lost;
    bool training;
    uint64_t trial;         /* the rest where training */
    uint32_t epoch, epochs; /* done, and of the trial */
    double since;           /* Unix seconds */
} LiveRank;

typedef struct LiveState {
    double time; /* Unix seconds: when it was written */
    char host[HOST_NAME_SIZE];
    uint32_t process;            /* rank 0's */
    char doing[LIVE_DOING_SIZE]; /* CampaignView.doing */
    size_t rank_count;
    LiveRank *ranks; /* owned [rank_count]: those that have come */
} LiveState;

/* Replace it. An error (a full disk) is for the caller to pass over. */
Status live_write(const char *file, const LiveState *state) MUST_CHECK;
/* Read it; checked as untrusted. *found is false where there is none, or none that makes sense. */
Status live_read(const char *file, LiveState *state, bool *found) MUST_CHECK;
void live_release(LiveState *state);
void live_remove(const char *file);

#endif

/* A results file, or its journal while the campaign runs, opened to be read. */
#ifndef WINNOW_CLI_CAMPAIGN_FILE_H
#define WINNOW_CLI_CAMPAIGN_FILE_H

#include "campaign/config.h"
#include "store/campaign_state.h"

typedef struct CampaignFile {
    CampaignState state;
    Config *config; /* owned: the newest one that is stored in it */
} CampaignFile;

/* STATUS_ENVIRONMENT where nothing is there, or it is damaged or contradicts itself. Nothing is locked or
 * changed. */
Status campaign_file_open(CampaignFile *campaign, const char *file, bool unverified) MUST_CHECK;
void campaign_file_close(CampaignFile *campaign);

#endif

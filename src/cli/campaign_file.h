/* A results file, or its journal while the campaign runs, opened to be read. */
#ifndef WINNOW_CLI_CAMPAIGN_FILE_H
#define WINNOW_CLI_CAMPAIGN_FILE_H

#include "base/json.h"
#include "campaign/config.h"
#include "store/campaign_state.h"
#include "store/lock.h"

typedef struct CampaignFile {
    CampaignState state;
    Config *config; /* owned: the newest one that is stored in it */
    bool held;      /* a process runs it: `holder` */
    char holder[LOCK_HOLDER_SIZE];
    uint64_t torn; /* bytes at the journal's end that are no whole record, where no process runs it */
    CampaignMarks marks;
    bool behind;   /* the fields below are, of `state` */
    size_t starts; /* on record when `config` was read */
    bool *checked; /* owned [checked_count]: trials that were found to fit the configuration */
    size_t checked_count;
} CampaignFile;

/* STATUS_ENVIRONMENT where nothing is there, or nothing of it can be used, or it contradicts itself. What is
 * damaged and could be made good is a warning, and so is a torn end. Nothing is locked or changed. */
Status campaign_file_open(CampaignFile *campaign, const char *file, bool unverified) MUST_CHECK;

/* Bring it up to date, where it is looked at again and again: only what was recorded since is read. *changed
 * is false where nothing was. Nothing is said: the notes of `state` tell what is damaged. Where it
 * fails, the next call tries again. What was borrowed from the ledger or `config` is not valid any more. */
Status campaign_file_refresh(CampaignFile *campaign, const char *file, bool unverified,
                             bool *changed) MUST_CHECK;

/* The warnings as a list of texts, and in numbers: null where the journal is sound. */
json_t *campaign_file_warnings(const CampaignFile *campaign);
json_t *campaign_file_damage(const CampaignFile *campaign);

void campaign_file_close(CampaignFile *campaign);

#endif

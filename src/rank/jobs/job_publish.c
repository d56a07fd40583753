#include <string.h>

#include "rank/jobs.h"
#include "rank/ledger_from_journal.h"
#include "store/results.h"

Status job_publish(const JobContext *context, const JobMessage *job, Channel *out) {
    (void)context; /* what is published comes from the disk alone: the way that recovery goes */
    (void)out;
    Ledger *ledger;
    TRY(ledger_from_journal(&ledger, job->file, job->journal_length));
    Config *config = NULL;
    const CampaignRecord *campaign = &ledger->campaign;
    Status status =
        config_parse(&config, campaign->config_name, campaign->config_text, strlen(campaign->config_text));
    if (status == STATUS_OK) status = results_write(job->file, ledger, config);
    config_destroy(&config);
    ledger_destroy(&ledger);
    return status;
}

#include "rank/same_campaign.h"

#include <string.h>

Status same_campaign_check(const Config *config, const Dataset *dataset, const char *file,
                           const Ledger *ledger, Config **old) {
    const CampaignRecord *campaign = &ledger->campaign;
    Status status =
        config_parse(old, campaign->config_name, campaign->config_text, strlen(campaign->config_text));
    if (status != STATUS_OK) return status_within(status, "%s: the configuration stored in it", file);
    status = config_continues(*old, config);
    if (status != STATUS_OK) {
        status = status_within(status, "%s holds another campaign", file);
    } else if (ledger->has_data && ledger->data.data_hash != dataset_hash(dataset)) {
        status = status_fail(
            STATUS_INPUT,
            "%s: the data has changed since the campaign began (hash %016llx then, %016llx now); "
            "restore the old data, or begin anew with --fresh",
            file, (unsigned long long)ledger->data.data_hash, (unsigned long long)dataset_hash(dataset));
    }
    if (status != STATUS_OK) config_destroy(old);
    return status;
}

#include "cli/campaign_data.h"

static Status check_hash(const Ledger *ledger, const Dataset *dataset) {
    if (!ledger->has_data || ledger->data.data_hash == dataset_hash(dataset)) return STATUS_OK;
    return status_fail(
        STATUS_INPUT,
        "the data have changed since the campaign: hash %016llx then, %016llx now; --space names "
        "a configuration with the paths of the old ones",
        (unsigned long long)ledger->data.data_hash, (unsigned long long)dataset_hash(dataset));
}

Status campaign_data_load(const CampaignFile *campaign, const char *space, Dataset **dataset) {
    Config *other = NULL;
    *dataset = NULL;
    if (space != NULL) TRY(config_read(&other, space));
    const DataSpec *spec = other != NULL ? &other->data : &campaign->config->data;
    Status status = dataset_load(dataset, spec, campaign->config->seed);
    config_destroy(&other);
    if (status == STATUS_OK) status = check_hash(campaign->state.ledger, *dataset);
    if (status != STATUS_OK) dataset_destroy(dataset);
    return status;
}

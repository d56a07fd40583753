#include "cli/campaign_file.h"

#include <string.h>

/* What the rooms above rely on, and a damaged file might not give. */
static Status check_trial(const CampaignFile *c, const char *file, uint64_t id) {
    const LedgerTrial *trial = &c->state.ledger->trials[id];
    if (!trial->finished) return STATUS_OK;
    bool sound = trial->drawn && trial->record.stage < c->config->stage_count;
    for (size_t p = 0; sound && p < c->config->space.count; p++) {
        const Parameter *parameter = &c->config->space.parameters[p];
        if (distribution_is_choice(parameter->distribution) && trial->draw->value[p].present)
            sound = trial->draw->value[p].choice < parameter->value_count;
    }
    if (sound) return STATUS_OK;
    return status_fail(STATUS_ENVIRONMENT, "%s: trial %llu does not fit the configuration stored with it",
                       file, (unsigned long long)id);
}

static Status read_config(CampaignFile *c, const char *file) {
    const CampaignRecord *campaign = &c->state.ledger->campaign;
    Status status =
        config_parse(&c->config, campaign->config_name, campaign->config_text, strlen(campaign->config_text));
    if (status != STATUS_OK)
        return status_within(STATUS_ENVIRONMENT, "%s: the configuration stored in it", file);
    for (uint64_t id = 0; id < c->state.ledger->trial_count; id++)
        TRY(check_trial(c, file, id));
    return STATUS_OK;
}

Status campaign_file_open(CampaignFile *c, const char *file, bool unverified) {
    *c = (CampaignFile){0};
    if (campaign_state_read(file, unverified, &c->state) != STATUS_OK) return STATUS_ENVIRONMENT;
    Status status = STATUS_OK;
    if (c->state.ledger == NULL)
        status = status_fail(
            STATUS_ENVIRONMENT,
            "%s: there is no such file; winnow run writes it, to results/<name>.h5 unless -o says "
            "otherwise",
            file);
    else
        status = read_config(c, file);
    if (status != STATUS_OK) campaign_file_close(c);
    return status;
}

void campaign_file_close(CampaignFile *c) {
    config_destroy(&c->config);
    campaign_state_release(&c->state);
}

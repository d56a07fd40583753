#include "rank/campaign_record.h"

#include "base/clock.h"
#include "base/memory.h"

Status record_append(Ledger *ledger, Journal *journal, Record *record) {
    Status status = journal != NULL ? journal_append(journal, record) : STATUS_OK;
    if (status == STATUS_OK) return ledger_apply(ledger, record);
    record_release(record);
    return status;
}

Status campaign_record_append(Ledger *ledger, Journal *journal, const Config *config, const char *versions) {
    Record record = {.kind = RECORD_CAMPAIGN};
    CampaignRecord *r = &record.as.campaign;
    r->format_version = JOURNAL_FORMAT_VERSION;
    r->config_hash = config->hash;
    r->created = clock_unix();
    Status status = memory_text(&r->name, config->name);
    if (status == STATUS_OK) status = memory_text(&r->config_name, config->source.name);
    if (status == STATUS_OK) status = memory_text(&r->config_text, config->source.text);
    if (status == STATUS_OK) status = memory_text(&r->versions, versions);
    if (status == STATUS_OK) return record_append(ledger, journal, &record);
    record_release(&record);
    return status;
}

#include "rank/bench/campaign_beginning.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "engine/blas.h"

static Status append(Ledger *ledger, Journal *journal, Record *record) {
    Status status = journal != NULL ? journal_append(journal, record) : STATUS_OK;
    if (status == STATUS_OK) return ledger_apply(ledger, record);
    record_release(record);
    return status;
}

static Status campaign_record(const Config *config, Record *record) {
    *record = (Record){.kind = RECORD_CAMPAIGN};
    CampaignRecord *r = &record->as.campaign;
    r->format_version = JOURNAL_FORMAT_VERSION;
    r->config_hash = config->hash;
    r->created = clock_unix();
    Status status = memory_text(&r->name, config->name);
    if (status == STATUS_OK) status = memory_text(&r->config_name, config->source.name);
    if (status == STATUS_OK) status = memory_text(&r->config_text, config->source.text);
    if (status == STATUS_OK) status = memory_text(&r->versions, "winnow " WINNOW_VERSION);
    if (status != STATUS_OK) record_release(record);
    return status;
}

Status campaign_beginning(const Config *config, Ledger *ledger, Journal *journal) {
    Record campaign;
    TRY(campaign_record(config, &campaign));
    TRY(append(ledger, journal, &campaign));
    Record data = {.kind = RECORD_DATA};
    data.as.data.shape = (Shape){1, 1, 2};
    TRY(append(ledger, journal, &data));
    Record start = {.kind = RECORD_START};
    start.as.start.time = clock_unix();
    text_copy(start.as.start.arithmetic, ARITHMETIC_SIZE, arithmetic_id());
    TRY(memory_text(&start.as.start.config_text, ""));
    TRY(append(ledger, journal, &start));
    Record preflight = {.kind = RECORD_PREFLIGHT};
    preflight.as.preflight.config_hash = config->hash;
    text_copy(preflight.as.preflight.arithmetic, ARITHMETIC_SIZE, arithmetic_id());
    TRY(append(ledger, journal, &preflight));
    return journal != NULL ? journal_sync(journal) : STATUS_OK;
}

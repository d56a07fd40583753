#include "rank/bench/campaign_beginning.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "engine/blas.h"
#include "rank/campaign_record.h"

Status campaign_beginning(const Config *config, Ledger *ledger, Journal *journal) {
    TRY(campaign_record_append(ledger, journal, config, "winnow " WINNOW_VERSION));
    Record data = {.kind = RECORD_DATA};
    data.as.data.shape = (Shape){1, 1, 2};
    TRY(record_append(ledger, journal, &data));
    Record start = {.kind = RECORD_START};
    start.as.start.time = clock_unix();
    text_copy(start.as.start.arithmetic, ARITHMETIC_SIZE, arithmetic_id());
    TRY(memory_text(&start.as.start.config_text, ""));
    TRY(record_append(ledger, journal, &start));
    Record preflight = {.kind = RECORD_PREFLIGHT};
    preflight.as.preflight.config_hash = config->hash;
    text_copy(preflight.as.preflight.arithmetic, ARITHMETIC_SIZE, arithmetic_id());
    TRY(record_append(ledger, journal, &preflight));
    return journal != NULL ? journal_sync(journal) : STATUS_OK;
}

/* A journal that may say anything, or has places where it says nothing, beside a sound results file: nothing
 * that the file holds is lost where both are of one campaign. */
#include "fuzz.h"
#include "ledger_check.h"
#include "small_results.h"
#include "store/campaign_state.h"
#include "store/fixtures.h"

static void keeps_all(const Ledger *published, const Ledger *ledger) {
    REQUIRE(ledger->trial_count >= published->trial_count);
    for (size_t i = 0; i < published->trial_count; i++) {
        const LedgerTrial *old = &published->trials[i], *new = &ledger->trials[i];
        if (!old->finished) continue;
        REQUIRE(new->finished);
        REQUIRE(new->record.outcome.weights_hash == old->record.outcome.weights_hash);
    }
}

static void check(const CampaignState *state) {
    static Ledger *published;
    if (published == NULL) published = fixture_ledger(NULL, true);
    if (state->ledger == NULL) return;
    ledger_check(state->ledger);
    REQUIRE((state->note_count > 0) == state->repaired);
    if (state->repaired && state->ledger->campaign.created == published->campaign.created)
        keeps_all(published, state->ledger);
}

int fuzz_state(const uint8_t *data, size_t size) {
    static const char *file;
    ByteWriter journal = {0};
    CampaignState state;
    if (file == NULL) {
        size_t length = 0;
        const void *bytes = small_results(&length);
        file = fuzz_file_beside("", bytes, length);
    }
    ledger_write_journal((FuzzPart){data, size}, &journal);
    (void)fuzz_file_beside(".journal", journal.data, journal.length);
    bytes_writer_release(&journal);
    if (fuzz_accepted(campaign_state_read(file, false, &state))) check(&state);
    campaign_state_release(&state);
    return 0;
}

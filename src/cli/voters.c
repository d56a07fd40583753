#include "cli/voters.h"

#include <string.h>

#include "base/text.h"
#include "cli/options.h"

/* ID, for the network of its best epoch, or ID@EPOCH. */
static Status read_network(const char *word, const Ledger *ledger, ChosenVoters *chosen) {
    const char *at = strchr(word, '@');
    char trial[32];
    uint64_t epoch;
    text_copy(trial, sizeof(trial), word);
    if (at != NULL && (size_t)(at - word) < sizeof(trial)) trial[at - word] = '\0';
    TRY(option_number(trial, "--trial", 0, LEDGER_MAX_TRIALS, &chosen->trial));
    if (at != NULL) {
        TRY(option_number(at + 1, "the epoch of --trial", 1, UINT32_MAX, &epoch));
        chosen->epoch = (uint32_t)epoch;
    } else if (chosen->trial < ledger->trial_count) {
        chosen->epoch = ledger->trials[chosen->trial].record.outcome.best_epoch;
    }
    return STATUS_OK;
}

Voters voters_of(const EnsembleRecord *ensemble) {
    return (Voters){.count = ensemble->member_count,
                    .trials = ensemble->members,
                    .epochs = ensemble->epochs,
                    .counts = ensemble->counts};
}

Status voters_choose(ChosenVoters *chosen, const CampaignFile *campaign, const char *file,
                     const char *trial) {
    const Ledger *ledger = campaign->state.ledger;
    const EnsembleRecord *ensemble = &ledger->ensemble;
    if (!ledger->has_data)
        return status_fail(STATUS_ENVIRONMENT, "%s does not tell the campaign's data", file);
    if (trial != NULL) {
        *chosen = (ChosenVoters){.once = 1};
        TRY(read_network(trial, ledger, chosen));
        chosen->voters =
            (Voters){.count = 1, .trials = &chosen->trial, .epochs = &chosen->epoch, .counts = &chosen->once};
        return STATUS_OK;
    }
    if (!ledger->has_ensemble)
        return status_fail(STATUS_INPUT, "%s has no ensemble yet; --trial ID takes one trial's network",
                           file);
    chosen->voters = voters_of(ensemble);
    return STATUS_OK;
}

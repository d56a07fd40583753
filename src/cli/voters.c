#include "cli/voters.h"

#include "cli/options.h"

Status voters_choose(ChosenVoters *chosen, const CampaignFile *campaign, const char *file,
                     const char *trial) {
    const Ledger *ledger = campaign->state.ledger;
    const EnsembleRecord *ensemble = &ledger->ensemble;
    if (!ledger->has_data)
        return status_fail(STATUS_ENVIRONMENT, "%s does not tell the campaign's data", file);
    if (trial != NULL) {
        TRY(option_number(trial, "--trial", 0, LEDGER_MAX_TRIALS, &chosen->trial));
        chosen->once = 1;
        chosen->voters = (Voters){.count = 1, .trials = &chosen->trial, .counts = &chosen->once};
        return STATUS_OK;
    }
    if (!ledger->has_ensemble)
        return status_fail(STATUS_INPUT, "%s has no ensemble yet; --trial ID takes one trial's network",
                           file);
    chosen->voters =
        (Voters){.count = ensemble->member_count, .trials = ensemble->members, .counts = ensemble->counts};
    return STATUS_OK;
}

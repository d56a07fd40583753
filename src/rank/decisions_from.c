#include "rank/decisions_from.h"

#include "rank/same_campaign.h"
#include "store/campaign_state.h"

static Status check_source(const char *from, const CampaignState *state, const Config *config,
                           const Dataset *dataset) {
    Config *old = NULL;
    if (state->ledger == NULL)
        return status_fail(STATUS_INPUT, "--decisions-from %s: there is no such file", from);
    if (!state->complete)
        return status_fail(
            STATUS_INPUT,
            "--decisions-from %s: its campaign is not complete, so some decisions are not taken "
            "yet; let it end first",
            from);
    TRY(same_campaign_check(config, dataset, from, state->ledger, &old));
    bool same = old->hash == config->hash;
    config_destroy(&old);
    if (!same)
        return status_fail(STATUS_INPUT,
                           "--decisions-from %s: it has other stages; repeat it under its own configuration",
                           from);
    if (state->ledger->decision_count > 0) return STATUS_OK;
    return status_fail(STATUS_INPUT,
                       "--decisions-from %s: it holds no decisions; only early_terminate takes any", from);
}

static Status read_source(const char *from, const Config *config, const Dataset *dataset,
                          CampaignState *state) {
    TRY(campaign_state_read(from, false, state));
    Status status = check_source(from, state, config, dataset);
    if (status != STATUS_OK) campaign_state_release(state);
    return status;
}

/* Draws too: a decision is about a trial that has been drawn. */
static Status hand_over(const Ledger *ledger, uint32_t parameters, JournalVisitor visit, void *context) {
    for (size_t id = 0; id < ledger->trial_count; id++) {
        if (!ledger->trials[id].drawn) continue;
        Record record = {.kind = RECORD_DRAW};
        record.as.draw = (DrawRecord){
            .trial = id, .parameter_count = parameters, .draw = draw_unpack(ledger->trials[id].draw)};
        TRY(visit(context, &record));
    }
    for (size_t i = 0; i < ledger->decision_count; i++) {
        Record record = {.kind = RECORD_DECISION, .as.decision = ledger->decisions[i]};
        TRY(visit(context, &record));
    }
    return STATUS_OK;
}

Status decisions_from_file(const char *from, const Config *config, const Dataset *dataset,
                           JournalVisitor visit, void *context) {
    CampaignState state;
    TRY(read_source(from, config, dataset, &state));
    Status status = hand_over(state.ledger, (uint32_t)config->space.count, visit, context);
    campaign_state_release(&state);
    return status;
}

static bool begins_with(const Ledger *ledger, const Ledger *source) {
    bool same = ledger->decision_count >= source->decision_count;
    for (size_t i = 0; same && i < source->decision_count; i++) {
        const DecisionRecord *a = &ledger->decisions[i], *b = &source->decisions[i];
        same = a->trial == b->trial && a->rung == b->rung && a->verdict == b->verdict;
    }
    return same;
}

Status decisions_from_check(const char *from, const Config *config, const Dataset *dataset, const char *file,
                            const Ledger *ledger) {
    CampaignState state;
    TRY(read_source(from, config, dataset, &state));
    bool same = begins_with(ledger, state.ledger);
    campaign_state_release(&state);
    if (same) return STATUS_OK;
    return status_fail(
        STATUS_INPUT,
        "%s did not begin with the decisions of %s; go on with it without --decisions-from, or "
        "repeat them in another file (-o)",
        file, from);
}

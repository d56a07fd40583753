#include "cli/status_view.h"

#include <stdlib.h>

#include "base/memory.h"

const char *standing_name(CampaignStanding standing) {
    switch (standing) {
    case CAMPAIGN_COMPLETE: return "complete";
    case CAMPAIGN_RUNNING: return "running";
    case CAMPAIGN_STOPPED: return "stopped";
    case CAMPAIGN_NONE_FINISHED: return "none finished";
    case CAMPAIGN_IN_ERROR: return "in error";
    case CAMPAIGN_DAMAGED: return "damaged";
    case CAMPAIGN_BARREN: return "failing";
    }
    return "unknown";
}

Status standing_code(CampaignStanding standing) {
    if (standing == CAMPAIGN_COMPLETE) return STATUS_OK;
    return standing == CAMPAIGN_RUNNING || standing == CAMPAIGN_STOPPED ? STATUS_RESUMABLE
                                                                        : STATUS_ENVIRONMENT;
}

/* A lease that gave the trial's row; a failed trial has one too. */
static bool gave_row(const Ledger *ledger, const LeaseRecord *lease) {
    return (lease->outcome == LEASE_FINISHED || lease->outcome == LEASE_CRASHED) &&
           lease->trial < ledger->trial_count && ledger->trials[lease->trial].finished;
}

size_t ledger_barren_starts(const Ledger *ledger, bool running) {
    double last_row = 0; /* Unix seconds */
    for (size_t i = 0; i < ledger->lease_count; i++) {
        const LeaseRecord *lease = &ledger->leases[i];
        if (gave_row(ledger, lease) && lease->end > last_row) last_row = lease->end;
    }
    size_t past = ledger->start_count - (running && ledger->start_count > 0);
    size_t barren = 0;
    while (barren < past && ledger->starts[past - 1 - barren].time > last_row)
        barren++;
    return barren;
}

static CampaignStanding standing_of(const CampaignFile *c, const StatusView *view) {
    const Ledger *ledger = c->state.ledger;
    if (c->state.complete)
        return ledger->ended && ledger->end.outcome == OUTCOME_NONE_FINISHED ? CAMPAIGN_NONE_FINISHED
                                                                             : CAMPAIGN_COMPLETE;
    if (c->state.from_journal && c->state.reading.damaged_at != UINT64_MAX) return CAMPAIGN_DAMAGED;
    if (view->holder[0] != '\0') return CAMPAIGN_RUNNING;
    if (ledger->failed) return CAMPAIGN_IN_ERROR;
    return view->barren_starts >= BARREN_STARTS ? CAMPAIGN_BARREN : CAMPAIGN_STOPPED;
}

/* Leases of the run that goes on now; those of earlier ones may have stayed open when it died. */
static Status find_running(const Ledger *ledger, StatusView *view) {
    if (view->standing != CAMPAIGN_RUNNING || ledger->start_count == 0) return STATUS_OK;
    double since = ledger->starts[ledger->start_count - 1].time;
    TRY(memory_new(&view->running, ledger->lease_count, sizeof(const LeaseRecord *)));
    for (size_t i = 0; i < ledger->lease_count; i++) {
        const LeaseRecord *lease = &ledger->leases[i];
        bool done = lease->trial < ledger->trial_count && ledger->trials[lease->trial].finished;
        if (lease->outcome == LEASE_OPEN && lease->start >= since && !done)
            view->running[view->running_count++] = lease;
    }
    return STATUS_OK;
}

Status status_view_of(const CampaignFile *c, const char *file, StatusView *view) {
    *view = (StatusView){0};
    const Ledger *ledger = c->state.ledger;
    bool held;
    TRY(lock_probe(file, &held, view->holder));
    TRY(overview_of(ledger, c->config, &view->overview));
    view->barren_starts = ledger_barren_starts(ledger, held);
    view->standing = standing_of(c, view);
    if (ledger->stage_count > 0) view->stage = ledger->stages[ledger->stage_count - 1].stage;
    if (view->stage >= c->config->stage_count) view->stage = c->config->stage_count - 1;
    return find_running(ledger, view);
}

void status_view_release(StatusView *view) {
    free(view->running);
    *view = (StatusView){0};
}

#include "cli/status_view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "store/paths.h"

const char *standing_name(CampaignStanding standing) {
    switch (standing) {
    case CAMPAIGN_COMPLETE: return "complete";
    case CAMPAIGN_RUNNING: return "running";
    case CAMPAIGN_STOPPED: return "stopped";
    case CAMPAIGN_SHARD: return "shard done";
    case CAMPAIGN_MERGED: return "merged";
    case CAMPAIGN_NONE_FINISHED: return "none finished";
    case CAMPAIGN_IN_ERROR: return "in error";
    case CAMPAIGN_DAMAGED: return "damaged";
    case CAMPAIGN_BARREN: return "failing";
    }
    return "unknown";
}

void standing_text(const CampaignFile *c, const StatusView *view, char *out, size_t size) {
    const char *text = "";
    switch (view->standing) {
    case CAMPAIGN_COMPLETE: text = "complete"; break;
    case CAMPAIGN_RUNNING: (void)snprintf(out, size, "running, %s", view->holder); return;
    case CAMPAIGN_STOPPED: text = "stopped; the same winnow run goes on with it"; break;
    case CAMPAIGN_SHARD:
        (void)snprintf(out, size, "%s; winnow merge joins it with the others", c->state.ledger->end.reason);
        return;
    case CAMPAIGN_MERGED: text = "merged; winnow run goes on from it"; break;
    case CAMPAIGN_NONE_FINISHED: text = "complete, but no trial came to its end"; break;
    case CAMPAIGN_IN_ERROR:
        (void)snprintf(out, size, "ended in an error: %s", c->state.ledger->failure.reason);
        return;
    case CAMPAIGN_DAMAGED:
        text = "damaged; the same winnow run goes on with what is left, and does the rest again";
        break;
    case CAMPAIGN_BARREN:
        (void)snprintf(out, size,
                       "failing: the last %zu starts brought nothing new; see what winnow run said",
                       view->barren_starts);
        return;
    }
    text_copy(out, size, text);
}

Status standing_code(CampaignStanding standing) {
    switch (standing) {
    case CAMPAIGN_COMPLETE:
    case CAMPAIGN_SHARD: return STATUS_OK;
    case CAMPAIGN_RUNNING:
    case CAMPAIGN_STOPPED:
    case CAMPAIGN_MERGED:
    case CAMPAIGN_DAMAGED: return STATUS_RESUMABLE;
    default: return STATUS_ENVIRONMENT;
    }
}

static CampaignStanding standing_of(const CampaignFile *c, const StatusView *view) {
    const Ledger *ledger = c->state.ledger;
    if (c->state.complete)
        return ledger->ended && ledger->end.outcome == OUTCOME_NONE_FINISHED ? CAMPAIGN_NONE_FINISHED
                                                                             : CAMPAIGN_COMPLETE;
    if (view->holder[0] != '\0') return CAMPAIGN_RUNNING;
    if (c->state.repaired) return CAMPAIGN_DAMAGED;
    if (ledger->ended && ledger->end.outcome == OUTCOME_SHARD) return CAMPAIGN_SHARD;
    if (ledger->ended && ledger->end.outcome == OUTCOME_MERGED) return CAMPAIGN_MERGED;
    if (ledger->failed) return CAMPAIGN_IN_ERROR;
    return view->barren_starts >= BARREN_STARTS ? CAMPAIGN_BARREN : CAMPAIGN_STOPPED;
}

/* --- who runs it, and what its ranks do --- */

/* Would the lock tell if the process that wrote `live` ran? Not with --no-lock; and where it runs on another
 * node, not on every file system. */
static bool lock_tells(const char *file, const LiveState *live) {
    char *path = NULL, host[HOST_NAME_SIZE] = "";
    bool there = campaign_path(&path, file, ".lock") == STATUS_OK && file_exists(path);
    free(path);
    (void)gethostname(host, sizeof(host) - 1);
    return there && strcmp(host, live->host) == 0;
}

static Status find_holder(const CampaignFile *c, const char *file, StatusView *view) {
    (void)snprintf(view->holder, sizeof(view->holder), "%s", c->holder);
    TRY(live_read(file, &view->live, &view->live_found));
    bool fresh = view->live_found && fabs(clock_unix() - view->live.time) < LIVE_FRESH_SECONDS;
    if (fresh && !c->held && !lock_tells(file, &view->live))
        (void)snprintf(view->holder, sizeof(view->holder), "process %u on %s", view->live.process,
                       view->live.host);
    view->has_live = fresh && view->holder[0] != '\0';
    return STATUS_OK;
}

static Status running_now(StatusView *view) {
    TRY(memory_new(&view->running, view->live.rank_count, sizeof(RunningTrial)));
    for (size_t i = 0; i < view->live.rank_count; i++) {
        const LiveRank *rank = &view->live.ranks[i];
        if (!rank->training || rank->lost) continue;
        view->running[view->running_count++] = (RunningTrial){.trial = rank->trial,
                                                              .rank = rank->rank,
                                                              .host = rank->host,
                                                              .since = rank->since,
                                                              .has_epochs = true,
                                                              .epoch = rank->epoch,
                                                              .epochs = rank->epochs};
    }
    return STATUS_OK;
}

/* Leases of the run that goes on now; those of earlier ones may have stayed open when it died. */
static Status running_leases(const Ledger *ledger, StatusView *view) {
    if (ledger->start_count == 0) return STATUS_OK;
    double since = ledger->starts[ledger->start_count - 1].time;
    TRY(memory_new(&view->running, ledger->lease_count, sizeof(RunningTrial)));
    for (size_t i = 0; i < ledger->lease_count; i++) {
        const LeaseRecord *lease = &ledger->leases[i];
        bool done = lease->trial < ledger->trial_count && ledger->trials[lease->trial].finished;
        if (lease->lease == 0 || lease->outcome != LEASE_OPEN || lease->start < since || done) continue;
        view->running[view->running_count++] = (RunningTrial){
            .trial = lease->trial, .rank = lease->rank, .host = lease->host, .since = lease->start};
    }
    return STATUS_OK;
}

Status status_view_of(const CampaignFile *c, const char *file, StatusView *view) {
    *view = (StatusView){0};
    const Ledger *ledger = c->state.ledger;
    TRY(find_holder(c, file, view));
    TRY(overview_of(ledger, c->config, &view->overview));
    view->news = view->overview.last_record;
    if (view->live_found && view->live.time > view->news) view->news = view->live.time;
    view->silence = fmax(clock_unix() - view->news, 0);
    bool runs = view->holder[0] != '\0';
    view->barren_starts = c->state.barren_starts - (runs && c->state.barren_starts > 0);
    view->standing = standing_of(c, view);
    if (ledger->stage_count > 0) view->stage = ledger->stages[ledger->stage_count - 1].stage;
    if (view->stage >= c->config->stage_count) view->stage = c->config->stage_count - 1;
    if (view->standing != CAMPAIGN_RUNNING) return STATUS_OK;
    return view->has_live ? running_now(view) : running_leases(ledger, view);
}

void status_view_release(StatusView *view) {
    free(view->running);
    live_release(&view->live);
    *view = (StatusView){0};
}

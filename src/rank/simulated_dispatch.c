#include "rank/simulated_dispatch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/order.h"
#include "rank/bench/child_process.h"
#include "rank/bench/made_up_campaign.h"
#include "rank/bench/made_up_network.h"
#include "rank/bench/made_up_training.h"
#include "rank/bench/simulated_campaign.h"
#include "rank/signals.h"
#include "store/parts.h"
#include "store/results.h"

#define POOL 20
#define SYNCS_TIMED 31
#define SYNCED_BYTES 8192 /* at a time */

typedef struct Run {
    const SimulatedDispatchOptions *options;
    MadeUpCampaign *made_up;
    double sync_seconds;
    bool at_once; /* neither coordinator nor disk take any time; nothing is written */
} Run;

static EpochRow row_of(const void *context, const LeaseMessage *lease, uint32_t epoch) {
    const SimulatedDispatchOptions *o = context;
    EpochRow row = made_up_row(lease->trial, epoch);
    row.seconds = made_up_seconds(lease->trial, o->trial_seconds, o->spread) / MADE_UP_EPOCHS;
    return row;
}

/* Bytes of this process in memory. */
static uint64_t resident(void) {
    unsigned long long all, there = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL) return 0;
    if (fscanf(file, "%llu %llu", &all, &there) != 2) there = 0;
    fclose(file);
    return there * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* --- the results file --- */

static Status write_networks(const MadeUpCampaign *made_up, const Ledger *ledger) {
    uint64_t *best;
    size_t count;
    TRY(ledger_best(ledger, made_up->config->metric, POOL, &best, &count));
    Status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        const MemberRecord *member = ledger->trials[best[i]].member;
        uint8_t *blob = NULL;
        size_t length;
        status = made_up_network(best[i], member->epoch, &blob, &length);
        if (status == STATUS_OK) status = parts_write(made_up->file, member->blob, blob, length);
        free(blob);
    }
    free(best);
    return status;
}

static Status publish(const MadeUpCampaign *made_up, const Ledger *ledger,
                      SimulatedDispatchFigures *figures) {
    TRY(write_networks(made_up, ledger));
    double start = clock_monotonic();
    TRY(results_write(made_up->file, ledger, made_up->config));
    figures->results_seconds = clock_monotonic() - start;
    struct stat about;
    if (stat(made_up->file, &about) != 0)
        return status_fail_errno(STATUS_ENVIRONMENT, "cannot read %s", made_up->file);
    figures->results_bytes = (uint64_t)about.st_size;
    return STATUS_OK;
}

/* No relay is for more than a node. */
static uint32_t ranks_per_relay(const SimulatedDispatchOptions *options) {
    uint32_t wanted = relays_wanted(options->ranks_per_relay, options->ranks);
    return wanted < RANKS_A_NODE ? wanted : RANKS_A_NODE;
}

/* --- one campaign, in a process of its own --- */

static Status simulate(SimulatedCampaign *campaign, const Run *run, uint64_t before,
                       SimulatedDispatchFigures *figures) {
    SimulationFigures simulated;
    TRY(simulated_campaign_run(campaign, &simulated));
    uint64_t after = resident(), own = before + simulated.world_bytes;
    *figures = (SimulatedDispatchFigures){.ranks_per_relay = ranks_per_relay(run->options),
                                          .seconds = simulated.seconds,
                                          .utilisation = simulated.training_seconds /
                                                         (simulated.seconds * run->options->ranks),
                                          .processor_seconds = simulated.processor_seconds,
                                          .received = simulated.received,
                                          .sent = simulated.sent,
                                          .channel_received = simulated.channel_received,
                                          .channel_sent = simulated.channel_sent,
                                          .syncs = simulated.syncs,
                                          .sync_seconds = run->sync_seconds,
                                          .memory_bytes = after > own ? after - own : 0,
                                          .journal_bytes = simulated.journal_bytes,
                                          .results_seconds = NAN};
    if (!run->options->publish || run->at_once) return STATUS_OK;
    return publish(run->made_up, simulated_campaign_ledger(campaign), figures);
}

static Status run_campaign(void *context, void *figures) {
    const Run *run = context;
    uint64_t before = resident();
    SimulationRules rules = simulation_rules(run->options->ranks, row_of, run->options);
    rules.ranks_per_relay = ranks_per_relay(run->options);
    if (!run->at_once) {
        rules.charge = true;
        rules.sync_seconds = run->sync_seconds;
        rules.journal = run->made_up->journal;
    }
    SimulatedCampaign *campaign;
    Ledger *ledger = run->made_up->ledger;
    run->made_up->ledger = NULL;
    TRY(simulated_campaign_create(&campaign, run->made_up->config, ledger, &rules));
    return simulate(campaign, run, before, figures);
}

/* --- --- */

static Status time_sync(MadeUpCampaign *made_up, double *seconds) {
    double taken[SYNCS_TIMED];
    for (size_t i = 0; i < SYNCS_TIMED; i++)
        TRY(made_up_campaign_bare_append(made_up, SYNCED_BYTES, &taken[i]));
    *seconds = order_median(taken, SYNCS_TIMED);
    return STATUS_OK;
}

static Status run_both(Run *run, SimulatedDispatchFigures *figures) {
    SimulatedDispatchFigures at_once;
    run->sync_seconds = run->options->sync_seconds;
    if (isnan(run->sync_seconds)) TRY(time_sync(run->made_up, &run->sync_seconds));
    run->at_once = true;
    TRY(child_process_run(run_campaign, run, &at_once, sizeof(at_once)));
    run->at_once = false;
    TRY(child_process_run(run_campaign, run, figures, sizeof(*figures)));
    figures->utilisation_at_once = at_once.utilisation;
    return STATUS_OK;
}

Status simulated_dispatch(const SimulatedDispatchOptions *options, SimulatedDispatchFigures *figures) {
    MadeUpCampaign made_up;
    MadeUpPlan plan = {.trials = options->trials, .stages = options->stages, .pool = POOL};
    signals_install();
    Status status = made_up_campaign_begin(&made_up, options->folder, &plan);
    Run run = {.options = options, .made_up = &made_up};
    if (status == STATUS_OK) status = run_both(&run, figures);
    char text[ERROR_TEXT_SIZE];
    (void)snprintf(text, sizeof(text), "%s", status_text());
    made_up_campaign_release(&made_up);
    return status == STATUS_OK ? STATUS_OK : status_restore(status, text);
}

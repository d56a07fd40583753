#include "rank/rank.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "campaign/channel.h"
#include "campaign/coordinator.h"
#include "engine/blas.h"
#include "rank/campaign_loop.h"
#include "rank/disk_full.h"
#include "rank/exit_file.h"
#include "rank/host.h"
#include "rank/launcher.h"
#include "rank/node_data.h"
#include "rank/opening.h"
#include "rank/process_watch.h"
#include "rank/signals.h"
#include "rank/welcome.h"
#include "report/summary.h"
#include "store/parts.h"

#define MEET_SECONDS 300 /* for MPI to bring all ranks together, on large machines as well */

/* This process's part in the job. */
typedef struct Part {
    const RankOptions *options;
    double deadline; /* steady seconds */
    Host host;
    Channel *ranks;
    MpiPlace place;
    ProcessWatch *watch; /* of the other ranks */
    Relays relays;
    bool died; /* one of them, while all were getting ready */
    bool ranks_lost;
} Part;

/* --- the other ranks' processes --- */

static bool has_died(void *context) {
    Part *part = context;
    size_t rank;
    part->died |= process_watch_ended(part->watch, &rank);
    part->ranks_lost |= part->died;
    return part->died;
}

/* Collective. */
static Status watch_others(Part *part) {
    size_t ranks = (size_t)part->place.ranks;
    uint64_t *processes = NULL, *spaces = NULL;
    Status status = process_watch_create(&part->watch, ranks);
    if (status == STATUS_OK) status = memory_new(&processes, ranks, sizeof(*processes));
    if (status == STATUS_OK) status = memory_new(&spaces, ranks, sizeof(*spaces));
    if (status == STATUS_OK) status = channel_mpi_gather(part->ranks, (uint64_t)getpid(), processes);
    if (status == STATUS_OK) status = channel_mpi_gather(part->ranks, process_space(), spaces);
    for (size_t r = 0; status == STATUS_OK && r < ranks; r++) {
        if (r != (size_t)part->place.rank)
            process_watch_add(part->watch, r, (uint32_t)processes[r], spaces[r]);
    }
    free(processes);
    free(spaces);
    if (status == STATUS_OK) channel_mpi_watch(part->ranks, has_died, part);
    return status;
}

/* --- the part of rank 0 --- */

static Status run_loop(Part *part, Opening *opening, Coordinator *coordinator, LoopEnd *end) {
    Progress *progress = NULL;
    Channel *to_all;
    TRY(channel_relayed_create(&to_all, part->ranks, part->relays.relay_of, part->relays.ranks));
    Status status = progress_create(&progress, opening->config->metric, clock_monotonic());
    LoopPlace loop = {.ranks = to_all,
                      .relays = &part->relays,
                      .host = &part->host,
                      .watch = part->watch,
                      .rank = 0,
                      .rank_count = (uint32_t)part->place.ranks,
                      .limits = &opening->config->limits,
                      .sees_parts = true,
                      .opening = opening,
                      .coordinator = coordinator,
                      .progress = progress};
    if (status == STATUS_OK) status = campaign_loop(&loop, end);
    progress_destroy(&progress);
    channel_destroy(&to_all);
    return status;
}

static Status coordinate(Part *part, Opening *opening) {
    Moment now = {.steady = clock_monotonic(), .unix_time = clock_unix()};
    CoordinatorPlace place = {.workers = (uint32_t)part->place.ranks,
                              .shard = part->options->shard,
                              .published = opening->published,
                              .strict = part->options->strict,
                              .deadline = part->deadline};
    Coordinator *coordinator = NULL;
    Ledger *ledger = opening->ledger;
    opening->ledger = NULL;
    TRY(coordinator_create(&coordinator, opening->config, ledger, &place, now));
    LoopEnd end = {0};
    Status status = run_loop(part, opening, coordinator, &end);
    part->ranks_lost |= end.ranks_lost;
    if (end.complete) {
        Status closed = opening_close(opening);
        if (closed != STATUS_OK) status = closed;
    }
    if (end.complete && status == STATUS_OK)
        status = summary_print(stdout, coordinator_ledger(coordinator), opening->config, opening->file);
    coordinator_destroy(&coordinator);
    return status;
}

static Status print_old_summary(const Opening *opening) {
    TRY(summary_print(stdout, opening->ledger, opening->config, opening->file));
    if (opening->ledger->end.outcome != OUTCOME_NONE_FINISHED) return STATUS_OK;
    return status_fail(STATUS_ENVIRONMENT, "%s: %s", opening->file, opening->ledger->end.reason);
}

static Status run_rank_0(Part *part) {
    Opening opening = {0};
    char token[WELCOME_TOKEN_SIZE] = "";
    launcher_warn();
    Status status = opening_read(&opening, part->options);
    if (status == STATUS_OK) status = opening_begin(&opening, part->options, (uint32_t)part->place.ranks);
    bool run = status == STATUS_OK && !opening.complete;
    if (run && part->place.ranks > 1) {
        status = welcome_leave_note(&opening, token);
        run = status == STATUS_OK;
    }
    Welcome welcome = {0};
    Status shared = welcome_share(part->ranks, &part->place, run ? &opening : NULL, token, &welcome);
    if (run) status = shared;
    if (run && status == STATUS_OK)
        status = node_data_share(part->ranks, &part->place, &welcome, opening.dataset, true,
                                 part->options->threads, &part->host);
    if (run && status == STATUS_OK) {
        dataset_destroy(&opening.dataset); /* the host has it */
        exit_file_say_running();
        status = coordinate(part, &opening);
    } else if (status == STATUS_OK) {
        status = print_old_summary(&opening);
    }
    welcome_release(&welcome);
    opening_release(&opening);
    return status;
}

/* --- the part of the others --- */

static Status work(Part *part, const Welcome *welcome) {
    bool sees_parts = parts_see_note(welcome->file, welcome->token);
    TRY(node_data_share(part->ranks, &part->place, welcome, NULL, sees_parts, part->options->threads,
                        &part->host));
    Config *config = NULL;
    TRY(config_parse(&config, welcome->config_name, welcome->config_text, strlen(welcome->config_text)));
    LoopPlace loop = {.ranks = part->ranks,
                      .relays = &part->relays,
                      .host = &part->host,
                      .watch = part->watch,
                      .rank = (uint32_t)part->place.rank,
                      .rank_count = (uint32_t)part->place.ranks,
                      .limits = &config->limits,
                      .sees_parts = sees_parts};
    LoopEnd end;
    Status status = campaign_loop(&loop, &end);
    part->ranks_lost |= end.ranks_lost;
    config_destroy(&config);
    return status;
}

static Status run_other(Part *part) {
    signals_ignore();
    Welcome welcome = {0};
    TRY(welcome_share(part->ranks, &part->place, NULL, NULL, &welcome));
    Status status = welcome.run ? work(part, &welcome) : STATUS_OK;
    welcome_release(&welcome);
    return status;
}

/* --- both --- */

static Status take_part(Part *part) {
    double limit = part->options->time_limit;
    signals_meet_within(limit < MEET_SECONDS ? (unsigned)limit + 1 : MEET_SECONDS);
    TRY(channel_mpi_create(&part->ranks, &part->place));
    TRY(watch_others(part));
    TRY(relays_meet(&part->relays, part->ranks, &part->place, part->options->ranks_per_relay));
    signals_met();
    if (part->place.rank != 0) return run_other(part);
    exit_file_say_met();
    return run_rank_0(part);
}

Status rank_run(const RankOptions *options) {
    Part part = {.options = options, .deadline = clock_monotonic() + options->time_limit};
    signals_install();
    TRY(host_start(&part.host));
    int threads = blas_prepare((int)options->threads);
    if (threads < (int)options->threads)
        log_warning("OpenBLAS has %s here, of the %u that --threads-per-trial asks for",
                    text_count((uint64_t)threads, "thread", "threads"), options->threads);
    Status status = disk_full_advise(take_part(&part));
    char text[4096];
    snprintf(text, sizeof(text), "%s", status_text());
    host_stop(&part.host);
    if (part.place.rank == 0) exit_file_say_code(status); /* now: MPI may hold the process back */
    channel_mpi_finish(&part.ranks, !part.ranks_lost);
    process_watch_destroy(&part.watch);
    relays_release(&part.relays);
    if (status == STATUS_OK) return STATUS_OK;
    if (part.place.rank == 0) return status_restore(status, text);
    log_warning("rank %d: %s", part.place.rank, text); /* an exit code of its own would end the whole job */
    return STATUS_OK;
}

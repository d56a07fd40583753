#include "rank/rank.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "campaign/channel.h"
#include "campaign/coordinator.h"
#include "data/node_segment.h"
#include "engine/blas.h"
#include "rank/campaign_loop.h"
#include "rank/host.h"
#include "rank/opening.h"
#include "rank/signals.h"
#include "report/summary.h"

#define SET_UP_SECONDS 600.0 /* for a host to map or load the data */

/* What rank 0 tells all before they begin. */
typedef struct Welcome {
    bool run;          /* false: leave at once; rank 0 says why */
    char *config_name; /* owned */
    char *config_text; /* owned */
    uint64_t data_hash;
} Welcome;

static void welcome_release(Welcome *welcome) {
    free(welcome->config_name);
    free(welcome->config_text);
    *welcome = (Welcome){0};
}

/* Rank 0's words to all; `opening` is NULL on the others, and where rank 0 has nothing to run. Collective. */
static Status welcome_share(Channel *ranks, const MpiPlace *place, const Opening *opening, Welcome *welcome) {
    ByteWriter writer = {0};
    if (place->rank == 0) {
        bytes_put_u8(&writer, opening != NULL);
        bytes_put_text(&writer, opening != NULL ? opening->config->source.name : "");
        bytes_put_text(&writer, opening != NULL ? opening->config->source.text : "");
        bytes_put_u64(&writer, opening != NULL ? dataset_hash(opening->dataset) : 0);
    }
    uint8_t *data = writer.data;
    size_t length = writer.length;
    Status status = bytes_writer_status(&writer);
    if (status == STATUS_OK) status = channel_mpi_broadcast(ranks, false, &data, &length);
    if (status == STATUS_OK) {
        ByteReader reader = bytes_reader(data, length);
        welcome->run = bytes_get_u8(&reader) != 0;
        welcome->config_name = bytes_get_text_new(&reader);
        welcome->config_text = bytes_get_text_new(&reader);
        welcome->data_hash = bytes_get_u64(&reader);
        status = bytes_reader_status(&reader, "rank 0's welcome");
    }
    free(data);
    return status;
}

/* The node's first rank puts the data where all its ranks can map it. An empty segment name: no room for it.
 */
static Status data_offer(const Welcome *welcome, const Dataset *loaded, NodeSegment *segment) {
    Config *config = NULL;
    Dataset *dataset = NULL;
    Status status = STATUS_OK;
    if (loaded == NULL) { /* the first rank of another node than rank 0's */
        status =
            config_parse(&config, welcome->config_name, welcome->config_text, strlen(welcome->config_text));
        if (status == STATUS_OK) status = dataset_load(&dataset, &config->data, config->seed);
        if (status == STATUS_OK && dataset_hash(dataset) != welcome->data_hash) {
            char host[64] = "?";
            if (gethostname(host, sizeof(host) - 1) != 0) host[0] = '?';
            status = status_fail(STATUS_INPUT, "the data files on %s are not those that rank 0 reads", host);
        }
        loaded = dataset;
    }
    if (status == STATUS_OK) {
        size_t length;
        const void *block = dataset_block(loaded, &length);
        if (node_segment_create(segment, block, length) != STATUS_OK) {
            log_warning("%s; each rank of this node keeps a copy of its own", status_text());
            *segment = (NodeSegment){0};
        }
    }
    dataset_destroy(&dataset);
    config_destroy(&config);
    return status;
}

/* Where the node's data lies: told by its first rank to the others. Collective. */
static Status data_share(Channel *ranks, const MpiPlace *place, const Welcome *welcome, const Dataset *loaded,
                         NodeSegment *segment) {
    Status offered = place->node_rank == 0 ? data_offer(welcome, loaded, segment) : STATUS_OK;
    ByteWriter writer = {0};
    if (place->node_rank == 0) {
        bytes_put_u32(&writer, (uint32_t)offered);
        bytes_put_text(&writer, segment->name);
        bytes_put_u64(&writer, segment->length);
    }
    uint8_t *data = writer.data;
    size_t length = writer.length;
    Status status = bytes_writer_status(&writer);
    if (status == STATUS_OK) status = channel_mpi_broadcast(ranks, true, &data, &length);
    if (status == STATUS_OK && place->node_rank != 0) {
        ByteReader reader = bytes_reader(data, length);
        if (bytes_get_u32(&reader) != STATUS_OK)
            offered = status_fail(STATUS_ENVIRONMENT, "no data on this node");
        bytes_get_text(&reader, segment->name, sizeof(segment->name));
        segment->length = bytes_get_u64(&reader);
        status = bytes_reader_status(&reader, "the place of the node's data");
    }
    free(data);
    return status != STATUS_OK ? status : offered;
}

/* Data and host process of every rank, or an error on all of them. Collective. */
static Status make_ready(Channel *ranks, const MpiPlace *place, const Welcome *welcome, const Dataset *loaded,
                         Host *host) {
    NodeSegment segment = {0};
    Status status = data_share(ranks, place, welcome, loaded, &segment);
    if (status == STATUS_OK)
        status = host_set_up(host, welcome->config_name, welcome->config_text, segment.name, segment.length,
                             SET_UP_SECONDS);
    int worst = channel_mpi_maximum(ranks, (int)status);
    if (place->node_rank == 0 && segment.name[0] != '\0') {
        node_segment_unlink(&segment);
        node_segment_detach(&segment);
    }
    if (status != STATUS_OK) return status;
    return worst == STATUS_OK ? STATUS_OK : status_fail((Status)worst, "another rank could not get ready");
}

/* --- the part of rank 0 --- */

static Status coordinate(Channel *ranks, const MpiPlace *place, Host *host, Opening *opening,
                         bool *all_left) {
    Moment now = {.steady = clock_monotonic(), .unix_time = clock_unix()};
    Coordinator *coordinator = NULL;
    Ledger *ledger = opening->ledger;
    opening->ledger = NULL;
    TRY(coordinator_create(&coordinator, opening->config, ledger, (uint32_t)place->ranks, opening->published,
                           now));
    Progress *progress = NULL;
    Status status = progress_create(&progress, opening->config->metric, now.steady);
    LoopEnd end = {.all_left = true};
    if (status == STATUS_OK) {
        LoopPlace loop = {.ranks = ranks,
                          .host = host,
                          .rank = 0,
                          .rank_count = (uint32_t)place->ranks,
                          .trial_limit = opening->config->limits.trial_seconds,
                          .opening = opening,
                          .coordinator = coordinator,
                          .progress = progress};
        status = campaign_loop(&loop, &end);
        *all_left = end.all_left;
    }
    progress_destroy(&progress);
    if (end.complete) {
        Status closed = opening_close(opening);
        if (closed != STATUS_OK) status = closed;
    }
    if (end.complete && status == STATUS_OK)
        status = summary_print(stdout, coordinator_ledger(coordinator), opening->config, opening->file);
    coordinator_destroy(&coordinator);
    return status;
}

static Status run_rank_0(const RankOptions *options, Channel *ranks, const MpiPlace *place, Host *host,
                         bool *all_left) {
    Opening opening = {0};
    Status status = opening_read(&opening, options);
    if (status == STATUS_OK) status = opening_begin(&opening, options, (uint32_t)place->ranks);
    bool run = status == STATUS_OK && !opening.complete;
    Welcome welcome = {0};
    Status shared = welcome_share(ranks, place, run ? &opening : NULL, &welcome);
    if (run) status = shared;
    if (run && status == STATUS_OK) status = make_ready(ranks, place, &welcome, opening.dataset, host);
    if (run && status == STATUS_OK) {
        dataset_destroy(&opening.dataset); /* the host has it */
        status = coordinate(ranks, place, host, &opening, all_left);
    } else if (status == STATUS_OK) {
        status = summary_print(stdout, opening.ledger, opening.config, opening.file);
        if (status == STATUS_OK && opening.ledger->end.outcome == OUTCOME_NONE_FINISHED)
            status = status_fail(STATUS_ENVIRONMENT, "%s: %s", opening.file, opening.ledger->end.reason);
    }
    welcome_release(&welcome);
    opening_release(&opening);
    return status;
}

static Status run_other(Channel *ranks, const MpiPlace *place, Host *host) {
    signals_ignore();
    Welcome welcome = {0};
    TRY(welcome_share(ranks, place, NULL, &welcome));
    Status status = STATUS_OK;
    if (welcome.run) {
        status = make_ready(ranks, place, &welcome, NULL, host);
        Config *config = NULL;
        if (status == STATUS_OK)
            status =
                config_parse(&config, welcome.config_name, welcome.config_text, strlen(welcome.config_text));
        if (status == STATUS_OK) {
            LoopPlace loop = {.ranks = ranks,
                              .host = host,
                              .rank = (uint32_t)place->rank,
                              .rank_count = (uint32_t)place->ranks,
                              .trial_limit = config->limits.trial_seconds};
            LoopEnd end;
            status = campaign_loop(&loop, &end);
        }
        config_destroy(&config);
    }
    welcome_release(&welcome);
    return status;
}

Status rank_run(const RankOptions *options) {
    signals_install();
    Host host = {0};
    TRY(host_start(&host));
    blas_prepare();
    Channel *ranks = NULL;
    MpiPlace place;
    Status status = channel_mpi_create(&ranks, &place);
    if (status == STATUS_OK) {
        bool all_left = true;
        status = place.rank == 0 ? run_rank_0(options, ranks, &place, &host, &all_left)
                                 : run_other(ranks, &place, &host);
        char text[ERROR_TEXT_SIZE];
        snprintf(text, sizeof(text), "%s", status_text());
        host_stop(&host);
        channel_mpi_finish(&ranks, all_left);
        if (status == STATUS_OK) return STATUS_OK;
        if (place.rank == 0) return status_restore(status, text);
        log_warning("rank %d: %s", place.rank, text); /* an exit code of its own would end the whole job */
        return STATUS_OK;
    }
    host_stop(&host);
    return status;
}

#include "rank/node_data.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/log.h"
#include "data/node_segment.h"

#define SET_UP_SECONDS 600.0 /* for a host to map or load the data */

/* The bytes of the data set, from rank 0 to the first rank of every node. `loaded` is NULL but on rank 0;
 * *received is owned, NULL where nothing had to come. Collective within these ranks. */
static Status data_arrive(Channel *ranks, const Welcome *welcome, const Dataset *loaded, uint8_t **received,
                          size_t *length) {
    const void *own = loaded != NULL ? dataset_block(loaded, length) : NULL;
    TRY(channel_mpi_broadcast(ranks, RANKS_FIRST_OF_NODE, own, received, length));
    if (loaded != NULL) return STATUS_OK;
    Dataset *dataset = NULL;
    Status status = dataset_view(&dataset, *received, *length);
    if (status == STATUS_OK && dataset_hash(dataset) != welcome->data_hash)
        status = status_fail(STATUS_ENVIRONMENT, "the data have changed on their way from rank 0");
    dataset_destroy(&dataset);
    return status;
}

/* The node's first rank puts the data where all its ranks can map it. An empty segment name: no room for it.
 */
static Status data_offer(Channel *ranks, const Welcome *welcome, const Dataset *loaded,
                         NodeSegment *segment) {
    uint8_t *received;
    size_t length = 0;
    Status status = data_arrive(ranks, welcome, loaded, &received, &length);
    const void *block = loaded != NULL ? dataset_block(loaded, &length) : received;
    if (status == STATUS_OK && node_segment_create(segment, block, length) != STATUS_OK) {
        log_warning("%s; each rank of this node reads a copy of its own", status_text());
        status_clear();
        *segment = (NodeSegment){0};
    }
    free(received);
    return status;
}

/* Where the node's data lies: told by its first rank to the others. Collective. */
static Status data_share(Channel *ranks, const MpiPlace *place, const Welcome *welcome, const Dataset *loaded,
                         NodeSegment *segment) {
    Status offered = place->node_rank == 0 ? data_offer(ranks, welcome, loaded, segment) : STATUS_OK;
    ByteWriter writer = {0};
    if (place->node_rank == 0) {
        bytes_put_u32(&writer, (uint32_t)offered);
        bytes_put_text(&writer, segment->name);
        bytes_put_u64(&writer, segment->length);
    }
    uint8_t *received = NULL;
    size_t length = writer.length;
    Status status = bytes_writer_status(&writer);
    if (status == STATUS_OK)
        status = channel_mpi_broadcast(ranks, RANKS_OF_NODE, writer.data, &received, &length);
    if (status == STATUS_OK && place->node_rank != 0) {
        ByteReader reader = bytes_reader(received, length);
        if (bytes_get_u32(&reader) != STATUS_OK)
            offered = status_fail(STATUS_ENVIRONMENT, "no data on this node");
        bytes_get_text(&reader, segment->name, sizeof(segment->name));
        segment->length = bytes_get_u64(&reader);
        status = bytes_reader_status(&reader, "the place of the node's data");
    }
    free(received);
    bytes_writer_release(&writer);
    return status != STATUS_OK ? status : offered;
}

static Status set_up(const Welcome *welcome, NodeSegment *segment, bool sees_parts, uint32_t threads,
                     Host *host) {
    char nowhere[] = "";
    SetupMessage setup = {.config_name = welcome->config_name,
                          .config_text = welcome->config_text,
                          .segment = segment->name,
                          .segment_length = segment->length,
                          .data_hash = welcome->data_hash,
                          .threads = threads,
                          .file = sees_parts ? welcome->file : nowhere};
    return host_set_up(host, &setup, SET_UP_SECONDS);
}

Status node_data_share(Channel *ranks, const MpiPlace *place, const Welcome *welcome, const Dataset *loaded,
                       bool sees_parts, uint32_t threads, Host *host) {
    NodeSegment segment = {0};
    int worst = STATUS_OK;
    Status status = data_share(ranks, place, welcome, loaded, &segment);
    if (status == STATUS_OK) status = set_up(welcome, &segment, sees_parts, threads, host);
    Status told = channel_mpi_maximum(ranks, (int)status, &worst);
    if (place->node_rank == 0 && segment.name[0] != '\0') {
        node_segment_unlink(&segment);
        node_segment_detach(&segment);
    }
    if (status != STATUS_OK) return status;
    TRY(told);
    return worst == STATUS_OK ? STATUS_OK : status_fail((Status)worst, "another rank could not get ready");
}

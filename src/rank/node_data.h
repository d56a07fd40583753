/* The data and the host process of every rank, before the first trial. */
#ifndef WINNOW_RANK_NODE_DATA_H
#define WINNOW_RANK_NODE_DATA_H

#include "data/dataset.h"
#include "rank/host.h"
#include "rank/welcome.h"

/* Rank 0 sends the data that it has read (`loaded`; NULL on the others) to each node's first rank, which puts
 * them where all ranks of the node can map them, and each rank's host process gets ready: it maps them, or
 * reads a copy of its own from the files where there was no room.
 * An error on one rank is an error on all. `sees_parts`: this rank's host writes into the campaign's folder;
 * `threads`: of a trial's large products.
 * Collective. */
Status node_data_share(Channel *ranks, const MpiPlace *place, const Welcome *welcome, const Dataset *loaded,
                       bool sees_parts, uint32_t threads, Host *host) MUST_CHECK;

#endif

/* A way to carry whole messages between a number of peers. Three kinds: MPI between ranks, a socket pair
 * between the processes of a rank, memory for tests and for rank 0's talk with itself. No call blocks. */
#ifndef WINNOW_CAMPAIGN_CHANNEL_H
#define WINNOW_CAMPAIGN_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/status.h"

typedef struct Channel Channel;

/* What a kind of channel does; `self` is the channel. */
typedef struct ChannelOps {
    Status (*send)(Channel *self, int peer, const void *data, size_t length);
    Status (*receive)(Channel *self, int *peer, uint8_t **data, size_t *length);
    bool (*sending)(const Channel *self);
    void (*give_up)(Channel *self, int peer); /* NULL: nothing is to be done */
    void (*destroy)(Channel *self);
} ChannelOps;

struct Channel {
    const ChannelOps *ops;
};

/* Queue `length` bytes for `peer`; they are copied. STATUS_ENVIRONMENT where the peer is known to be gone. */
Status channel_send(Channel *channel, int peer, const void *data, size_t length) MUST_CHECK;

/* The next whole message, if there is one: *data is owned by the caller (free()), NULL where none has
 * arrived. Also moves queued sends on. STATUS_ENVIRONMENT "peer N is gone" with *peer = N: of a closed socket
 * or memory channel each time once all that it sent has been read; over MPI once a peer, where a call about
 * it failed or its bytes make no sense (most deaths are never reported: the caller keeps time). *peer is -1
 * where the error is no peer's. */
Status channel_receive(Channel *channel, int *peer, uint8_t **data, size_t *length) MUST_CHECK;

/* Are there queued bytes that have not left yet? Those for a peer that is known to be gone do not count;
 * those for one that died unnoticed do, for ever. */
bool channel_sending(const Channel *channel);

/* Nothing more goes to this peer: what is queued for it no longer counts as being sent, and is not waited
 * for. */
void channel_give_up(Channel *channel, int peer);

/* Also closes what it holds. NULL is allowed. */
void channel_destroy(Channel **channel);

/* --- memory: two ends in one process --- */
Status channel_memory_create(Channel **a, Channel **b) MUST_CHECK; /* each end has one peer, number 0 */

/* --- socket pair: stream sockets, u32 length before each message; one peer, number 0 --- */
Status channel_socket_create(Channel **channel,
                             int descriptor) MUST_CHECK; /* owns the descriptor (not after a
                                                            failure), makes it non-blocking */
int channel_socket_descriptor(const Channel *channel);   /* for poll */

/* --- relayed: rank 0's way to all ranks, of which some are behind relays (relay.h): to and from those go
 * bundles. What has gathered is sent when a bundle has been read to its end, and by a receive that finds
 * nothing. --- */
#define NO_RELAY UINT32_MAX
/* `below`, whose peers are rank numbers, is borrowed and must outlive it. `relay_of` [ranks]: in which rank
 * each one's relay is, NO_RELAY where it is reached directly; a relay's own rank is behind it. One that comes
 * to speak directly is answered directly from then on. */
Status channel_relayed_create(Channel **out, Channel *below, const uint32_t *relay_of,
                              uint32_t ranks) MUST_CHECK;

/* --- MPI: point to point, frames of at most 64 KiB, one posted receive a peer. Start-up is collective
 * (MPI_Init, and the calls below marked so); nothing is after it. --- */
typedef struct MpiPlace {
    int rank, ranks;
    int node_rank, node_ranks; /* among the ranks of this node */
    int node_first;            /* the number of this node's first rank */
} MpiPlace;

/* Do a launcher's variables say that there is an MPI job around? */
bool channel_mpi_launched(void);
/* MPI_Init; peers are rank numbers, and there are none yet. Collective. Without a launcher: one rank, no
 * MPI_Init. */
Status channel_mpi_create(Channel **channel, MpiPlace *place) MUST_CHECK;
/* From now on messages go to and come from that rank, which does the same. */
Status channel_mpi_open(Channel *channel, int rank) MUST_CHECK;
/* Rank 0 with all, the others with 0. */
Status channel_mpi_open_star(Channel *channel) MUST_CHECK;
/* The same with a rank that does not know of it yet: rank 0 alone looks for such greetings. */
Status channel_mpi_greet(Channel *channel, int rank) MUST_CHECK;
typedef enum RankGroup {
    RANKS_ALL,
    RANKS_OF_NODE,      /* those of the caller's node */
    RANKS_FIRST_OF_NODE /* node rank 0 of each node; for nobody else */
} RankGroup;
/* Collective within the group: its first rank's bytes, `own` [*length], to all others of it, for which
 * *received [*length] is owned by the caller. It is NULL on the first rank, and `own` is not looked at on the
 * others. */
Status channel_mpi_broadcast(Channel *channel, RankGroup group, const void *own, uint8_t **received,
                             size_t *length) MUST_CHECK;
/* Collective: each rank's number to all, `all` having room for one of each rank. */
Status channel_mpi_gather(Channel *channel, uint64_t own, uint64_t *all) MUST_CHECK;
/* Collective: the largest of all ranks' values. */
Status channel_mpi_maximum(Channel *channel, int value, int *largest) MUST_CHECK;
/* A collective call that another rank will never come to ends with STATUS_RESUMABLE when `died`, which is
 * asked about every millisecond, says so: without it such a call waits for ever. */
typedef bool (*ChannelMpiDeath)(void *context);
void channel_mpi_watch(Channel *channel, ChannelMpiDeath died, void *context);
/* Destroy the channel: what is still queued is given up, so first send on until channel_sending() is false.
 * Then MPI_Finalize; where a rank may be gone only under async_mpi_finalize, without which it may never
 * return. NULL is allowed. */
void channel_mpi_finish(Channel **channel, bool all_alive);
const char *channel_mpi_version(void); /* "Open MPI 4.1.4" */

#endif

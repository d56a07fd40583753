#include <inttypes.h>
#include <mpi.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "campaign/channel.h"
#include "campaign/channel/frames.h"
#include "campaign/channel/message_queue.h"
#include "campaign/channel/mpi_name.h"

#define SENDS_IN_FLIGHT 8                /* frames handed to MPI at once, a peer */
#define BROADCAST_PART ((size_t)1 << 30) /* MPI counts are int */
#define FRAMES_A_CALL 64                 /* taken in by one receive, about: no caller's loop stalls */
#define FRAME_TAG 1
#define GREETING_TAG 2
#define GREETINGS_SECONDS 0.05 /* between rank 0's looks for them */
#define LONGEST_NAP 0.001      /* seconds */
#define REASON_BYTES 256

/* A message on its way, cut into frames. */
typedef struct Outgoing Outgoing;
struct Outgoing {
    Outgoing *next;
    uint8_t *frames; /* owned [total]; MPI's while frames are in flight */
    size_t total;
    size_t posted; /* bytes handed to MPI */
    int in_flight; /* frames */
};

typedef struct Peer {
    int rank;
    uint8_t *frame;         /* owned [FRAME_BYTES]; MPI's while the receive is posted */
    Outgoing *first, *last; /* not wholly handed to MPI yet */
    MPI_Request send[SENDS_IN_FLIGHT];
    Outgoing *sent[SENDS_IN_FLIGHT]; /* whose frame it is; NULL where the place is free */
    size_t outgoing;                 /* messages not wholly sent */
    Incoming incoming;
    bool gone;
    bool told; /* the caller knows */
} Peer;

typedef struct MpiChannel {
    Channel channel;
    bool joined;                              /* MPI_Init was called */
    MPI_Comm groups[RANKS_FIRST_OF_NODE + 1]; /* our own, by RankGroup; the last is MPI_COMM_NULL on other
                                                 ranks */
    int rank;
    int ranks;
    int *index_of; /* owned [ranks]: of a rank's peer; -1 for none */
    int peer_count;
    Peer *peers;           /* owned [peer_count] */
    MPI_Request *receives; /* owned [peer_count] */
    int *ready;            /* owned [peer_count], for MPI_Testsome */
    MPI_Status *statuses;  /* owned [peer_count], likewise */
    size_t peer_capacity, receive_capacity, ready_capacity, status_capacity;
    double next_greetings;     /* steady seconds; rank 0 */
    size_t outgoing;           /* messages not wholly sent, of all peers that are not gone */
    size_t untold;             /* peers gone that the caller does not know of */
    char reason[REASON_BYTES]; /* why the newest of them is gone */
    MessageQueue inbox;
    ChannelMpiDeath died; /* NULL for none */
    void *context;        /* of `died` */
} MpiChannel;

static const char *mpi_text(int code) {
    static _Thread_local char text[MPI_MAX_ERROR_STRING];
    int length = 0;
    if (MPI_Error_string(code, text, &length) != MPI_SUCCESS) text_copy(text, sizeof(text), "unknown error");
    return text;
}

static Status mpi_check(int code, const char *what) {
    if (code == MPI_SUCCESS) return STATUS_OK;
    return status_fail(STATUS_ENVIRONMENT, "%s failed: %s", what, mpi_text(code));
}

static void peer_lost(MpiChannel *m, Peer *peer, const char *reason) {
    if (peer->gone) return;
    peer->gone = true;
    m->untold++;
    m->outgoing -= peer->outgoing;
    text_copy(m->reason, sizeof(m->reason), reason);
    while (peer->first != NULL) {
        Outgoing *message = peer->first;
        peer->first = message->next;
        if (message->in_flight > 0) continue; /* MPI may still read its frames: they stay */
        free(message->frames);
        free(message);
    }
    peer->last = NULL;
}

/* --- sending --- */

static void frame_left(MpiChannel *m, Peer *peer, Outgoing *message) {
    message->in_flight--;
    if (message->in_flight > 0 || message->posted < message->total) return;
    peer->outgoing--;
    m->outgoing--;
    free(message->frames);
    free(message);
}

static void frames_collect(MpiChannel *m, Peer *peer) {
    for (int i = 0; i < SENDS_IN_FLIGHT && !peer->gone; i++) {
        int done = 0;
        if (peer->sent[i] == NULL) continue;
        int code = MPI_Test(&peer->send[i], &done, MPI_STATUS_IGNORE);
        if (code != MPI_SUCCESS) peer_lost(m, peer, mpi_text(code));
        if (code != MPI_SUCCESS || !done) continue;
        Outgoing *message = peer->sent[i];
        peer->sent[i] = NULL;
        frame_left(m, peer, message);
    }
}

static void frames_post(MpiChannel *m, Peer *peer) {
    for (int i = 0; i < SENDS_IN_FLIGHT && peer->first != NULL; i++) {
        if (peer->sent[i] != NULL) continue;
        Outgoing *message = peer->first;
        size_t left = message->total - message->posted;
        size_t size = left < FRAME_BYTES ? left : FRAME_BYTES;
        int code = MPI_Isend(message->frames + message->posted, (int)size, MPI_BYTE, peer->rank, FRAME_TAG,
                             m->groups[RANKS_ALL], &peer->send[i]);
        if (code != MPI_SUCCESS) {
            peer_lost(m, peer, mpi_text(code));
            return;
        }
        peer->sent[i] = message;
        message->in_flight++;
        message->posted += size;
        if (message->posted < message->total) continue;
        peer->first = message->next;
        if (peer->first == NULL) peer->last = NULL;
    }
}

static void peer_push(MpiChannel *m, Peer *peer) {
    frames_collect(m, peer);
    frames_post(m, peer);
}

/* NULL where there is no such peer. */
static Peer *peer_find(const MpiChannel *m, int rank) {
    return rank >= 0 && rank < m->ranks && m->index_of[rank] >= 0 ? &m->peers[m->index_of[rank]] : NULL;
}

static Status mpi_send(Channel *self, int peer_number, const void *data, size_t length) {
    MpiChannel *m = (MpiChannel *)self;
    Peer *peer = peer_find(m, peer_number);
    if (peer == NULL) return status_fail(STATUS_ENVIRONMENT, "there is no peer %d to send to", peer_number);
    if (peer->gone) return status_fail(STATUS_ENVIRONMENT, "peer %d is gone", peer_number);
    Outgoing *message = NULL;
    TRY(memory_new(&message, 1, sizeof(*message)));
    Status status = frames_pack(data, length, &message->frames, &message->total);
    if (status != STATUS_OK) {
        free(message);
        return status;
    }
    if (peer->last != NULL) {
        peer->last->next = message;
    } else {
        peer->first = message;
    }
    peer->last = message;
    peer->outgoing++;
    m->outgoing++;
    peer_push(m, peer);
    return STATUS_OK;
}

static bool mpi_sending(const Channel *self) {
    return ((const MpiChannel *)self)->outgoing > 0;
}

/* --- receiving --- */

static void receive_post(MpiChannel *m, int index) {
    Peer *peer = &m->peers[index];
    int code = MPI_Irecv(peer->frame, (int)FRAME_BYTES, MPI_BYTE, peer->rank, FRAME_TAG, m->groups[RANKS_ALL],
                         &m->receives[index]);
    if (code == MPI_SUCCESS) return;
    m->receives[index] = MPI_REQUEST_NULL;
    peer_lost(m, peer, mpi_text(code));
}

static Status frame_arrived(MpiChannel *m, int index, const MPI_Status *status) {
    int size = 0;
    uint8_t *data = NULL;
    size_t length = 0;
    TRY(mpi_check(MPI_Get_count(status, MPI_BYTE, &size), "the size of a frame"));
    Peer *peer = &m->peers[index];
    TRY(frames_take(&peer->incoming, peer->frame, (size_t)size, &data, &length));
    if (data != NULL) TRY(message_queue_push(&m->inbox, peer->rank, data, length));
    return STATUS_OK;
}

/* At most one frame a peer. *arrived receives how many came. */
static Status frames_receive(MpiChannel *m, int *arrived) {
    int count = 0;
    *arrived = 0;
    int code = MPI_Testsome(m->peer_count, m->receives, &count, m->ready, m->statuses);
    if (code != MPI_ERR_IN_STATUS) TRY(mpi_check(code, "MPI_Testsome"));
    if (count == MPI_UNDEFINED) return STATUS_OK;
    *arrived = count;
    for (int i = 0; i < count; i++) {
        int index = m->ready[i];
        int error = code == MPI_ERR_IN_STATUS ? m->statuses[i].MPI_ERROR : MPI_SUCCESS;
        if (error == MPI_ERR_PENDING) continue;
        Status status = mpi_check(error, "a receive");
        if (status == STATUS_OK) status = frame_arrived(m, index, &m->statuses[i]);
        if (status == STATUS_OK) {
            receive_post(m, index);
        } else {
            m->receives[index] = MPI_REQUEST_NULL;
            peer_lost(m, &m->peers[index], status_text());
        }
    }
    return STATUS_OK;
}

static Status tell_of_lost(MpiChannel *m, int *peer) {
    for (int i = 0; i < m->peer_count; i++) {
        if (!m->peers[i].gone || m->peers[i].told) continue;
        m->peers[i].told = true;
        m->untold--;
        *peer = m->peers[i].rank;
        return status_fail(STATUS_ENVIRONMENT, "peer %d is gone: %s", *peer, m->reason);
    }
    return STATUS_OK;
}

static void mpi_give_up(Channel *self, int peer) {
    MpiChannel *m = (MpiChannel *)self;
    Peer *given_up = peer_find(m, peer);
    if (given_up == NULL) return;
    peer_lost(m, given_up, "it was given up");
    if (given_up->told) return;
    given_up->told = true;
    m->untold--;
}

/* --- peers --- */

Status channel_mpi_open(Channel *channel, int rank) {
    MpiChannel *m = (MpiChannel *)channel;
    if (peer_find(m, rank) != NULL) return STATUS_OK;
    if (rank < 0 || rank >= m->ranks || rank == m->rank)
        return status_fail(STATUS_ENVIRONMENT, "there is no rank %d to talk with", rank);
    size_t count = (size_t)m->peer_count + 1;
    TRY(memory_grow(&m->peers, &m->peer_capacity, count, sizeof(Peer)));
    TRY(memory_grow(&m->receives, &m->receive_capacity, count, sizeof(MPI_Request)));
    TRY(memory_grow(&m->ready, &m->ready_capacity, count, sizeof(int)));
    TRY(memory_grow(&m->statuses, &m->status_capacity, count, sizeof(MPI_Status)));
    Peer *peer = &m->peers[m->peer_count];
    *peer = (Peer){.rank = rank};
    TRY(memory_new(&peer->frame, FRAME_BYTES, 1));
    m->index_of[rank] = m->peer_count;
    receive_post(m, m->peer_count++);
    return STATUS_OK;
}

Status channel_mpi_open_star(Channel *channel) {
    const MpiChannel *m = (const MpiChannel *)channel;
    if (m->rank != 0) return channel_mpi_open(channel, 0);
    for (int r = 1; r < m->ranks; r++)
        TRY(channel_mpi_open(channel, r));
    return STATUS_OK;
}

Status channel_mpi_greet(Channel *channel, int rank) {
    MpiChannel *m = (MpiChannel *)channel;
    MPI_Request request;
    TRY(channel_mpi_open(channel, rank));
    TRY(mpi_check(MPI_Isend(NULL, 0, MPI_BYTE, rank, GREETING_TAG, m->groups[RANKS_ALL], &request),
                  "a greeting"));
    return mpi_check(MPI_Request_free(&request), "a greeting");
}

/* Ranks that want to talk from now on. */
static Status greetings_receive(MpiChannel *m) {
    double now = clock_monotonic();
    if (m->rank != 0 || m->peer_count == m->ranks - 1 || now < m->next_greetings) return STATUS_OK;
    m->next_greetings = now + GREETINGS_SECONDS;
    for (;;) {
        int any = 0;
        MPI_Status status;
        /* An error of it is no rank's that has spoken: whom it is about is found out otherwise. */
        int code = MPI_Iprobe(MPI_ANY_SOURCE, GREETING_TAG, m->groups[RANKS_ALL], &any, &status);
        if (code != MPI_SUCCESS || !any) return STATUS_OK;
        TRY(mpi_check(MPI_Recv(NULL, 0, MPI_BYTE, status.MPI_SOURCE, GREETING_TAG, m->groups[RANKS_ALL],
                               MPI_STATUS_IGNORE),
                      "a greeting"));
        TRY(channel_mpi_open(&m->channel, status.MPI_SOURCE));
    }
}

static Status mpi_receive(Channel *self, int *peer, uint8_t **data, size_t *length) {
    MpiChannel *m = (MpiChannel *)self;
    TRY(greetings_receive(m));
    for (int i = 0; i < m->peer_count && m->outgoing > 0; i++)
        peer_push(m, &m->peers[i]);
    /* While the inbox is not empty nothing more is taken in, which bounds it. */
    int arrived = m->peer_count;
    for (int taken = 0; m->inbox.first == NULL && arrived > 0 && taken < FRAMES_A_CALL; taken += arrived)
        TRY(frames_receive(m, &arrived));
    message_queue_pop(&m->inbox, peer, data, length);
    if (*data == NULL && m->untold > 0) return tell_of_lost(m, peer);
    return STATUS_OK;
}

/* --- the end --- */

/* False where MPI keeps the receive, and with it the frame's memory. */
static bool receive_cancel(MPI_Request *request) {
    int done = 0;
    if (*request == MPI_REQUEST_NULL) return true;
    if (MPI_Cancel(request) == MPI_SUCCESS && MPI_Test(request, &done, MPI_STATUS_IGNORE) == MPI_SUCCESS &&
        done)
        return true;
    MPI_Request_free(request);
    return false;
}

static void peer_release(MpiChannel *m, Peer *peer) {
    frames_collect(m, peer);
    peer_lost(m, peer, "");
    for (int i = 0; i < SENDS_IN_FLIGHT; i++) {
        /* What MPI still reads from is left to it: a process that gives up sends is about to end. */
        if (peer->sent[i] != NULL && peer->send[i] != MPI_REQUEST_NULL) MPI_Request_free(&peer->send[i]);
    }
    incoming_release(&peer->incoming);
}

static void mpi_destroy(Channel *self) {
    MpiChannel *m = (MpiChannel *)self;
    for (int i = 0; i < m->peer_count; i++) {
        peer_release(m, &m->peers[i]);
        if (receive_cancel(&m->receives[i])) free(m->peers[i].frame);
    }
    message_queue_release(&m->inbox);
    free(m->index_of);
    free(m->peers);
    free(m->receives);
    free(m->ready);
    free(m->statuses);
    free(m);
}

/* Open MPI's MPI_Finalize waits for all, also for the dead, unless it is told not to. */
static bool finalize_returns(bool all_alive) {
    const char *async = getenv("OMPI_MCA_async_mpi_finalize");
    return all_alive || (async != NULL && strcmp(async, "1") == 0);
}

void channel_mpi_finish(Channel **channel, bool all_alive) {
    const MpiChannel *m = (const MpiChannel *)*channel;
    if (m == NULL) return;
    bool finalize = m->joined && finalize_returns(all_alive);
    MPI_Comm groups[RANKS_FIRST_OF_NODE + 1];
    memcpy(groups, m->groups, sizeof(groups));
    channel_destroy(channel);
    for (size_t i = RANKS_FIRST_OF_NODE + 1; finalize && all_alive && i-- > 0;) {
        if (groups[i] != MPI_COMM_NULL) MPI_Comm_free(&groups[i]);
    }
    if (finalize) MPI_Finalize();
}

/* --- the beginning --- */

static const ChannelOps mpi_ops = {.send = mpi_send,
                                   .receive = mpi_receive,
                                   .sending = mpi_sending,
                                   .give_up = mpi_give_up,
                                   .destroy = mpi_destroy};

bool channel_mpi_launched(void) {
    /* mpirun of Open MPI; PMIx launchers (srun --mpi=pmix, prun); PMI launchers (srun --mpi=pmi2, mpiexec of
     * MPICH) */
    return getenv("OMPI_COMM_WORLD_SIZE") != NULL || getenv("PMIX_RANK") != NULL ||
           getenv("PMI_RANK") != NULL;
}

/* A group's communicator is made: errors come back, and the own place in it is told. */
static Status group_made(MPI_Comm comm, int *rank, int *ranks) {
    TRY(mpi_check(MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler"));
    TRY(mpi_check(MPI_Comm_rank(comm, rank), "MPI_Comm_rank"));
    return mpi_check(MPI_Comm_size(comm, ranks), "MPI_Comm_size");
}

static Status mpi_join(MpiChannel *m, MpiPlace *place) {
    MPI_Comm *all = &m->groups[RANKS_ALL], *node = &m->groups[RANKS_OF_NODE];
    MPI_Comm *first = &m->groups[RANKS_FIRST_OF_NODE];
    TRY(mpi_check(MPI_Init(NULL, NULL), "MPI_Init"));
    m->joined = true;
    TRY(mpi_check(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler"));
    TRY(mpi_check(MPI_Comm_dup(MPI_COMM_WORLD, all), "MPI_Comm_dup"));
    TRY(group_made(*all, &place->rank, &place->ranks));
    TRY(mpi_check(MPI_Comm_split_type(*all, MPI_COMM_TYPE_SHARED, place->rank, MPI_INFO_NULL, node),
                  "MPI_Comm_split_type"));
    TRY(group_made(*node, &place->node_rank, &place->node_ranks));
    TRY(mpi_check(MPI_Allreduce(&place->rank, &place->node_first, 1, MPI_INT, MPI_MIN, *node),
                  "MPI_Allreduce"));
    int color = place->node_rank == 0 ? 0 : MPI_UNDEFINED;
    TRY(mpi_check(MPI_Comm_split(*all, color, place->rank, first), "MPI_Comm_split"));
    int number, nodes;
    return *first == MPI_COMM_NULL ? STATUS_OK : group_made(*first, &number, &nodes);
}

static Status peers_none(MpiChannel *m, const MpiPlace *place) {
    m->rank = place->rank;
    m->ranks = place->ranks;
    TRY(memory_new(&m->index_of, (size_t)place->ranks, sizeof(int)));
    for (int r = 0; r < place->ranks; r++)
        m->index_of[r] = -1;
    return STATUS_OK;
}

Status channel_mpi_create(Channel **channel, MpiPlace *place) {
    MpiChannel *m = NULL;
    *channel = NULL;
    *place = (MpiPlace){.rank = 0, .ranks = 1, .node_rank = 0, .node_ranks = 1};
    TRY(memory_new(&m, 1, sizeof(*m)));
    m->channel.ops = &mpi_ops;
    for (size_t i = 0; i <= RANKS_FIRST_OF_NODE; i++)
        m->groups[i] = MPI_COMM_NULL;
    Status status = channel_mpi_launched() ? mpi_join(m, place) : STATUS_OK;
    if (status == STATUS_OK) status = peers_none(m, place);
    if (status == STATUS_OK) {
        *channel = &m->channel;
    } else {
        mpi_destroy(&m->channel);
    }
    return status;
}

/* --- start-up --- */

void channel_mpi_watch(Channel *channel, ChannelMpiDeath died, void *context) {
    MpiChannel *m = (MpiChannel *)channel;
    m->died = died;
    m->context = context;
}

/* Ranks come to a collective call at different times: wait with naps, not with a busy core. */
static Status wait_for_all(const MpiChannel *m, MPI_Request *request, const char *what) {
    int done = 0;
    double nap = LONGEST_NAP / 64;
    for (;;) {
        TRY(mpi_check(MPI_Test(request, &done, MPI_STATUS_IGNORE), what));
        if (done) return STATUS_OK;
        if (m->died != NULL && m->died(m->context))
            return status_fail(STATUS_RESUMABLE,
                               "a rank died while all were getting ready; the same command continues");
        clock_sleep(nap);
        if (nap < LONGEST_NAP) nap *= 2;
    }
}

static Status all_ready(const MpiChannel *m, MPI_Comm comm, bool ready, bool *all) {
    MPI_Request request = MPI_REQUEST_NULL;
    int mine = ready;
    int least = 0;
    *all = false;
    TRY(mpi_check(MPI_Iallreduce(&mine, &least, 1, MPI_INT, MPI_MIN, comm, &request), "MPI_Iallreduce"));
    TRY(wait_for_all(m, &request, "MPI_Iallreduce"));
    *all = least == 1;
    return STATUS_OK;
}

static Status broadcast_bytes(const MpiChannel *m, MPI_Comm comm, uint8_t *data, size_t length, bool ready) {
    bool all = false;
    TRY(all_ready(m, comm, ready, &all));
    if (!all)
        return status_fail(STATUS_ENVIRONMENT, "a rank has no memory for the %zu bytes that all are to get",
                           length);
    for (size_t offset = 0; offset < length; offset += BROADCAST_PART) {
        MPI_Request request = MPI_REQUEST_NULL;
        size_t part = length - offset < BROADCAST_PART ? length - offset : BROADCAST_PART;
        TRY(mpi_check(MPI_Ibcast(data + offset, (int)part, MPI_BYTE, 0, comm, &request), "MPI_Ibcast"));
        TRY(wait_for_all(m, &request, "MPI_Ibcast"));
    }
    return STATUS_OK;
}

/* MPI's buffers are not const, though at the root it only reads them. */
static uint8_t *root_buffer(const void *bytes) {
    union {
        const void *in;
        uint8_t *out;
    } buffer = {bytes};
    return buffer.out;
}

Status channel_mpi_broadcast(Channel *channel, RankGroup group, const void *own, uint8_t **received,
                             size_t *length) {
    const MpiChannel *m = (const MpiChannel *)channel;
    MPI_Request request = MPI_REQUEST_NULL;
    int rank = 0;
    *received = NULL;
    if (!m->joined) return STATUS_OK;
    MPI_Comm comm = m->groups[group];
    TRY(mpi_check(MPI_Comm_rank(comm, &rank), "MPI_Comm_rank"));
    uint64_t bytes = rank == 0 ? *length : 0;
    TRY(mpi_check(MPI_Ibcast(&bytes, 1, MPI_UINT64_T, 0, comm, &request), "MPI_Ibcast"));
    TRY(wait_for_all(m, &request, "MPI_Ibcast"));
    if (rank == 0) return broadcast_bytes(m, comm, root_buffer(own), *length, true);

    *length = (size_t)bytes;
    *received = malloc(bytes > 0 ? bytes : 1);
    Status status = broadcast_bytes(m, comm, *received, *length, *received != NULL);
    if (status == STATUS_OK) return STATUS_OK;
    free(*received);
    *received = NULL;
    *length = 0;
    return status;
}

Status channel_mpi_gather(Channel *channel, uint64_t own, uint64_t *all) {
    const MpiChannel *m = (const MpiChannel *)channel;
    MPI_Request request = MPI_REQUEST_NULL;
    all[0] = own;
    if (!m->joined) return STATUS_OK;
    TRY(mpi_check(MPI_Iallgather(&own, 1, MPI_UINT64_T, all, 1, MPI_UINT64_T, m->groups[RANKS_ALL], &request),
                  "MPI_Iallgather"));
    return wait_for_all(m, &request, "MPI_Iallgather");
}

Status channel_mpi_maximum(Channel *channel, int value, int *largest) {
    const MpiChannel *m = (const MpiChannel *)channel;
    MPI_Request request = MPI_REQUEST_NULL;
    *largest = value;
    if (!m->joined) return STATUS_OK;
    TRY(mpi_check(MPI_Iallreduce(&value, largest, 1, MPI_INT, MPI_MAX, m->groups[RANKS_ALL], &request),
                  "MPI_Iallreduce"));
    return wait_for_all(m, &request, "MPI_Iallreduce");
}

const char *channel_mpi_version(void) {
    static char name[64];
    char library[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    int length = 0;
    if (name[0] == '\0' && MPI_Get_library_version(library, &length) == MPI_SUCCESS)
        mpi_name(library, name, sizeof(name));
    return name;
}

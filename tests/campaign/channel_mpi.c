/* Run by mpirun: rank 0 and each worker send each other a series of messages at once, and read the other's in
 * order. `channel_mpi killed`: the last rank ends itself in mid-message, the others finish all the same. Rank
 * 0 prints a line when all is well; any rank that finds a fault says so and exits with 1. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "campaign/channel.h"
#include "channels/pattern.h"

#define DEADLINE 25.0 /* seconds */
#define ROUNDS 3
#define SERIES (ROUNDS * (uint32_t)PATTERN_COUNT)
#define BROADCAST_BYTES ((size_t)5 << 20)
#define DYING_MESSAGE ((size_t)64 << 20)

static int rank_number = -1;
static int dying_rank = -1; /* of this one alone the channel may say that it is gone; over TCP it does */

static void require(bool holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "rank %d: not true: %s (%s)\n", rank_number, what, status_text());
    _exit(1);
}

/* Number of message `n` from `sender` to the other rank of the pair, of which one is 0. */
static uint32_t message_number(int worker, bool from_worker, uint32_t n) {
    return (uint32_t)worker * 1000 + (from_worker ? 500 : 0) + n;
}

static void send_series(Channel *channel, int peer, int worker, bool from_worker) {
    for (uint32_t n = 0; n < SERIES; n++) {
        size_t length = PATTERN_SIZES[n % PATTERN_COUNT];
        uint8_t *bytes = pattern_new(message_number(worker, from_worker, n), length);
        Status status = channel_send(channel, peer, bytes, length);
        require(status == STATUS_OK || peer == dying_rank, "a message is taken");
        memset(bytes, 0, length); /* it was copied */
        free(bytes);
    }
}

/* Take in SERIES messages of each of these workers, in each worker's order. The value counts changes of
 * sender. */
static size_t receive_series(Channel *channel, int first_worker, int last_worker, bool from_worker) {
    enum { MOST_RANKS = 64 };
    uint32_t next[MOST_RANKS] = {0};
    size_t missing = (size_t)(last_worker - first_worker + 1) * SERIES;
    size_t changes = 0;
    int before = -1;
    double until = clock_monotonic() + DEADLINE;
    require(last_worker < MOST_RANKS, "few ranks");
    while (missing > 0) {
        int peer = -1;
        size_t length = 0;
        uint8_t *data = NULL;
        require(clock_monotonic() < until, "all messages come in time");
        Status status = channel_receive(channel, &peer, &data, &length);
        require(status == STATUS_OK || (peer == dying_rank && data == NULL), "receiving works");
        if (data == NULL) continue;
        int worker = from_worker ? peer : first_worker;
        require(worker >= first_worker && worker <= last_worker && missing > 0, "it is from a known peer");
        uint32_t n = next[worker]++;
        require(length == PATTERN_SIZES[n % PATTERN_COUNT], "the length is that of the next message");
        require(pattern_holds(message_number(worker, from_worker, n), data, length), "the bits are intact");
        changes += before != -1 && peer != before;
        before = peer;
        missing--;
        free(data);
    }
    return changes;
}

/* Until all has left. */
static void drain(Channel *channel) {
    double until = clock_monotonic() + DEADLINE;
    while (channel_sending(channel)) {
        int peer = 0;
        size_t length = 0;
        uint8_t *data = NULL;
        require(clock_monotonic() < until, "what is queued leaves in time");
        require(channel_receive(channel, &peer, &data, &length) == STATUS_OK && data == NULL, "progress");
    }
}

static void check_broadcast(Channel *channel, RankGroup group, bool root, uint32_t message, size_t bytes) {
    size_t length = root ? bytes : 0;
    uint8_t *own = root ? pattern_new(message, length) : NULL, *received;
    if (!root) clock_sleep(0.02 * rank_number);
    require(channel_mpi_broadcast(channel, group, own, &received, &length) == STATUS_OK, "a broadcast works");
    require((received == NULL) == root, "the first rank keeps its own");
    const uint8_t *data = root ? own : received;
    require(length == bytes && data != NULL && pattern_holds(message, data, length), "a broadcast is intact");
    free(own);
    free(received);
}

static int maximum(Channel *channel, int value) {
    int largest = 0;
    require(channel_mpi_maximum(channel, value, &largest) == STATUS_OK, "a maximum is found");
    return largest;
}

/* Each rank's square to all. */
static void check_gather(Channel *channel, const MpiPlace *place) {
    uint64_t *all = calloc((size_t)place->ranks, sizeof(*all));
    uint64_t own = (uint64_t)place->rank * (uint64_t)place->rank;
    require(all != NULL && channel_mpi_gather(channel, own, all) == STATUS_OK, "a gather works");
    for (uint64_t r = 0; r < (uint64_t)place->ranks; r++)
        require(all[r] == r * r, "each rank's number is in its place");
    free(all);
}

static void all_alive(Channel *channel, const MpiPlace *place) {
    check_broadcast(channel, RANKS_ALL, place->rank == 0, 7, BROADCAST_BYTES);
    check_broadcast(channel, RANKS_OF_NODE, place->node_rank == 0, 8, BROADCAST_BYTES);
    if (place->node_rank == 0)
        check_broadcast(channel, RANKS_FIRST_OF_NODE, place->rank == 0, 10, BROADCAST_BYTES);
    check_broadcast(channel, RANKS_ALL, place->rank == 0, 9, 0);
    require(maximum(channel, place->rank * 3 - 1) == (place->ranks - 1) * 3 - 1, "a maximum");
    check_gather(channel, place);
    require(maximum(channel, -place->rank) == 0, "a maximum of negative numbers");
    if (place->rank == 0) {
        for (int worker = 1; worker < place->ranks; worker++)
            send_series(channel, worker, worker, false);
        require(channel_sending(channel), "so much does not leave at once: sending did not block");
        size_t changes = receive_series(channel, 1, place->ranks - 1, true);
        require(changes >= 4, "workers' messages interleave");
    } else {
        send_series(channel, 0, place->rank, true);
        (void)receive_series(channel, place->rank, place->rank, false);
        require(channel_send(channel, place->rank, "", 0) != STATUS_OK, "a worker talks with rank 0 alone");
    }
    drain(channel);
    require(maximum(channel, place->rank) == place->ranks - 1, "all got here");
    channel_mpi_finish(&channel, true);
    require(channel == NULL, "the channel is gone");
    if (place->rank == 0)
        printf("all messages passed among %d ranks with %s\n", place->ranks, channel_mpi_version());
}

/* Says so at the third question. */
static bool died_meanwhile(void *context) {
    int *questions = context;
    return ++*questions > 2;
}

/* Die when a part of a message has left. */
static void die(Channel *channel) {
    uint8_t *bytes = pattern_new(1, DYING_MESSAGE);
    require(channel_send(channel, 0, bytes, DYING_MESSAGE) == STATUS_OK, "the long message is taken");
    for (int i = 0; i < 20; i++) {
        int peer = 0;
        size_t length = 0;
        uint8_t *data = NULL;
        require(channel_receive(channel, &peer, &data, &length) == STATUS_OK, "progress");
        clock_sleep(0.001);
    }
    require(channel_sending(channel), "the message has not left wholly");
    kill(getpid(), SIGKILL);
}

static void one_killed(Channel *channel, const MpiPlace *place) {
    int dying = place->ranks - 1;
    if (place->rank == dying) die(channel);
    if (place->rank == 0) {
        dying_rank = dying;
        send_series(channel, dying, dying, false);
        (void)receive_series(channel, 1, dying - 1, true);
        clock_sleep(0.5); /* by now it is dead */
        send_series(channel, dying, dying, false);
        for (int worker = 1; worker < dying; worker++)
            send_series(channel, worker, worker, false);
        (void)receive_series(channel, 1, dying - 1, true);
        require(channel_sending(channel) || channel_send(channel, dying, "", 0) != STATUS_OK,
                "what the dead rank should have got is still here, or the rank is known to be gone");
        channel_give_up(channel, dying);
        drain(channel);
        require(channel_send(channel, dying, "", 0) != STATUS_OK, "nothing goes to one that was given up");
    } else {
        send_series(channel, 0, place->rank, true);
        (void)receive_series(channel, place->rank, place->rank, false);
        send_series(channel, 0, place->rank, true);
        drain(channel);
    }
    int questions = 0;
    int largest = 0;
    channel_mpi_watch(channel, died_meanwhile, &questions);
    require(channel_mpi_maximum(channel, 1, &largest) == STATUS_RESUMABLE && questions == 3,
            "a collective call that the dead rank will never come to ends");
    channel_mpi_finish(&channel, false);
    require(channel == NULL, "the channel is gone");
    if (place->rank == 0) printf("the survivors of %d ranks finished\n", place->ranks);
}

int main(int count, char **arguments) {
    Channel *channel = NULL;
    MpiPlace place;
    signal(SIGPIPE, SIG_IGN);
    require(channel_mpi_launched(), "mpirun is around");
    require(channel_mpi_create(&channel, &place) == STATUS_OK, "the channel is made");
    require(channel_mpi_open_star(channel) == STATUS_OK, "rank 0 can talk with all");
    rank_number = place.rank;
    require(place.ranks >= 3 && place.node_rank >= 0 && place.node_rank < place.node_ranks,
            "the place is right");
    bool kill_one = count > 1 && strcmp(arguments[1], "killed") == 0;
    if (kill_one) {
        one_killed(channel, &place);
    } else {
        all_alive(channel, &place);
    }
    fflush(NULL);
    _exit(0); /* without MPI_Finalize there must be no exit handlers of MPI */
}

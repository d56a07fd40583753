#include "rank/campaign_loop.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "campaign/worker.h"
#include "engine/blas.h"
#include "rank/coordinating.h"
#include "rank/relaying.h"

#define SHORTEST_NAP 0.00005 /* seconds, after a round in which something happened; then twice as long .. */
#define NAP_WITH_RANKS 0.001 /* .. up to this: how late a message of another rank is seen at most */
#define NAP_ALONE 0.05       /* .. or this: nothing but the host process and the screen to look after */
#define WATCH_SECONDS 0.05   /* between looks at rank 0's process */
#define LEAVE_SECONDS 5.0    /* for the last messages to get away */
#define LINGER_SECONDS 30.0  /* a relay stays for those behind it after its own worker has left */
#define NANOSECONDS 1000000000.0

typedef struct Loop {
    const LoopPlace *place;
    Worker worker;
    Channel *to_coordinator;    /* memory on rank 0 and beside a relay, the ranks' channel elsewhere */
    int peer;                   /* whom the worker speaks to on it: 0, or the rank that relays for it */
    Channel *own;               /* the coordinator's or the relay's end of that memory */
    Coordinating *coordinating; /* rank 0: valid; else NULL */
    Relaying *relaying;         /* a relay's rank: valid; else NULL */
    HelloMessage hello;
    double nap;
    double next_watch;   /* steady seconds */
    double linger_until; /* steady seconds; a relay whose own worker has left; else 0 */
    bool relay_ended;    /* the process of `peer`, which is not 0 */
    bool alone;          /* rank 0 is gone */
} Loop;

static Status worker_outlet(void *context, WorkerPeer peer, const Message *message) {
    Loop *loop = context;
    return peer == WORKER_TO_HOST ? host_send(loop->place->host, message)
                                  : message_send(loop->to_coordinator, loop->peer, message);
}

static Status from_host(Loop *loop, bool *busy) {
    for (;;) {
        Message message;
        bool got;
        bool taken = false;
        TRY(host_receive(loop->place->host, &message, &got));
        if (!got) return STATUS_OK;
        *busy = true;
        if (loop->coordinating != NULL) TRY(coordinating_on_host(loop->coordinating, &message, &taken));
        if (!taken) TRY(worker_on_host(&loop->worker, &message, clock_monotonic()));
    }
}

/* Its relay is gone, passes no more on or stands still: from now on this rank speaks to rank 0 itself. */
static Status speak_directly(Loop *loop) {
    channel_give_up(loop->place->ranks, loop->peer);
    loop->peer = 0;
    loop->relay_ended = false;
    loop->hello.relayed = false;
    if (channel_mpi_greet(loop->place->ranks, 0) != STATUS_OK) {
        loop->alone = true;
        return status_within(STATUS_RESUMABLE, "rank 0 cannot be reached");
    }
    return worker_greet_anew(&loop->worker, &loop->hello, clock_monotonic());
}

/* Should the relay come to life again, it is not to wait for this rank. */
static Status leave_silent_relay(Loop *loop) {
    status_clear();
    if (channel_send(loop->place->ranks, loop->peer, "", 0) != STATUS_OK) status_clear();
    return speak_directly(loop);
}

static Status from_coordinator(Loop *loop, bool *busy) {
    for (;;) {
        int peer;
        Message message;
        bool got;
        Status status = message_receive(loop->to_coordinator, &peer, &message, &got);
        if (status != STATUS_OK && peer > 0) { /* a relay: it has said so, or it is gone */
            status_clear();
            if (peer == loop->peer) TRY(speak_directly(loop));
            continue;
        }
        if (status != STATUS_OK) {
            loop->alone = true;
            return status_within(STATUS_RESUMABLE, "rank 0 is gone");
        }
        if (!got) return STATUS_OK;
        *busy = true;
        if (peer == loop->peer)
            TRY(worker_on_coordinator(&loop->worker, &message, clock_monotonic()));
        else
            message_release(&message); /* late, of the relay before: older than what rank 0 says itself */
    }
}

/* Looks at the other ranks' processes now and then; on rank 0 it never has. */
static bool rank_0_has_ended(Loop *loop) {
    double now = clock_monotonic();
    if (loop->coordinating != NULL || now < loop->next_watch) return false;
    loop->next_watch = now + WATCH_SECONDS;
    bool ended = false;
    for (size_t rank; process_watch_ended(loop->place->watch, &rank);) {
        ended |= rank == 0;
        loop->relay_ended |= loop->peer != 0 && rank == (size_t)loop->peer;
        if (loop->relaying != NULL) relaying_on_ended(loop->relaying, (uint32_t)rank);
    }
    return ended;
}

static Status worker_round(Loop *loop, bool *busy) {
    bool ended = rank_0_has_ended(loop); /* what it has said before comes in after this look */
    TRY(from_host(loop, busy));
    if (loop->relaying != NULL) {
        Status passed = relaying_round(loop->relaying, clock_monotonic(), busy);
        loop->alone |= passed == STATUS_RESUMABLE;
        TRY(passed);
    }
    TRY(from_coordinator(loop, busy));
    if (loop->relay_ended && !ended) TRY(speak_directly(loop));
    Status status = worker_tick(&loop->worker, clock_monotonic());
    bool silent = status == STATUS_RESUMABLE && loop->place->host->process > 0;
    if (silent && loop->peer != 0 && !ended) return leave_silent_relay(loop);
    loop->alone |= silent || ended;
    TRY(status);
    if (ended && !loop->worker.left)
        return status_fail(STATUS_RESUMABLE, "rank 0 has ended; the same command continues");
    return STATUS_OK;
}

double campaign_loop_nap(double nap, uint32_t rank_count, bool busy) {
    double longest = rank_count > 1 ? NAP_WITH_RANKS : NAP_ALONE;
    return busy ? SHORTEST_NAP : fmin(2 * nap, longest);
}

static void take_a_nap(Loop *loop, bool busy) {
    loop->nap = campaign_loop_nap(loop->nap, loop->place->rank_count, busy);
    if (busy) return;
    const Channel *host = loop->place->host->channel;
    struct pollfd wait = {.fd = channel_socket_descriptor(host),
                          .events = (short)(POLLIN | (channel_sending(host) ? POLLOUT : 0))};
    struct timespec time = {.tv_nsec = (long)(loop->nap * NANOSECONDS)};
    if (ppoll(&wait, 1, &time, NULL) < 0 && errno != EINTR) clock_sleep(loop->nap);
}

static Status greet(Loop *loop) {
    HelloMessage *hello = &loop->hello;
    *hello = (HelloMessage){.sees_parts = loop->place->sees_parts, .relayed = loop->peer != 0};
    if (gethostname(hello->host, sizeof(hello->host)) != 0) text_copy(hello->host, sizeof(hello->host), "?");
    hello->host[sizeof(hello->host) - 1] = '\0';
    text_copy(hello->arithmetic, sizeof(hello->arithmetic), arithmetic_id());
    return worker_start(&loop->worker, hello, clock_monotonic());
}

/* Is there nothing left to do? */
static bool is_over(Loop *loop) {
    if (loop->coordinating != NULL) return loop->coordinating->over;
    if (!loop->worker.left || loop->relaying == NULL) return loop->worker.left;
    double now = clock_monotonic();
    if (loop->linger_until == 0) loop->linger_until = now + LINGER_SECONDS;
    return relay_is_done(loop->relaying->relay) || now > loop->linger_until;
}

static Status run(Loop *loop) {
    TRY(greet(loop));
    for (bool over = false; !over;) {
        bool busy = false;
        TRY(worker_round(loop, &busy));
        if (loop->coordinating != NULL) TRY(coordinating_round(loop->coordinating, &busy));
        over = is_over(loop);
        if (!over) take_a_nap(loop, busy);
    }
    return STATUS_OK;
}

/* A rank that is not the first: say why it leaves, unless it has said farewell or there is nobody to hear it,
 * and let that get away. */
static void leave(Loop *loop, const char *why) {
    bool busy;
    if (!loop->alone && worker_leave(&loop->worker, why, clock_monotonic()) != STATUS_OK) status_clear();
    if (!loop->alone && loop->relaying != NULL) {
        if (relaying_round(loop->relaying, clock_monotonic(), &busy) != STATUS_OK) status_clear();
        relaying_close(loop->relaying);
    }
    for (double end = clock_monotonic() + LEAVE_SECONDS;
         !loop->alone && channel_sending(loop->place->ranks) && clock_monotonic() < end;) {
        int peer;
        uint8_t *data;
        size_t length;
        bool failed = channel_receive(loop->place->ranks, &peer, &data, &length) != STATUS_OK;
        loop->alone = rank_0_has_ended(loop) || (failed && peer <= 0);
        if (failed) status_clear();
        if (data == NULL) clock_sleep(NAP_WITH_RANKS);
        free(data);
    }
}

static Status run_other(Loop *loop, LoopEnd *end) {
    char why[ERROR_TEXT_SIZE] = "";
    Status status = run(loop);
    if (status != STATUS_OK) text_copy(why, sizeof(why), status_text());
    leave(loop, why);
    end->ranks_lost = loop->worker.ranks_lost || loop->alone;
    return status == STATUS_OK ? STATUS_OK : status_restore(status, why);
}

static Status run_relay(Loop *loop, LoopEnd *end) {
    Relaying relaying;
    TRY(channel_memory_create(&loop->own, &loop->to_coordinator));
    TRY(relaying_begin(&relaying, loop->place->relays, loop->place->rank, loop->place->ranks, loop->own));
    loop->relaying = &relaying;
    Status status = run_other(loop, end);
    relaying_release(&relaying);
    return status;
}

static Status run_rank_0(Loop *loop, LoopEnd *end) {
    Coordinating coordinating;
    TRY(channel_memory_create(&loop->own, &loop->to_coordinator));
    TRY(coordinating_begin(&coordinating, loop->place, loop->own));
    loop->coordinating = &coordinating;
    Status status = run(loop);
    char text[ERROR_TEXT_SIZE];
    text_copy(text, sizeof(text), status == STATUS_OK ? coordinating.text : status_text());
    coordinating_end(&coordinating, status != STATUS_OK);
    end->complete = status == STATUS_OK && coordinating.complete;
    end->ranks_lost = coordinating.ranks_lost;
    if (status == STATUS_OK) status = coordinating.status;
    return status == STATUS_OK ? STATUS_OK : status_restore(status, text);
}

Status campaign_loop(const LoopPlace *place, LoopEnd *end) {
    Loop loop = {.place = place, .to_coordinator = place->ranks, .nap = SHORTEST_NAP};
    loop.worker.outlet = worker_outlet;
    loop.worker.context = &loop;
    loop.worker.limits = *place->limits;
    loop.worker.sees_parts = place->sees_parts;
    loop.worker.watches_coordinator = place->coordinator == NULL;
    *end = (LoopEnd){0};
    uint32_t relay = place->relays->relay_of[place->rank];
    Status status;
    if (place->coordinator != NULL) {
        status = run_rank_0(&loop, end);
    } else if (relay == place->rank) {
        status = run_relay(&loop, end);
    } else {
        loop.peer = relay == NO_RELAY ? 0 : (int)relay;
        status = run_other(&loop, end);
    }
    worker_release(&loop.worker);
    if (loop.own != NULL) {
        channel_destroy(&loop.to_coordinator);
        channel_destroy(&loop.own);
    }
    return status;
}

#include "campaign/relay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

typedef struct RelayedRank {
    uint32_t rank;
    bool gone;         /* has said farewell, or is lost */
    bool has_progress; /* held back: */
    ProgressMessage
        progress;         /* the newest, with the word that the trial has begun, if that was held back too */
    double next_progress; /* seconds: when it may go up */
} RelayedRank;

struct Relay {
    uint32_t own;
    RelayedRank *ranks; /* owned [count] */
    size_t count;
    RelayOutlet outlet;
    void *context;
    Bundle up;
    ByteWriter progress; /* scratch */
};

Status relay_create(Relay **out, uint32_t own, const uint32_t *ranks, size_t count, RelayOutlet outlet,
                    void *context) {
    Relay *relay;
    *out = NULL;
    TRY(memory_new(&relay, 1, sizeof(*relay)));
    *relay = (Relay){.own = own, .count = count, .outlet = outlet, .context = context};
    Status status = memory_new(&relay->ranks, count, sizeof(RelayedRank));
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        relay->ranks[i] = (RelayedRank){.rank = ranks[i], .next_progress = -INFINITY};
    if (status == STATUS_OK)
        *out = relay;
    else
        relay_destroy(&relay);
    return status;
}

void relay_destroy(Relay **relay) {
    Relay *r = *relay;
    if (r == NULL) return;
    *relay = NULL;
    bundle_release(&r->up);
    bytes_writer_release(&r->progress);
    free(r->ranks);
    free(r);
}

static RelayedRank *find(Relay *relay, uint32_t rank) {
    for (size_t i = 0; i < relay->count; i++)
        if (relay->ranks[i].rank == rank) return &relay->ranks[i];
    return NULL;
}

/* --- up --- */

static Status send_up(Relay *relay) {
    if (bundle_is_empty(&relay->up)) return STATUS_OK;
    TRY(bytes_writer_status(&relay->up.writer));
    Status status = relay->outlet(relay->context, 0, relay->up.writer.data, relay->up.writer.length);
    bundle_empty(&relay->up);
    return status;
}

static Status add(Relay *relay, const RelayedRank *from, const void *data, size_t length) {
    bundle_add(&relay->up, from->rank, data, length);
    return bundle_is_full(&relay->up) ? send_up(relay) : STATUS_OK;
}

static Status add_progress(Relay *relay, RelayedRank *from, double now) {
    Message message = {.kind = MESSAGE_PROGRESS};
    message.as.progress = from->progress;
    from->has_progress = false;
    from->next_progress = now + RELAY_PROGRESS_SECONDS;
    bytes_writer_reset(&relay->progress);
    message_encode(&message, &relay->progress);
    TRY(bytes_writer_status(&relay->progress));
    return add(relay, from, relay->progress.data, relay->progress.length);
}

/* The newest word takes the place of the one before, but for what only that one told. */
static void hold_back(RelayedRank *from, ProgressMessage progress) {
    const ProgressMessage *before = &from->progress;
    if (from->has_progress && before->lease == progress.lease) {
        if (!progress.has_row && before->has_row) {
            progress.has_row = true;
            progress.row = before->row;
        }
        if (!progress.begun && before->begun) {
            progress.begun = true;
            progress.from_epoch = before->from_epoch;
            memcpy(progress.note, before->note, sizeof(progress.note));
        }
    }
    from->has_progress = true;
    from->progress = progress;
}

/* What is held back of a trial that has ended says no more than its end, but for how it began. */
static Status settle(Relay *relay, RelayedRank *from, double now) {
    if (from->has_progress && from->progress.begun) return add_progress(relay, from, now);
    from->has_progress = false;
    return STATUS_OK;
}

/* Whatever else it is goes up as it came: the coordinator looks at it. */
Status relay_on_worker(Relay *relay, uint32_t rank, const void *data, size_t length, double now) {
    RelayedRank *from = find(relay, rank);
    if (from == NULL || from->gone) return STATUS_OK;
    MessageKind kind = message_kind(data, length);
    if (kind == MESSAGE_PROGRESS) {
        Message message;
        TRY(message_decode(&message, data, length));
        hold_back(from, message.as.progress);
        return now >= from->next_progress ? add_progress(relay, from, now) : STATUS_OK;
    }
    if (kind == MESSAGE_RESULT) TRY(settle(relay, from, now));
    if (kind == MESSAGE_FAREWELL) {
        if (from->has_progress) TRY(add_progress(relay, from, now));
        from->gone = true;
    }
    return add(relay, from, data, length);
}

/* False where that is known. */
static bool forget(Relay *relay, uint32_t rank) {
    RelayedRank *from = find(relay, rank);
    if (from == NULL || from->gone) return false;
    from->gone = true;
    from->has_progress = false;
    return true;
}

void relay_on_lost(Relay *relay, uint32_t rank) {
    if (forget(relay, rank)) bundle_add(&relay->up, rank, NULL, 0);
}

void relay_on_left(Relay *relay, uint32_t rank) {
    (void)forget(relay, rank);
}

Status relay_tick(Relay *relay, double now) {
    for (size_t i = 0; i < relay->count; i++) {
        RelayedRank *rank = &relay->ranks[i];
        if (rank->has_progress && now >= rank->next_progress) TRY(add_progress(relay, rank, now));
    }
    return send_up(relay);
}

bool relay_is_done(const Relay *relay) {
    for (size_t i = 0; i < relay->count; i++)
        if (!relay->ranks[i].gone && relay->ranks[i].rank != relay->own) return false;
    return bundle_is_empty(&relay->up);
}

/* --- down --- */

/* A sign of the coordinator's life is for all: it gives one to the relay's own rank alone. */
static Status hand_down(Relay *relay, const RelayedRank *to, const uint8_t *data, size_t length) {
    if (to->rank != relay->own || message_kind(data, length) != MESSAGE_ALIVE)
        return relay->outlet(relay->context, to->rank, data, length);
    for (size_t i = 0; i < relay->count; i++)
        if (!relay->ranks[i].gone) TRY(relay->outlet(relay->context, relay->ranks[i].rank, data, length));
    return STATUS_OK;
}

Status relay_on_coordinator(Relay *relay, const void *data, size_t length) {
    ByteReader reader = bundle_reader(data, length);
    bool got = bundle_is(data, length);
    if (!got)
        return status_fail(STATUS_ENVIRONMENT, "%zu bytes from rank 0 are no bundle of messages", length);
    while (got) {
        uint32_t rank;
        const uint8_t *part;
        size_t size;
        TRY(bundle_next(&reader, &rank, &part, &size, &got));
        if (!got) break;
        const RelayedRank *to = find(relay, rank);
        if (to == NULL)
            return status_fail(STATUS_ENVIRONMENT, "a message for rank %u, which is not behind rank %u", rank,
                               relay->own);
        if (!to->gone) TRY(hand_down(relay, to, part, size));
    }
    return STATUS_OK;
}

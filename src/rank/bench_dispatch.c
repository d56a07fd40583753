#include "rank/bench_dispatch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/order.h"
#include "base/stop.h"
#include "campaign/channel.h"
#include "campaign/coordinator.h"
#include "rank/append_actions.h"
#include "rank/bench/made_up_campaign.h"
#include "rank/bench/made_up_worker.h"
#include "rank/campaign_loop.h"
#include "rank/signals.h"

#define LEAVE_SECONDS 10.0  /* for the other ranks' figures to come */
#define BARE_SECONDS 0.005  /* from a sync to the bare append of as many bytes: both come after some quiet */
#define SHORTEST_WAIT 5e-05 /* seconds */

/* This process's part. */
typedef struct Bench {
    const DispatchOptions *options;
    DispatchFigures *figures;
    Channel *ranks;
    MpiPlace place;
    uint64_t trials; /* in all */
    MadeUpWorker worker;

    /* rank 0 */
    MadeUpCampaign campaign;
    Coordinator *coordinator;
    Actions actions;
    Channel *own; /* the coordinator's end of the channel to rank 0's worker */
    Channel *to_coordinator;
    double start;
    bool measured;           /* the trials that are measured are done */
    double append_processor; /* seconds of processor time in appends */
    uint64_t synced_length;  /* of the journal */
    bool publishing;
    double *taken_in;      /* owned [trials] steady seconds */
    double *recorded;      /* owned [trials] seconds from there to its acknowledgement */
    size_t recorded_count; /* <= trials */
    size_t bare_length;    /* of the append that is due */
    double bare_due;       /* steady seconds */
    bool after_bare;       /* one has kept messages waiting */
    bool *disturbed;       /* owned [trials] such a message was its result */
    double *bare;          /* owned [trials] seconds */
    size_t bare_count;     /* <= trials */
    Acknowledgement *acks; /* owned [trials]: of the other ranks */
    size_t ack_count;
} Bench;

/* --- the coordinator's side --- */

static Status append(Bench *b) {
    bool any;
    double processor = clock_processor();
    double start = clock_monotonic();
    Status status = append_actions(b->campaign.journal, &b->actions, &any);
    if (!b->measured) b->figures->append_seconds += clock_monotonic() - start;
    b->append_processor += clock_processor() - processor;
    return status;
}

static Status send(Bench *b, const Action *action) {
    TRY(message_send(action->worker == 0 ? b->own : b->ranks, (int)action->worker, action->message));
    uint64_t trial =
        action->message->kind == MESSAGE_RECORDED ? action->message->as.recorded.trial : UINT64_MAX;
    if (trial >= b->worker.prompt && trial < b->trials && b->recorded_count < b->trials)
        b->recorded[b->recorded_count++] = clock_monotonic() - b->taken_in[trial];
    return STATUS_OK;
}

static Status carry_out(Bench *b, const Action *action) {
    switch (action->kind) {
    case ACTION_SEND: return send(b, action);
    case ACTION_JOB: b->publishing |= action->job == JOB_PUBLISH; return STATUS_OK;
    case ACTION_FINISH: return status_fail(STATUS_ENVIRONMENT, "%s", action->text);
    default: return STATUS_OK;
    }
}

/* `processor` is the clock's value from which on the time is the coordinator's. */
static Status step(Bench *b, Event *event, double processor) {
    Moment now = {.steady = clock_monotonic(), .unix_time = clock_unix()};
    double appends = b->append_processor;
    Status status = coordinator_step(b->coordinator, event, now, &b->actions);
    if (status == STATUS_OK) status = append(b);
    for (size_t i = 0; status == STATUS_OK && i < b->actions.count; i++)
        status = carry_out(b, &b->actions.list[i]);
    actions_clear(&b->actions);
    if (!b->measured)
        b->figures->processor_seconds += clock_processor() - processor - (b->append_processor - appends);
    return status;
}

static void note_result(Bench *b, uint32_t worker, uint64_t trial) {
    if (trial >= b->trials) return;
    b->taken_in[trial] = clock_monotonic();
    b->disturbed[trial] = b->after_bare && worker != 0;
}

static Status take_message(Bench *b, uint32_t worker, Message *message, double processor) {
    if (message->kind == MESSAGE_RESULT) note_result(b, worker, message->as.result.record.trial);
    Event event = {.kind = EVENT_MESSAGE, .worker = worker, .message = message};
    Status status = step(b, &event, processor);
    message_release(message);
    return status;
}

static Status from_channel(Bench *b, Channel *channel, bool *busy) {
    for (;;) {
        double processor = clock_processor();
        int peer;
        Message message;
        bool got;
        TRY(message_receive(channel, &peer, &message, &got));
        if (!got) return STATUS_OK;
        *busy = true;
        TRY(take_message(b, channel == b->own ? 0 : (uint32_t)peer, &message, processor));
    }
}

static Status simple_event(Bench *b, EventKind kind) {
    Event event = {.kind = kind};
    return step(b, &event, clock_processor());
}

/* Publishing is left out: as if it had taken so long that it is not tried again. */
static Status end_publishing(Bench *b) {
    if (!b->publishing) return STATUS_OK;
    b->publishing = false;
    Event event = {.kind = EVENT_JOB_ENDED, .text = "", .seconds = 1e6};
    return step(b, &event, clock_processor());
}

static Status sync_journal(Bench *b, bool *busy) {
    uint64_t length = journal_length(b->campaign.journal) - b->synced_length;
    if (length == 0) return STATUS_OK;
    double start = clock_monotonic();
    TRY(journal_sync(b->campaign.journal));
    double end = clock_monotonic();
    b->synced_length += length;
    *busy = true;
    if (!b->measured) {
        b->figures->sync_seconds += end - start;
        b->figures->journal_bytes += length;
        b->figures->syncs++;
    }
    if (b->measured || b->options->trial_seconds > 0) {
        b->bare_length = (size_t)length;
        b->bare_due = end + BARE_SECONDS;
    }
    return simple_event(b, EVENT_SYNCED);
}

/* In turns with the journal's syncs. */
static Status append_bare(Bench *b) {
    b->after_bare = b->bare_count < b->trials && clock_monotonic() >= b->bare_due;
    if (!b->after_bare) return STATUS_OK;
    b->bare_due = INFINITY;
    return made_up_campaign_bare_append(&b->campaign, b->bare_length, &b->bare[b->bare_count++]);
}

static void note_end(Bench *b) {
    if (b->measured || coordinator_ledger(b->coordinator)->finished_count < b->options->trials) return;
    b->measured = true;
    b->figures->seconds = clock_monotonic() - b->start;
}

/* Nothing happens: wait as in a campaign, where the end of an epoch is seen at once. */
static void wait_for_more(const MadeUpWorker *w, double nap, double other_due) {
    double due = fmin(w->due, other_due) - clock_monotonic();
    clock_sleep(fmax(fmin(nap, due), SHORTEST_WAIT));
}

static Status rounds(Bench *b) {
    double nap = 0;
    b->bare_due = INFINITY;
    while (coordinator_ledger(b->coordinator)->finished_count < b->trials) {
        bool busy = false;
        if (stop_asked() != 0) return status_fail(STATUS_ENVIRONMENT, "ended by a signal");
        TRY(made_up_worker_round(&b->worker, &busy));
        TRY(from_channel(b, b->ranks, &busy));
        TRY(from_channel(b, b->own, &busy));
        double processor = b->figures->processor_seconds;
        TRY(simple_event(b, EVENT_TICK));
        if (!busy) b->figures->processor_seconds = processor; /* no trial's */
        TRY(end_publishing(b));
        TRY(sync_journal(b, &busy));
        note_end(b);
        nap = campaign_loop_nap(nap, (uint32_t)b->place.ranks, busy);
        if (!busy) TRY(append_bare(b));
        if (!busy && !b->after_bare) wait_for_more(&b->worker, nap, b->bare_due);
    }
    bool busy;
    return made_up_worker_round(&b->worker, &busy); /* the last acknowledgement */
}

/* --- the end --- */

static Status tell_to_stop(Bench *b) {
    Message message = {.kind = MESSAGE_STOP};
    for (int r = 1; r < b->place.ranks; r++)
        TRY(message_send(b->ranks, r, &message));
    return STATUS_OK;
}

/* A rank's last message: the acknowledgements it has got. */
static Status send_figures(Bench *b) {
    ByteWriter writer = {0};
    for (size_t i = 0; i < b->worker.acknowledgement_count; i++) {
        bytes_put_u64(&writer, b->worker.acknowledgement[i].trial);
        bytes_put_f64(&writer, b->worker.acknowledgement[i].seconds);
    }
    Status status = bytes_writer_status(&writer);
    if (status == STATUS_OK) status = channel_send(b->ranks, 0, writer.data, writer.length);
    bytes_writer_release(&writer);
    return status;
}

static Status take_figures(Bench *b, const uint8_t *data, size_t length) {
    ByteReader reader = bytes_reader(data, length);
    while (reader.position < reader.length && b->ack_count < b->trials) {
        uint64_t trial = bytes_get_u64(&reader);
        double seconds = bytes_get_f64(&reader);
        if (reader.failed || trial >= b->trials) break;
        if (!b->disturbed[trial]) b->acks[b->ack_count++] = (Acknowledgement){trial, seconds};
    }
    return bytes_reader_status(&reader, "a rank's figures");
}

/* After each rank's farewell. */
static Status gather_figures(Bench *b) {
    bool *left;
    TRY(memory_new(&left, (size_t)b->place.ranks, sizeof(bool)));
    int missing = b->place.ranks - 1;
    Status status = STATUS_OK;
    for (double end = clock_monotonic() + LEAVE_SECONDS; status == STATUS_OK && missing > 0;) {
        int peer;
        uint8_t *data;
        size_t length;
        status = channel_receive(b->ranks, &peer, &data, &length);
        if (status == STATUS_OK && data == NULL) {
            clock_sleep(0.001);
            if (clock_monotonic() > end)
                status = status_fail(STATUS_ENVIRONMENT, "%d ranks gave no figures", missing);
        } else if (status == STATUS_OK && left[peer]) {
            missing--;
            status = take_figures(b, data, length);
            free(data);
        } else if (status == STATUS_OK) {
            Message message;
            status = message_decode(&message, data, length);
            if (status == STATUS_OK) left[peer] = message.kind == MESSAGE_FAREWELL;
            if (status == STATUS_OK) message_release(&message);
            free(data);
        }
    }
    free(left);
    return status;
}

static Spread spread_of(double *seconds, size_t count) {
    if (count == 0) return (Spread){.median = NAN, .high = NAN};
    order_sort(seconds, count);
    return (Spread){
        .count = count, .median = seconds[count / 2], .high = seconds[(size_t)(0.95 * (double)(count - 1))]};
}

/* Of the trials that came one by one. */
static Status spread_of_acks(const Bench *b, const Acknowledgement *acks, size_t count, Spread *spread) {
    double *seconds;
    size_t taken = 0;
    TRY(memory_new(&seconds, count, sizeof(*seconds)));
    for (size_t i = 0; i < count; i++) {
        if (acks[i].trial >= b->worker.prompt) seconds[taken++] = acks[i].seconds;
    }
    *spread = spread_of(seconds, taken);
    free(seconds);
    return STATUS_OK;
}

/* --- rank 0 --- */

static Status prepare(Bench *b) {
    TRY(memory_new(&b->taken_in, b->trials, sizeof(double)));
    TRY(memory_new(&b->recorded, b->trials, sizeof(double)));
    TRY(memory_new(&b->disturbed, b->trials, sizeof(bool)));
    TRY(memory_new(&b->bare, b->trials, sizeof(double)));
    TRY(memory_new(&b->acks, b->trials, sizeof(Acknowledgement)));
    TRY(channel_memory_create(&b->own, &b->to_coordinator));
    MadeUpPlan plan = {.trials = b->trials, .stages = 1};
    TRY(made_up_campaign_begin(&b->campaign, b->options->folder, &plan));
    b->synced_length = journal_length(b->campaign.journal);
    CoordinatorPlace place = {
        .workers = (uint32_t)b->place.ranks, .shard = SHARD_ALL, .published = true, .deadline = INFINITY};
    Moment now = {.steady = clock_monotonic(), .unix_time = clock_unix()};
    Ledger *ledger = b->campaign.ledger;
    b->campaign.ledger = NULL;
    return coordinator_create(&b->coordinator, b->campaign.config, ledger, &place, now);
}

static Status run_rank_0(Bench *b) {
    b->worker.to_coordinator = b->to_coordinator;
    b->start = clock_monotonic();
    TRY(simple_event(b, EVENT_TICK));
    TRY(made_up_worker_begin(&b->worker, false));
    Status status = rounds(b);
    char text[ERROR_TEXT_SIZE];
    snprintf(text, sizeof(text), "%s", status_text());
    if (status == STATUS_OK) {
        TRY(tell_to_stop(b));
        TRY(gather_figures(b));
        b->figures->acknowledging = spread_of(b->recorded, b->recorded_count);
        b->figures->bare = spread_of(b->bare, b->bare_count);
        TRY(spread_of_acks(b, b->worker.acknowledgement, b->worker.acknowledgement_count, &b->figures->own));
        return spread_of_acks(b, b->acks, b->ack_count, &b->figures->others);
    }
    TRY(tell_to_stop(b));
    return status_restore(status, text);
}

static void release_rank_0(Bench *b) {
    coordinator_destroy(&b->coordinator);
    actions_release(&b->actions);
    made_up_campaign_release(&b->campaign);
    channel_destroy(&b->to_coordinator);
    channel_destroy(&b->own);
    free(b->taken_in);
    free(b->recorded);
    free(b->disturbed);
    free(b->bare);
    free(b->acks);
}

/* --- the other ranks --- */

static Status run_other(Bench *b) {
    signals_ignore();
    b->worker.to_coordinator = b->ranks;
    TRY(made_up_worker_begin(&b->worker, true));
    for (double nap = 0; !b->worker.worker.left;) {
        bool busy = false;
        TRY(made_up_worker_round(&b->worker, &busy));
        nap = campaign_loop_nap(nap, (uint32_t)b->place.ranks, busy);
        if (!busy && !b->worker.worker.left) wait_for_more(&b->worker, nap, INFINITY);
    }
    return send_figures(b);
}

static void let_messages_leave(const Bench *b) {
    for (double end = clock_monotonic() + LEAVE_SECONDS;
         channel_sending(b->ranks) && clock_monotonic() < end;) {
        int peer;
        uint8_t *data;
        size_t length;
        if (channel_receive(b->ranks, &peer, &data, &length) != STATUS_OK) return;
        free(data);
        clock_sleep(0.001);
    }
}

static Status run(Bench *b) {
    TRY(channel_mpi_create(&b->ranks, &b->place));
    TRY(channel_mpi_open_star(b->ranks));
    bool first = b->place.rank == 0;
    *b->figures = (DispatchFigures){
        .first_rank = first, .ranks = (uint32_t)b->place.ranks, .trials = b->options->trials};
    Status status = first ? prepare(b) : STATUS_OK;
    int worst = STATUS_OK;
    TRY(channel_mpi_maximum(b->ranks, (int)status, &worst));
    if (worst == STATUS_OK) status = first ? run_rank_0(b) : run_other(b);
    let_messages_leave(b);
    return status;
}

Status bench_dispatch(const DispatchOptions *options, DispatchFigures *figures) {
    bool timed = options->trial_seconds > 0;
    Bench bench = {
        .options = options, .figures = figures, .trials = options->trials, .campaign = {.bare = -1}};
    if (!timed)
        bench.trials += options->trials < DISPATCH_PACED_TRIALS ? options->trials : DISPATCH_PACED_TRIALS;
    bench.worker = (MadeUpWorker){.trials = bench.trials,
                                  .prompt = timed ? 0 : options->trials,
                                  .trial_seconds = timed ? options->trial_seconds : DISPATCH_PACED_SECONDS};
    signals_install();
    Status status = run(&bench);
    char text[ERROR_TEXT_SIZE];
    snprintf(text, sizeof(text), "%s", status_text());
    made_up_worker_release(&bench.worker);
    release_rank_0(&bench);
    channel_mpi_finish(&bench.ranks, true);
    return status == STATUS_OK ? STATUS_OK : status_restore(status, text);
}

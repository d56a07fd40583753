#include "rank/coordinating.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/stop.h"
#include "base/text.h"
#include "rank/append_actions.h"
#include "store/journal.h"
#include "store/live.h"
#include "store/parts.h"

#define WATCH_SECONDS 0.05 /* between looks at the other ranks' processes */
#define LIVE_SECONDS 2.0   /* between writings of FILE.h5.live */
#define SHOW_SECONDS 0.1   /* between looks at what can be shown */
#define LEAVE_SECONDS 5.0  /* for the last messages to get away */

static Moment moment_now(void) {
    return (Moment){.steady = clock_monotonic(), .unix_time = clock_unix()};
}

static void release(Coordinating *c) {
    actions_release(&c->actions);
    free(c->superseded);
    free(c->left);
    free(c->ended);
}

Status coordinating_begin(Coordinating *c, const LoopPlace *place, Channel *own) {
    *c = (Coordinating){.place = place, .own = own};
    Status status = memory_new(&c->left, place->rank_count, sizeof(bool));
    if (status == STATUS_OK) status = memory_new(&c->ended, place->rank_count, sizeof(bool));
    if (status != STATUS_OK) release(c);
    return status;
}

/* --- actions --- */

static Status sync_journal(Coordinating *c) {
    if (!c->appended) return STATUS_OK;
    TRY(journal_sync(c->place->opening->journal));
    c->appended = false;
    c->synced_new = true;
    return STATUS_OK;
}

static Status remember_superseded(Coordinating *c, const char *name) {
    TRY(memory_grow(&c->superseded, &c->superseded_capacity, c->superseded_count + 1, BLOB_NAME_SIZE));
    text_copy(c->superseded[c->superseded_count++], BLOB_NAME_SIZE, name);
    return STATUS_OK;
}

static void remove_superseded(Coordinating *c) {
    if (c->serving || c->appended) return;
    for (size_t i = 0; i < c->superseded_count; i++)
        parts_remove(c->place->opening->file, c->superseded[i]);
    c->superseded_count = 0;
}

/* For a rank that does not see the folder. Without the bytes it begins the trial anew. */
static void add_checkpoint(const Coordinating *c, LeaseMessage *lease) {
    const CheckpointRecord *record = &lease->checkpoint;
    if (parts_read(c->place->opening->file, record->blob, record->length, record->hash, &lease->blob) ==
        STATUS_OK)
        lease->length = (size_t)record->length;
    else
        status_clear();
}

static Status send(const Coordinating *c, Action *action) {
    if (action->with_checkpoint) add_checkpoint(c, &action->message->as.lease);
    if (action->worker == 0) return message_send(c->own, 0, action->message);
    if (message_send(c->place->ranks, (int)action->worker, action->message) != STATUS_OK)
        status_clear(); /* it is gone: the receiving side tells the coordinator */
    return STATUS_OK;
}

static Status store(const Coordinating *c, const Action *action) {
    Message message = {.kind = MESSAGE_STORE};
    message.as.store =
        (StoreMessage){.owner = STORE_OF_COORDINATOR, .blob = action->bytes, .length = action->length};
    text_copy(message.as.store.name, sizeof(message.as.store.name), action->name);
    return host_send(c->place->host, &message);
}

static Status start_service(Coordinating *c, JobKind kind) {
    TRY(sync_journal(c));
    Message message = {.kind = MESSAGE_JOB};
    message.as.job = (JobMessage){.kind = (uint8_t)kind,
                                  .file = c->place->opening->file,
                                  .journal_length = journal_length(c->place->opening->journal)};
    c->serving = true;
    return host_send(c->place->host, &message);
}

static Status cancel_service(const Coordinating *c) {
    Message message = {.kind = MESSAGE_CANCEL};
    message.as.cancel.slot = JOB_SLOT_SERVICE;
    return host_send(c->place->host, &message);
}

static void finish(Coordinating *c, const Action *action) {
    c->over = true;
    c->complete = action->complete;
    c->ranks_lost = action->ranks_lost;
    c->status = action->status;
    text_copy(c->text, sizeof(c->text), action->text);
}

static Status carry_out(Coordinating *c, Action *action) {
    switch (action->kind) {
    case ACTION_SEND: return send(c, action);
    case ACTION_APPEND: return STATUS_OK; /* done */
    case ACTION_STORE: return store(c, action);
    case ACTION_REMOVE: return remember_superseded(c, action->name);
    case ACTION_JOB: return start_service(c, action->job);
    case ACTION_CANCEL_JOB: return cancel_service(c);
    case ACTION_NEWS: progress_line(c->place->progress, action->text); return STATUS_OK;
    case ACTION_FINISH: finish(c, action); return STATUS_OK;
    }
    return STATUS_OK;
}

/* --- events --- */

static Status step(Coordinating *c, Event *event) {
    bool any = false;
    Status status = coordinator_step(c->place->coordinator, event, moment_now(), &c->actions);
    if (status == STATUS_OK) status = append_actions(c->place->opening->journal, &c->actions, &any);
    c->appended |= any;
    for (size_t i = 0; status == STATUS_OK && i < c->actions.count; i++)
        status = carry_out(c, &c->actions.list[i]);
    actions_clear(&c->actions);
    return status;
}

static Status step_message(Coordinating *c, uint32_t rank, Message *message) {
    if (message->kind == MESSAGE_FAREWELL) c->left[rank] = true;
    Event event = {.kind = EVENT_MESSAGE, .worker = rank, .message = message};
    Status status = step(c, &event);
    message_release(message);
    return status;
}

/* How a service job ended, in the coordinator's words. */
static Status on_service_ended(Coordinating *c, const JobEndedMessage *ended) {
    c->serving = false;
    char text[ERROR_TEXT_SIZE];
    Event event = {.kind = EVENT_JOB_ENDED, .seconds = ended->seconds, .text = text};
    text_copy(text, sizeof(text), ended->text);
    if (ended->signal != 0) {
        event.status = STATUS_ENVIRONMENT;
        event.crashed = true;
        snprintf(text, sizeof(text), "its process was ended by signal %d (%s)", ended->signal,
                 strsignal(ended->signal));
    } else if (ended->exit_code != 0) {
        event.status = ended->exit_code == STATUS_INPUT ? STATUS_INPUT : STATUS_ENVIRONMENT;
    }
    return step(c, &event);
}

static Status on_stored(Coordinating *c, const StoredMessage *stored) {
    Event event = {
        .kind = EVENT_STORED, .name = stored->name, .status = (Status)stored->status, .text = stored->text};
    return step(c, &event);
}

Status coordinating_on_host(Coordinating *c, Message *message, bool *taken) {
    Status status = STATUS_OK;
    *taken = true;
    if (message->kind == MESSAGE_JOB_RESULT) {
        Event event = {.kind = EVENT_JOB_RESULT, .record = &message->as.job_result.record};
        status = step(c, &event);
    } else if (message->kind == MESSAGE_JOB_ENDED && message->as.job_ended.slot == JOB_SLOT_SERVICE) {
        status = on_service_ended(c, &message->as.job_ended);
    } else if (message->kind == MESSAGE_STORED && message->as.stored.owner == STORE_OF_COORDINATOR) {
        status = on_stored(c, &message->as.stored);
    } else {
        *taken = false;
        return STATUS_OK;
    }
    message_release(message);
    return status;
}

/* Its trial goes to another. */
static Status on_lost(Coordinating *c, uint32_t rank) {
    if (c->left[rank]) return STATUS_OK;
    c->left[rank] = true;
    Event event = {.kind = EVENT_WORKER_LOST, .worker = rank};
    return step(c, &event);
}

static Status from_ranks(Coordinating *c, bool *busy) {
    for (;;) {
        int peer = -1;
        Message message;
        bool got;
        Status status = message_receive(c->place->ranks, &peer, &message, &got);
        if (status != STATUS_OK && peer > 0) {
            TRY(on_lost(c, (uint32_t)peer));
            continue;
        }
        TRY(status);
        if (!got) return STATUS_OK;
        *busy = true;
        TRY(step_message(c, (uint32_t)peer, &message));
    }
}

static Status from_own(Coordinating *c, bool *busy) {
    for (;;) {
        int peer;
        Message message;
        bool got;
        TRY(message_receive(c->own, &peer, &message, &got));
        if (!got) return STATUS_OK;
        *busy = true;
        TRY(step_message(c, 0, &message));
    }
}

/* True where the look was taken: what the ended have said before comes in after it. */
static bool look_for_ended(Coordinating *c) {
    double now = clock_monotonic();
    if (now < c->next_watch) return false;
    c->next_watch = now + WATCH_SECONDS;
    for (size_t rank; process_watch_ended(c->place->watch, &rank);)
        c->ended[rank] = true;
    return true;
}

static Status tell_ended(Coordinating *c) {
    for (uint32_t r = 1; r < c->place->rank_count; r++) {
        if (c->ended[r]) TRY(on_lost(c, r));
    }
    return STATUS_OK;
}

/* --- for those who watch --- */

static Status fill_live(const Coordinating *c, const CampaignView *view, LiveState *live) {
    live->time = clock_unix();
    live->process = (uint32_t)getpid();
    if (gethostname(live->host, sizeof(live->host) - 1) != 0) text_copy(live->host, sizeof(live->host), "?");
    text_copy(live->doing, sizeof(live->doing), view->doing);
    TRY(memory_new(&live->ranks, c->place->rank_count, sizeof(LiveRank)));
    for (uint32_t r = 0; r < c->place->rank_count; r++) {
        WorkerView worker = coordinator_worker(c->place->coordinator, r);
        if (!worker.present && !worker.lost) continue;
        LiveRank *rank = &live->ranks[live->rank_count++];
        *rank = (LiveRank){.rank = r,
                           .lost = worker.lost,
                           .training = worker.training,
                           .trial = worker.trial,
                           .epoch = worker.epoch,
                           .epochs = worker.epochs,
                           .since = worker.since};
        text_copy(rank->host, sizeof(rank->host), worker.host);
    }
    return STATUS_OK;
}

/* Nothing needs it: no error of it counts. */
static void write_live(Coordinating *c, const CampaignView *view) {
    double now = clock_monotonic();
    if (now < c->next_live) return;
    c->next_live = now + LIVE_SECONDS;
    LiveState live = {0};
    Status status = fill_live(c, view, &live);
    if (status == STATUS_OK) status = live_write(c->place->opening->file, &live);
    if (status != STATUS_OK) status_clear();
    live_release(&live);
}

/* All ranks are looked at, so not in every round. */
static void show(Coordinating *c) {
    double now = clock_monotonic();
    if (now < c->next_show && !c->over) return;
    c->next_show = now + SHOW_SECONDS;
    CampaignView view = coordinator_view(c->place->coordinator);
    progress_show(c->place->progress, &view, now);
    write_live(c, &view);
}

/* --- a round --- */

static Status on_signal(Coordinating *c) {
    if (stop_asked() == 0 || c->stop_seen) return STATUS_OK;
    c->stop_seen = true;
    progress_line(c->place->progress, "stopping: running trials are saved, the file is written");
    Event stop = {.kind = EVENT_STOP};
    return step(c, &stop);
}

Status coordinating_round(Coordinating *c, bool *busy) {
    bool looked = look_for_ended(c);
    TRY(from_ranks(c, busy));
    TRY(from_own(c, busy));
    if (looked) TRY(tell_ended(c));
    TRY(on_signal(c));
    Event tick = {.kind = EVENT_TICK};
    TRY(step(c, &tick));
    TRY(sync_journal(c));
    if (c->synced_new) {
        c->synced_new = false;
        Event synced = {.kind = EVENT_SYNCED};
        TRY(step(c, &synced));
        *busy = true;
    }
    remove_superseded(c);
    show(c);
    return STATUS_OK;
}

/* --- the end --- */

static bool is_here(const Coordinating *c, uint32_t rank) {
    return !c->left[rank] && !coordinator_worker(c->place->coordinator, rank).lost;
}

static void tell_to_stop(const Coordinating *c, uint32_t rank, bool ranks_lost) {
    Message message = {.kind = MESSAGE_STOP};
    message.as.stop.ranks_lost = ranks_lost;
    if (message_send(c->place->ranks, (int)rank, &message) != STATUS_OK) status_clear();
}

/* The coordinator cannot go on. */
static void tell_all_to_stop(const Coordinating *c) {
    bool lost = false;
    for (uint32_t r = 1; r < c->place->rank_count; r++)
        lost |= coordinator_worker(c->place->coordinator, r).lost;
    for (uint32_t r = 1; r < c->place->rank_count; r++)
        if (is_here(c, r)) tell_to_stop(c, r, lost);
}

/* Is nobody left to wait for? Nothing is sent on to those who are gone. */
static bool all_gone(const Coordinating *c) {
    bool all = true;
    for (uint32_t r = 1; r < c->place->rank_count; r++) {
        if (is_here(c, r))
            all = false;
        else
            channel_give_up(c->place->ranks, (int)r);
    }
    return all;
}

/* A rank's last messages; false where none came. */
static bool hear_farewell(Coordinating *c) {
    int peer = -1;
    Message message;
    bool got;
    if (message_receive(c->place->ranks, &peer, &message, &got) != STATUS_OK) {
        status_clear();
        c->ranks_lost = true;
        if (peer > 0) c->left[peer] = true;
        return peer > 0;
    }
    if (!got) return false;
    if (message.kind == MESSAGE_FAREWELL) c->left[peer] = true;
    if (message.kind == MESSAGE_HELLO) tell_to_stop(c, (uint32_t)peer, true); /* its relay has died with it */
    message_release(&message);
    return true;
}

static void drain(Coordinating *c) {
    for (double end = clock_monotonic() + LEAVE_SECONDS; !all_gone(c);) {
        bool looked = look_for_ended(c);
        if (hear_farewell(c)) continue;
        for (uint32_t r = 1; looked && r < c->place->rank_count; r++) {
            c->ranks_lost |= c->ended[r] && !c->left[r];
            c->left[r] |= c->ended[r];
        }
        if (clock_monotonic() > end) {
            c->ranks_lost = true;
            return;
        }
        clock_sleep(0.001);
    }
}

void coordinating_end(Coordinating *c, bool failed) {
    if (failed) tell_all_to_stop(c);
    drain(c);
    for (uint32_t r = 1; r < c->place->rank_count; r++)
        c->ranks_lost |= coordinator_worker(c->place->coordinator, r).lost;
    live_remove(c->place->opening->file);
    release(c);
}

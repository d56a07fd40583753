#include "rank/campaign_loop.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "campaign/worker.h"
#include "engine/blas.h"
#include "rank/jobs.h"
#include "rank/signals.h"
#include "store/journal.h"
#include "store/parts.h"

#define PAUSE_WITH_RANKS 1 /* milliseconds: how late a message of another rank is seen at most */
#define PAUSE_ALONE 50     /* milliseconds: nothing but the host and the screen to look after */
#define LEAVE_SECONDS 5.0  /* for the last messages to get away */

typedef struct Loop {
    const LoopPlace *place;
    Worker worker;
    Channel *to_coordinator; /* the worker's way: memory on rank 0, the ranks' channel elsewhere */
    Channel *from_self;      /* rank 0: the coordinator's end of that memory */
    Actions actions;
    MemberRecord *superseded; /* blobs to remove once their successors' records are synced and no service job,
                                 which sees an earlier state, may still want them */
    size_t superseded_count, superseded_capacity;
    bool *left;      /* rank 0: [rank_count] has the rank said farewell, or is it known to be gone? */
    uint32_t lost;   /* of them without a farewell */
    bool serving;    /* a service job runs */
    bool appended;   /* since the last sync */
    bool synced_new; /* the coordinator does not know of the last sync yet */
    bool stop_seen;
    bool over;
    bool complete;
    Status final_status;
    char final_text[ERROR_TEXT_SIZE];
} Loop;

static Moment moment_now(void) {
    return (Moment){.steady = clock_monotonic(), .unix_time = clock_unix()};
}

/* --- out of the worker --- */

static Status worker_outlet(void *context, WorkerPeer peer, const Message *message) {
    Loop *loop = context;
    return peer == WORKER_TO_HOST ? host_send(loop->place->host, message)
                                  : message_send(loop->to_coordinator, 0, message);
}

/* --- out of the coordinator --- */

static Status sync_journal(Loop *loop) {
    if (!loop->appended) return STATUS_OK;
    TRY(journal_sync(loop->place->opening->journal));
    loop->appended = false;
    loop->synced_new = true;
    return STATUS_OK;
}

static void remove_superseded(Loop *loop) {
    if (loop->serving || loop->appended) return;
    for (size_t i = 0; i < loop->superseded_count; i++)
        parts_remove_member(loop->place->opening->file, &loop->superseded[i]);
    loop->superseded_count = 0;
}

static Status send_to_rank(Loop *loop, const Action *action) {
    if (action->worker == 0) return message_send(loop->from_self, 0, &action->message);
    if (message_send(loop->place->ranks, (int)action->worker, &action->message) != STATUS_OK)
        status_clear(); /* it is gone: the receiving side tells the coordinator */
    return STATUS_OK;
}

static Status start_service(Loop *loop, JobKind kind) {
    TRY(sync_journal(loop));
    Message message = {.kind = MESSAGE_JOB};
    JobMessage *job = &message.as.job;
    job->kind = (uint8_t)kind;
    job->journal_length = journal_length(loop->place->opening->journal);
    TRY(memory_text(&job->file, loop->place->opening->file));
    Status status = host_send(loop->place->host, &message);
    message_release(&message);
    loop->serving = true;
    return status;
}

static Status cancel_service(const Loop *loop) {
    Message message = {.kind = MESSAGE_CANCEL};
    message.as.cancel.slot = JOB_SLOT_SERVICE;
    return host_send(loop->place->host, &message);
}

static Status remember_superseded(Loop *loop, const MemberRecord *member) {
    TRY(memory_grow(&loop->superseded, &loop->superseded_capacity, loop->superseded_count + 1,
                    sizeof(*member)));
    loop->superseded[loop->superseded_count++] = *member;
    return STATUS_OK;
}

static Status carry_out(Loop *loop, const Action *action) {
    const Opening *opening = loop->place->opening;
    switch (action->kind) {
    case ACTION_SEND: return send_to_rank(loop, action);
    case ACTION_APPEND:
        loop->appended = true;
        return journal_append_encoded(opening->journal, action->bytes, action->length);
    case ACTION_STORE_MEMBER: return parts_write_member(opening->file, &action->member, action->bytes);
    case ACTION_REMOVE_MEMBER: return remember_superseded(loop, &action->member);
    case ACTION_JOB: return start_service(loop, action->job);
    case ACTION_CANCEL_JOB: return cancel_service(loop);
    case ACTION_NEWS: progress_line(loop->place->progress, action->text); return STATUS_OK;
    case ACTION_FINISH:
        loop->over = true;
        loop->complete = action->complete;
        loop->final_status = action->status;
        text_copy(loop->final_text, sizeof(loop->final_text), action->text);
        return STATUS_OK;
    }
    return STATUS_OK;
}

static Status step(Loop *loop, Event *event) {
    Status status = coordinator_step(loop->place->coordinator, event, moment_now(), &loop->actions);
    for (size_t i = 0; status == STATUS_OK && i < loop->actions.count; i++)
        status = carry_out(loop, &loop->actions.list[i]);
    actions_clear(&loop->actions);
    return status;
}

static Status step_message(Loop *loop, uint32_t worker, Message *message) {
    Event event = {.kind = EVENT_MESSAGE, .worker = worker, .message = message};
    Status status = step(loop, &event);
    message_release(message);
    return status;
}

/* --- in --- */

/* How a service job ended, in the coordinator's words. */
static Status service_ended(Loop *loop, const JobEndedMessage *ended) {
    loop->serving = false;
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
    return step(loop, &event);
}

static Status from_host(Loop *loop, bool *busy) {
    for (bool got = true; got;) {
        Message message;
        TRY(host_receive(loop->place->host, &message, &got));
        if (!got) return STATUS_OK;
        *busy = true;
        Status status;
        if (message.kind == MESSAGE_JOB_RESULT && loop->place->coordinator != NULL) {
            Event event = {.kind = EVENT_JOB_RESULT, .record = &message.as.job_result.record};
            status = step(loop, &event);
            message_release(&message);
        } else if (message.kind == MESSAGE_JOB_ENDED && message.as.job_ended.slot == JOB_SLOT_SERVICE) {
            status = service_ended(loop, &message.as.job_ended);
            message_release(&message);
        } else {
            status = worker_on_host(&loop->worker, &message, clock_monotonic());
        }
        TRY(status);
    }
    return STATUS_OK;
}

/* A rank whose connection has broken: its trial goes to another. */
static Status rank_lost(Loop *loop, int rank) {
    Event event = {.kind = EVENT_WORKER_LOST, .worker = (uint32_t)rank};
    if (!loop->left[rank]) loop->lost++;
    loop->left[rank] = true;
    progress_line(loop->place->progress, status_text());
    return step(loop, &event);
}

/* Messages of the other ranks, or for a worker those of the coordinator. */
static Status from_ranks(Loop *loop, bool *busy) {
    bool coordinating = loop->place->coordinator != NULL;
    for (;;) {
        int peer = -1;
        Message message;
        bool got;
        Status status = message_receive(loop->place->ranks, &peer, &message, &got);
        if (status != STATUS_OK && coordinating && peer > 0) {
            TRY(rank_lost(loop, peer));
            continue;
        }
        TRY(status);
        if (!got) return STATUS_OK;
        *busy = true;
        if (coordinating && message.kind == MESSAGE_FAREWELL) loop->left[peer] = true;
        TRY(coordinating ? step_message(loop, (uint32_t)peer, &message)
                         : worker_on_coordinator(&loop->worker, &message, clock_monotonic()));
    }
}

/* Rank 0: worker to coordinator and back, until both are quiet. */
static Status within_self(Loop *loop, bool *busy) {
    for (bool moved = true; moved;) {
        moved = false;
        int peer;
        Message message;
        bool got;
        TRY(message_receive(loop->from_self, &peer, &message, &got));
        if (got) {
            moved = true;
            TRY(step_message(loop, 0, &message));
        }
        TRY(message_receive(loop->to_coordinator, &peer, &message, &got));
        if (got) {
            moved = true;
            TRY(worker_on_coordinator(&loop->worker, &message, clock_monotonic()));
        }
        *busy |= moved;
    }
    return STATUS_OK;
}

static Status coordinate(Loop *loop, bool *busy) {
    TRY(within_self(loop, busy));
    if (signals_stop_asked() != 0 && !loop->stop_seen) {
        loop->stop_seen = true;
        progress_line(loop->place->progress, "stopping: running trials are given up, the file is written");
        Event stop = {.kind = EVENT_STOP};
        TRY(step(loop, &stop));
    }
    Event tick = {.kind = EVENT_TICK};
    TRY(step(loop, &tick));
    TRY(sync_journal(loop));
    if (loop->synced_new) {
        loop->synced_new = false;
        Event synced = {.kind = EVENT_SYNCED};
        TRY(step(loop, &synced));
        *busy = true;
    }
    remove_superseded(loop);
    CampaignView view = coordinator_view(loop->place->coordinator);
    progress_show(loop->place->progress, &view, clock_monotonic());
    return STATUS_OK;
}

static void pause_for(Loop *loop, int milliseconds) {
    Channel *host = loop->place->host->channel;
    struct pollfd wait = {.fd = channel_socket_descriptor(host),
                          .events = (short)(POLLIN | (channel_sending(host) ? POLLOUT : 0))};
    if (poll(&wait, 1, milliseconds) < 0 && errno != EINTR) clock_sleep(milliseconds / 1000.0);
}

static Status run(Loop *loop) {
    HelloMessage hello = {.process = (uint32_t)getpid()};
    if (gethostname(hello.host, sizeof(hello.host)) != 0) text_copy(hello.host, sizeof(hello.host), "?");
    hello.host[sizeof(hello.host) - 1] = '\0';
    text_copy(hello.arithmetic, sizeof(hello.arithmetic), arithmetic_id());
    TRY(worker_start(&loop->worker, &hello, clock_monotonic()));
    while (!loop->over) {
        bool busy = false;
        TRY(from_host(loop, &busy));
        TRY(from_ranks(loop, &busy));
        TRY(worker_tick(&loop->worker, clock_monotonic()));
        if (loop->place->coordinator != NULL)
            TRY(coordinate(loop, &busy));
        else
            loop->over = loop->worker.stopped;
        if (!busy && !loop->over)
            pause_for(loop, loop->place->rank_count > 1 ? PAUSE_WITH_RANKS : PAUSE_ALONE);
    }
    return STATUS_OK;
}

static bool all_left(const Loop *loop) {
    for (uint32_t r = 1; loop->left != NULL && r < loop->place->rank_count; r++) {
        if (!loop->left[r]) return false;
    }
    return true;
}

/* Let the last messages get away: STOP to the ranks, which answer with their farewell after all else that
 * they had to say. False where some rank does not answer. */
static bool drain(Loop *loop) {
    Channel *ranks = loop->place->ranks;
    for (double end = clock_monotonic() + LEAVE_SECONDS; channel_sending(ranks) || !all_left(loop);) {
        if (clock_monotonic() > end) return false;
        int peer = -1;
        Message message;
        bool got;
        Status status = message_receive(ranks, &peer, &message, &got);
        if (status != STATUS_OK && (loop->left == NULL || peer <= 0)) return false;
        if (status != STATUS_OK) {
            if (!loop->left[peer]) loop->lost++;
            loop->left[peer] = true;
        } else if (got) {
            if (loop->left != NULL && message.kind == MESSAGE_FAREWELL) loop->left[peer] = true;
            message_release(&message);
        } else {
            clock_sleep(0.001);
        }
    }
    return loop->lost == 0;
}

/* The coordinator cannot go on: tell everyone, keep the error. */
static void tell_all_to_stop(Loop *loop) {
    Message message = {.kind = MESSAGE_STOP};
    for (uint32_t r = 1; r < loop->place->rank_count; r++) {
        if (message_send(loop->place->ranks, (int)r, &message) != STATUS_OK) status_clear(); /* it is gone */
    }
}

/* This rank sends nothing more. Where it cannot go on, `why` tells: the coordinator gives its trial to
 * another. */
static void say_farewell(Loop *loop, const char *why) {
    Message message = {.kind = MESSAGE_FAREWELL};
    text_copy(message.as.farewell.reason, sizeof(message.as.farewell.reason), why);
    if (message_send(loop->place->ranks, 0, &message) != STATUS_OK) log_warning("%s", status_text());
}

Status campaign_loop(const LoopPlace *place, LoopEnd *end) {
    Loop loop = {.place = place, .to_coordinator = place->ranks, .final_status = STATUS_OK};
    loop.worker.outlet = worker_outlet;
    loop.worker.context = &loop;
    loop.worker.trial_limit = place->trial_limit;
    Status status = STATUS_OK;
    if (place->coordinator != NULL) {
        status = channel_memory_create(&loop.from_self, &loop.to_coordinator);
        if (status == STATUS_OK) status = memory_new(&loop.left, place->rank_count, sizeof(bool));
    }
    if (status == STATUS_OK) status = run(&loop);
    if (status != STATUS_OK) {
        text_copy(loop.final_text, sizeof(loop.final_text), status_text());
        loop.complete = false;
        loop.final_status = status;
    }
    if (place->coordinator == NULL)
        say_farewell(&loop, status == STATUS_OK ? "" : loop.final_text);
    else if (status != STATUS_OK)
        tell_all_to_stop(&loop);
    end->all_left = drain(&loop);
    end->complete = loop.complete;
    status = loop.final_status;
    if (status != STATUS_OK) status_restore(status, loop.final_text);
    worker_release(&loop.worker);
    actions_release(&loop.actions);
    free(loop.superseded);
    free(loop.left);
    if (place->coordinator != NULL) {
        channel_destroy(&loop.to_coordinator);
        channel_destroy(&loop.from_self);
    }
    return status;
}

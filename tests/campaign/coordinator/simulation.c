#include "campaign/coordinator/simulation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "base/memory.h"

#define MUST(call) CU_ASSERT_EQUAL_FATAL(call, STATUS_OK)
#define GUARD 40000 /* steps */

static bool happens(Simulation *s, double chance) {
    return chance > 0 && random_unit(&s->dice) < chance;
}

Moment simulation_moment(const Simulation *s) {
    return (Moment){.steady = s->now, .unix_time = 1e9 + s->now};
}

/* --- out of the coordinator --- */

static void send(Simulation *s, Action *action) {
    check_send(s, action);
    SimulatedRank *rank = &s->ranks[action->worker];
    if (action->with_checkpoint) {
        LeaseMessage *lease = &action->message->as.lease;
        const WorldFile *file = world_find(s->world, lease->checkpoint.blob);
        if (file != NULL) {
            MUST(memory_new(&lease->blob, file->length, 1));
            memcpy(lease->blob, file->bytes, file->length);
            lease->length = file->length;
        }
    }
    if (!rank->dead && !rank->gone) mail_put(&rank->to_worker, action->message);
}

static void append(Simulation *s, const Action *action) {
    check_append(s, action);
    bytes_put_u64(&s->world->journal, action->length);
    bytes_put_raw(&s->world->journal, action->bytes, action->length);
    s->unsynced = true;
}

static void carry_out(Simulation *s, Action *action) {
    Message message = {.kind = MESSAGE_STORE};
    switch (action->kind) {
    case ACTION_SEND: send(s, action); return;
    case ACTION_APPEND: append(s, action); return;
    case ACTION_STORE:
        message.as.store =
            (StoreMessage){.owner = STORE_OF_COORDINATOR, .blob = action->bytes, .length = action->length};
        action->bytes = NULL;
        text_copy(message.as.store.name, BLOB_NAME_SIZE, action->name);
        host_take(&s->ranks[0].host, &message, &s->dice, s->now);
        return;
    case ACTION_REMOVE:
        MUST(memory_grow(&s->superseded, &s->superseded_capacity, s->superseded_count + 1, BLOB_NAME_SIZE));
        text_copy(s->superseded[s->superseded_count++], BLOB_NAME_SIZE, action->name);
        return;
    case ACTION_JOB:
        CU_ASSERT_FALSE_FATAL(s->job_pending); /* one at a time */
        s->job_pending = true;
        s->job = action->job;
        s->job_began = s->now;
        s->jobs[action->job]++;
        return;
    case ACTION_CANCEL_JOB:
        CU_ASSERT_TRUE_FATAL(s->job_pending);
        s->job_cancelled = true;
        return;
    case ACTION_NEWS: text_add(&s->news, "%s\n", action->text); return;
    case ACTION_FINISH:
        CU_ASSERT_FALSE(s->finished);
        s->finished = true;
        s->finished_at = s->now;
        s->finish = *action;
        action->text = NULL; /* taken over */
        return;
    }
}

void simulation_event(Simulation *s, Event *event) {
    MUST(coordinator_step(s->coordinator, event, simulation_moment(s), &s->actions));
    for (size_t i = 0; i < s->actions.count; i++)
        carry_out(s, &s->actions.list[i]);
    actions_clear(&s->actions);
    check_transfers(s);
}

/* --- in --- */

static void deliver(Simulation *s, uint32_t w) {
    Message message;
    if (!mail_take(&s->ranks[w].to_coordinator, &message)) return;
    if (message.kind == MESSAGE_FAREWELL) s->ranks[w].farewell = true;
    if (message.kind == MESSAGE_CHECKPOINT && message.as.checkpoint.stored) {
        WorldFile *file = world_find(s->world, message.as.checkpoint.record.blob);
        if (file != NULL) file->told = true;
    }
    Event event = {.kind = EVENT_MESSAGE, .worker = w, .message = &message};
    simulation_event(s, &event);
    message_release(&message);
}

/* Rank 0's host speaks to worker and coordinator. */
static void from_own_host(Simulation *s) {
    Message message;
    Mail others = {0};
    while (mail_take(&s->ranks[0].host.out, &message)) {
        if (message.kind == MESSAGE_STORED && message.as.stored.owner == STORE_OF_COORDINATOR) {
            WorldFile *file = world_find(s->world, message.as.stored.name);
            if (file != NULL) file->told = !s->finished;
            Event stored = {.kind = EVENT_STORED,
                            .name = message.as.stored.name,
                            .status = (Status)message.as.stored.status,
                            .text = message.as.stored.text};
            if (!s->finished) simulation_event(s, &stored);
        } else {
            mail_put(&others, &message);
        }
        message_release(&message);
    }
    mail_release(&s->ranks[0].host.out);
    s->ranks[0].host.out = others;
}

static void job_done(Simulation *s) {
    bool killed = s->job_cancelled;
    if (!killed && (s->job == JOB_PREFLIGHT || s->job == JOB_ENSEMBLE)) {
        Record record = {.kind = s->job == JOB_PREFLIGHT ? RECORD_PREFLIGHT : RECORD_ENSEMBLE};
        if (s->job == JOB_PREFLIGHT) {
            record.as.preflight = (PreflightRecord){.config_hash = s->config->hash, .subset_accuracy = 1};
            text_copy(record.as.preflight.arithmetic, ARITHMETIC_SIZE, "test");
        }
        Event found = {.kind = EVENT_JOB_RESULT, .record = &record};
        simulation_event(s, &found);
    }
    s->job_pending = s->job_cancelled = false;
    Event ended = {.kind = EVENT_JOB_ENDED,
                   .status = killed ? STATUS_ENVIRONMENT : STATUS_OK,
                   .text = killed ? "signal 9" : "",
                   .seconds = s->now - s->job_began};
    simulation_event(s, &ended);
}

static void sync_journal(Simulation *s) {
    s->world->synced_length = s->world->journal.length;
    if (!s->job_pending) {
        for (size_t i = 0; i < s->superseded_count; i++)
            world_remove(s->world, s->superseded[i]);
        s->superseded_count = 0;
    }
    if (!s->unsynced) return;
    s->unsynced = false;
    Event synced = {.kind = EVENT_SYNCED};
    simulation_event(s, &synced);
}

/* --- the workers --- */

static void run_rank(Simulation *s, uint32_t w) {
    SimulatedRank *rank = &s->ranks[w];
    if (rank->dead || (rank->gone && w > 0)) return; /* rank 0's host serves the coordinator to the end */
    host_run(&rank->host, &s->dice, s->now);
    if (s->now < rank->awake_from || (w == 0 && s->now < s->awake_from)) return;
    if (w == 0) from_own_host(s);
    Message message;
    while (!happens(s, 0.1) && mail_take(&rank->host.out, &message))
        MUST(worker_on_host(&rank->worker, &message, s->now));
    while (!happens(s, 0.1) && mail_take(&rank->to_worker, &message))
        MUST(worker_on_coordinator(&rank->worker, &message, s->now));
    Status status = worker_tick(&rank->worker, s->now);
    CU_ASSERT_TRUE(status == STATUS_OK || (status == STATUS_RESUMABLE && w > 0));
    rank->gone = rank->worker.left || status != STATUS_OK;
}

void simulation_kill(Simulation *s, uint32_t w, bool reported) {
    SimulatedRank *rank = &s->ranks[w];
    if (rank->dead || rank->gone) return;
    rank->dead = true;
    rank->report = reported ? s->now + random_unit(&s->dice) : INFINITY;
    mail_cut(&rank->to_coordinator, random_below(&s->dice, (uint32_t)rank->to_coordinator.count + 1));
    mail_cut(&rank->to_worker, 0);
}

/* Its relay dies. Whatever was in it is lost, and a part of what it has passed on may still come. */
void simulation_reroute(Simulation *s, uint32_t w) {
    SimulatedRank *rank = &s->ranks[w];
    if (rank->dead || rank->gone || s->now < rank->awake_from) return;
    mail_cut(&rank->to_coordinator, random_below(&s->dice, (uint32_t)rank->to_coordinator.count + 1));
    mail_cut(&rank->to_worker, 0);
    rank->was_lost = s->world->words_lost = true;
    MUST(worker_greet_anew(&rank->worker, &rank->hello, s->now));
    rank->gone = rank->worker.left;
}

/* --- time --- */

static void faults(Simulation *s) {
    const Chances *chances = &s->chances;
    if (happens(s, chances->gap)) s->awake_from = s->now + chances->sleep_most * random_unit(&s->dice);
    for (uint32_t w = 1; w < s->workers; w++) {
        if (happens(s, chances->die)) simulation_kill(s, w, happens(s, chances->reported));
        if (happens(s, chances->sleep))
            s->ranks[w].awake_from = s->now + chances->sleep_most * random_unit(&s->dice);
        if (happens(s, chances->reroute)) simulation_reroute(s, w);
    }
}

static void run_coordinator(Simulation *s) {
    if (s->now < s->awake_from) return;
    uint32_t first = random_below(&s->dice, s->workers);
    for (uint32_t i = 0; i < s->workers && !s->finished; i++) {
        uint32_t w = (first + i) % s->workers;
        const Mail *mail = &s->ranks[w].to_coordinator;
        while (!s->finished && mail->count > 0 &&
               !happens(s, mail->letters[0].blob ? fmax(s->blobs_wait, 0.1) : 0.1))
            deliver(s, w);
    }
    for (uint32_t w = 0; w < s->workers && !s->finished; w++) {
        SimulatedRank *rank = &s->ranks[w];
        if (!rank->dead || rank->told_dead || s->now < rank->report) continue;
        rank->told_dead = true;
        Event lost = {.kind = EVENT_WORKER_LOST, .worker = w};
        simulation_event(s, &lost);
    }
    if (!s->finished && s->job_pending && !s->jobs_hang && s->job_began < s->now && happens(s, 0.5))
        job_done(s);
    Event tick = {.kind = EVENT_TICK};
    if (!s->finished) simulation_event(s, &tick);
    if (!s->finished && happens(s, 0.8)) sync_journal(s);
    if (s->finished) s->world->synced_length = s->world->journal.length;
    check_rows(s);
    check_view(s);
}

void simulation_step(Simulation *s) {
    s->now += SIMULATION_STEP;
    faults(s);
    uint32_t first = random_below(&s->dice, s->workers);
    for (uint32_t i = 0; i < s->workers; i++)
        run_rank(s, (first + i) % s->workers);
    run_coordinator(s);
}

void simulation_run(Simulation *s, size_t trials) {
    for (int guard = 0; !s->finished; guard++) {
        CU_ASSERT_FATAL(guard < GUARD);
        if (trials > 0 && coordinator_ledger(s->coordinator)->finished_count >= trials) return;
        simulation_step(s);
    }
}

void simulation_run_to_job(Simulation *s, JobKind job) {
    for (int guard = 0; !s->job_pending || s->job != job; guard++) {
        CU_ASSERT_FATAL(guard < GUARD && !s->finished);
        simulation_step(s);
    }
}

void simulation_run_to_epoch(Simulation *s, uint32_t w, uint32_t epochs) {
    for (int guard = 0;; guard++) {
        WorkerView view = coordinator_worker(s->coordinator, w);
        if (view.training && view.epoch == epochs) return;
        CU_ASSERT_FATAL(guard < GUARD && !s->finished);
        simulation_step(s);
    }
}

void simulation_wait(Simulation *s, double seconds) {
    for (double end = s->now + seconds; s->now < end && !s->finished;)
        simulation_step(s);
}

void simulation_stop(Simulation *s) {
    Event stop = {.kind = EVENT_STOP};
    simulation_event(s, &stop);
}

/* The ranks leave by themselves: told to, or because nothing is heard of the coordinator any more. */
void simulation_drain(Simulation *s) {
    s->chances = (Chances){0};
    for (double end = s->now + 200; s->now < end;) {
        s->now += SIMULATION_STEP;
        bool here = false;
        for (uint32_t w = 0; w < s->workers; w++) {
            run_rank(s, w);
            here |= w > 0 && !s->ranks[w].dead && !s->ranks[w].gone; /* rank 0 ends with its loop */
        }
        if (!here) return;
    }
    CU_FAIL("some rank does not leave");
}

bool simulation_told(const Simulation *s, const char *words) {
    return strstr(text_of(&s->news), words) != NULL;
}

size_t simulation_times_told(const Simulation *s, const char *words) {
    size_t times = 0;
    for (const char *at = text_of(&s->news); (at = strstr(at, words)) != NULL; at += strlen(words))
        times++;
    return times;
}

char *simulation_table(const Simulation *s) {
    const Ledger *ledger = coordinator_ledger(s->coordinator);
    Text text = {0};
    for (size_t id = 0; id < ledger->trial_count; id++) {
        const LedgerTrial *trial = &ledger->trials[id];
        if (!trial->finished) continue;
        const TrainOutcome *outcome = &trial->record.outcome;
        text_add(&text, "%zu %s %u %a %016llx", id, trial_status_name(outcome->status), outcome->epochs,
                 outcome->val_accuracy, (unsigned long long)outcome->weights_hash);
        if (outcome->status == TRIAL_STOPPED) text_add(&text, " %s", trial->record.reason);
        for (size_t p = 0; p < s->config->space.count; p++) {
            char value[64];
            parameter_value_text(&s->config->space.parameters[p], draw_value(trial->draw, p), value,
                                 sizeof(value));
            text_add(&text, " %s", value);
        }
        text_add(&text, "\n");
    }
    char *table;
    MUST(memory_text(&table, text_of(&text)));
    text_release(&text);
    return table;
}

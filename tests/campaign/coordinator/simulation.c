#include "campaign/coordinator/simulation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "base/memory.h"
#include "base/text.h"

#define MUST(call) CU_ASSERT_EQUAL_FATAL(call, STATUS_OK)

static Moment moment(const Simulation *s) {
    return (Moment){.steady = s->now, .unix_time = 1e9 + s->now};
}

/* --- pretended training: a pure function of the draw --- */

static TrainOutcome pretend(const Simulation *s, const LeaseMessage *lease) {
    const Config *config = s->config;
    double rate = lease->draw.value[space_find(&config->space, "learning_rate")].number;
    double distance = fabs(log10(rate) + 2);
    RandomStream noise = random_stream(7, RANDOM_SYNTHETIC, (uint8_t)lease->stage, 0, lease->number, 0);
    uint32_t epochs = config->stages[lease->stage].epochs;
    TrainOutcome outcome = {.epochs = epochs, .best_epoch = epochs, .seconds = 1, .samples_per_second = 1000};
    outcome.val_accuracy = 0.9 - 0.1 * distance + 0.01 * random_unit(&noise);
    outcome.val_loss = 1 - outcome.val_accuracy;
    outcome.train_loss = outcome.val_loss;
    outcome.weights_hash = (uint64_t)(1e15 * outcome.val_accuracy);
    if (rate > 0.5 || s->diverge_all) {
        outcome = (TrainOutcome){
            .status = TRIAL_DIVERGED, .val_accuracy = NAN, .val_loss = NAN, .train_loss = NAN, .seconds = 1};
    }
    return outcome;
}

static void child_ends(Simulation *s, uint32_t w) {
    Worker *worker = &s->worker[w];
    s->ends[w] = INFINITY;
    Message ended = {.kind = MESSAGE_JOB_ENDED};
    if (worker->lease.trial == s->crash_trial && s->crashes > 0) {
        s->crashes--;
        ended.as.job_ended.exit_code = -1;
        ended.as.job_ended.signal = 11;
        MUST(worker_on_host(worker, &ended, s->now));
        return;
    }
    Message result = {.kind = MESSAGE_RESULT};
    result.as.result.lease = worker->lease.lease;
    result.as.result.record.trial = worker->lease.trial;
    result.as.result.record.outcome = pretend(s, &worker->lease);
    bool completed = result.as.result.record.outcome.status == TRIAL_COMPLETED;
    MUST(worker_on_host(worker, &result, s->now));
    if (completed) {
        Message network = {.kind = MESSAGE_NETWORK};
        network.as.network =
            (NetworkMessage){.lease = worker->lease.lease, .trial = worker->lease.trial, .length = 3};
        MUST(memory_new(&network.as.network.blob, 3, 1));
        MUST(worker_on_host(worker, &network, s->now));
    }
    MUST(worker_on_host(worker, &ended, s->now));
}

/* --- between the machines: everything goes through its encoding, as on a real channel --- */

static void carry(const Message *message, Message *copy) {
    ByteWriter writer = {0};
    message_encode(message, &writer);
    MUST(bytes_writer_status(&writer));
    MUST(message_decode(copy, writer.data, writer.length));
    bytes_writer_release(&writer);
}

typedef struct Outlet {
    Simulation *simulation;
    uint32_t worker;
} Outlet;
static Outlet outlets[SIMULATION_MAX_WORKERS];

/* A worker's messages keep their order: its network goes before what it says next. */
static void release_held_of(Simulation *s, uint32_t worker) {
    for (size_t i = 0; i < s->held_count; i++) {
        if (s->held[i].worker != worker) continue;
        s->queue[s->queued++] = s->held[i];
        s->held_count--;
        memmove(s->held + i, s->held + i + 1, (s->held_count - i) * sizeof(Said));
        return;
    }
}

static Status worker_says(void *context, WorkerPeer peer, const Message *message) {
    const Outlet *outlet = context;
    Simulation *s = outlet->simulation;
    if (peer == WORKER_TO_HOST) {
        if (message->kind == MESSAGE_JOB) s->ends[outlet->worker] = s->now + 0.5 + random_unit(&s->order);
        if (message->kind == MESSAGE_CANCEL) s->ends[outlet->worker] = INFINITY;
        return STATUS_OK;
    }
    if (s->gone[outlet->worker]) return STATUS_OK;
    release_held_of(s, outlet->worker);
    if (message->kind == MESSAGE_NETWORK && s->hold > 0) {
        CU_ASSERT_FATAL(s->held_count < SIMULATION_MAX_WORKERS);
        s->held[s->held_count].worker = outlet->worker;
        carry(message, &s->held[s->held_count++].message);
        return STATUS_OK;
    }
    CU_ASSERT_FATAL(s->queued < SIMULATION_QUEUE);
    s->queue[s->queued].worker = outlet->worker;
    carry(message, &s->queue[s->queued++].message);
    return STATUS_OK;
}

static void append(Simulation *s, const Action *action) {
    bytes_put_u64(&s->journal, action->length);
    bytes_put_raw(&s->journal, action->bytes, action->length);
    s->synced_nothing = true;
}

static void carry_out(Simulation *s, Action *action) {
    Message copy;
    switch (action->kind) {
    case ACTION_SEND:
        if (s->gone[action->worker]) return;
        carry(&action->message, &copy);
        MUST(worker_on_coordinator(&s->worker[action->worker], &copy, s->now));
        return;
    case ACTION_APPEND: append(s, action); return;
    case ACTION_STORE_MEMBER:
        s->stored++;
        s->on_disk[action->member.trial] = true;
        return;
    case ACTION_REMOVE_MEMBER: s->on_disk[action->member.trial] = false; return;
    case ACTION_JOB:
        CU_ASSERT_FALSE_FATAL(s->job_pending); /* one at a time */
        s->job_pending = true;
        s->job = action->job;
        s->jobs[action->job]++;
        return;
    case ACTION_CANCEL_JOB:
        CU_ASSERT_TRUE_FATAL(s->job_pending);
        s->job_cancelled = true;
        return;
    case ACTION_NEWS: return;
    case ACTION_FINISH:
        s->finished = true;
        s->finish = *action;
        return;
    }
}

void simulation_step(Simulation *s, Event *event) {
    MUST(coordinator_step(s->coordinator, event, moment(s), &s->actions));
    for (size_t i = 0; i < s->actions.count; i++)
        carry_out(s, &s->actions.list[i]);
    actions_clear(&s->actions);
}

/* Networks that were held back: enough of them, or all when nobody trains any more. */
static void release_held(Simulation *s) {
    bool training = false;
    for (uint32_t w = 0; w < s->workers; w++)
        training |= s->ends[w] < INFINITY;
    if (training && s->held_count < s->hold) return;
    while (s->held_count > 0)
        s->queue[s->queued++] = s->held[--s->held_count];
}

/* Let the coordinator hear what the workers have said, until all is quiet. */
static void deliver(Simulation *s) {
    while (s->queued > 0) {
        Said said = s->queue[0];
        s->queued--;
        memmove(s->queue, s->queue + 1, s->queued * sizeof(Said));
        Event event = {.kind = EVENT_MESSAGE, .worker = said.worker, .message = &said.message};
        simulation_step(s, &event);
        message_release(&said.message);
    }
}

static void job_done(Simulation *s) {
    s->job_pending = false;
    if (s->job_cancelled) {
        s->job_cancelled = false;
        Event killed = {.kind = EVENT_JOB_ENDED, .status = STATUS_ENVIRONMENT, .text = "signal 9"};
        simulation_step(s, &killed);
        return;
    }
    if (s->job == JOB_PREFLIGHT || s->job == JOB_ENSEMBLE) {
        Record record = {.kind = s->job == JOB_PREFLIGHT ? RECORD_PREFLIGHT : RECORD_ENSEMBLE};
        if (s->job == JOB_PREFLIGHT) {
            record.as.preflight = (PreflightRecord){.config_hash = s->config->hash, .subset_accuracy = 1};
            text_copy(record.as.preflight.arithmetic, ARITHMETIC_SIZE, "test");
        }
        Event found = {.kind = EVENT_JOB_RESULT, .record = &record};
        simulation_step(s, &found);
    }
    Event ended = {.kind = EVENT_JOB_ENDED, .seconds = 0.01, .text = ""};
    simulation_step(s, &ended);
}

/* --- the campaign --- */

static void first_records(Simulation *s, const char *yaml) {
    Record records[3] = {{.kind = RECORD_CAMPAIGN}, {.kind = RECORD_DATA}, {.kind = RECORD_START}};
    records[0].as.campaign.format_version = JOURNAL_FORMAT_VERSION;
    records[0].as.campaign.config_hash = s->config->hash;
    MUST(memory_text(&records[0].as.campaign.name, "simulated"));
    MUST(memory_text(&records[0].as.campaign.config_name, "test.yaml"));
    MUST(memory_text(&records[0].as.campaign.config_text, yaml));
    MUST(memory_text(&records[0].as.campaign.versions, "test"));
    records[1].as.data.shape = (Shape){1, 1, 2};
    text_copy(records[2].as.start.arithmetic, ARITHMETIC_SIZE, "test");
    MUST(memory_text(&records[2].as.start.config_text, ""));
    for (size_t i = 0; i < 3; i++) {
        ByteWriter writer = {0};
        record_encode(&records[i], &writer);
        MUST(bytes_writer_status(&writer));
        bytes_put_u64(&s->journal, writer.length);
        bytes_put_raw(&s->journal, writer.data, writer.length);
        bytes_writer_release(&writer);
        record_release(&records[i]);
    }
}

void simulation_begin(Simulation *s, const char *yaml, uint32_t workers, uint64_t order,
                      const ByteWriter *journal) {
    *s = (Simulation){.workers = workers, .crash_trial = UINT64_MAX};
    s->order = random_stream(order, RANDOM_SYNTHETIC, 0, 0, 0, 0);
    MUST(config_parse(&s->config, "test.yaml", yaml, strlen(yaml)));
    if (journal == NULL)
        first_records(s, yaml);
    else
        bytes_put_raw(&s->journal, journal->data, journal->length);
    Ledger *ledger;
    MUST(ledger_create(&ledger));
    ByteReader reader = bytes_reader(s->journal.data, s->journal.length);
    while (reader.position < reader.length) {
        size_t length;
        const uint8_t *bytes = bytes_get_block(&reader, &length);
        Record record;
        MUST(record_decode(&record, bytes, length));
        MUST(ledger_apply(ledger, &record));
    }
    MUST(coordinator_create(&s->coordinator, s->config, ledger, workers, journal != NULL, moment(s)));
    Event tick = {.kind = EVENT_TICK};
    simulation_step(s, &tick);
    for (uint32_t w = 0; w < workers; w++) {
        outlets[w] = (Outlet){s, w};
        s->ends[w] = INFINITY;
        s->worker[w] = (Worker){.outlet = worker_says, .context = &outlets[w], .trial_limit = INFINITY};
        HelloMessage hello = {.process = w};
        text_copy(hello.host, sizeof(hello.host), "node");
        text_copy(hello.arithmetic, sizeof(hello.arithmetic), "test");
        MUST(worker_start(&s->worker[w], &hello, s->now));
    }
}

/* The next child to end ends, or a moment passes. */
static void time_passes(Simulation *s) {
    uint32_t first = 0;
    for (uint32_t w = 1; w < s->workers; w++) {
        if (s->ends[w] < s->ends[first]) first = w;
    }
    if (s->ends[first] < INFINITY) {
        s->now = s->ends[first];
        child_ends(s, first);
    } else {
        s->now += 0.1;
    }
    Event tick = {.kind = EVENT_TICK};
    simulation_step(s, &tick);
}

static void round_of(Simulation *s) {
    deliver(s);
    if (s->synced_nothing) {
        s->synced_nothing = false;
        Event synced = {.kind = EVENT_SYNCED};
        simulation_step(s, &synced);
    }
    if (s->job_pending) job_done(s);
    time_passes(s);
}

void simulation_run(Simulation *s, size_t trials) {
    for (int guard = 0; !s->finished; guard++) {
        CU_ASSERT_FATAL(guard < 1000000);
        release_held(s);
        deliver(s);
        if (trials > 0 && coordinator_ledger(s->coordinator)->finished_count >= trials) return;
        round_of(s);
    }
}

void simulation_run_to_job(Simulation *s, JobKind job) {
    for (int guard = 0;; guard++) {
        CU_ASSERT_FATAL(guard < 1000000 && !s->finished);
        deliver(s);
        if (s->job_pending && s->job == job) return;
        round_of(s);
    }
}

void simulation_lose(Simulation *s, uint32_t w) {
    s->gone[w] = true;
    s->ends[w] = INFINITY;
    Event lost = {.kind = EVENT_WORKER_LOST, .worker = w};
    simulation_step(s, &lost);
}

void simulation_stop(Simulation *s) {
    Event stop = {.kind = EVENT_STOP};
    simulation_step(s, &stop);
}

void simulation_end(Simulation *s) {
    for (uint32_t w = 0; w < s->workers; w++)
        worker_release(&s->worker[w]);
    for (size_t i = 0; i < s->queued; i++)
        message_release(&s->queue[i].message);
    for (size_t i = 0; i < s->held_count; i++)
        message_release(&s->held[i].message);
    coordinator_destroy(&s->coordinator);
    config_destroy(&s->config);
    bytes_writer_release(&s->journal);
    actions_release(&s->actions);
}

char *simulation_table(const Simulation *s) {
    const Ledger *ledger = coordinator_ledger(s->coordinator);
    Text text = {0};
    for (size_t id = 0; id < ledger->trial_count; id++) {
        const LedgerTrial *trial = &ledger->trials[id];
        if (!trial->finished) continue;
        text_add(&text, "%zu %s %a %016llx", id, trial_status_name(trial->record.outcome.status),
                 trial->record.outcome.val_accuracy, (unsigned long long)trial->record.outcome.weights_hash);
        for (size_t p = 0; p < s->config->space.count; p++) {
            char value[64];
            parameter_value_text(&s->config->space.parameters[p], trial->draw->value[p], value,
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

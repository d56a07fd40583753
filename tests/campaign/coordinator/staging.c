/* How a simulated run begins, from what the runs before have left, and how it ends. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "base/memory.h"
#include "campaign/coordinator/simulation.h"

#define MUST(call) CU_ASSERT_EQUAL_FATAL(call, STATUS_OK)

/* --- the journal and the folder --- */

static void first_records(Simulation *s) {
    Record records[2] = {{.kind = RECORD_CAMPAIGN}, {.kind = RECORD_DATA}};
    records[0].as.campaign.format_version = JOURNAL_FORMAT_VERSION;
    records[0].as.campaign.config_hash = s->config->hash;
    MUST(memory_text(&records[0].as.campaign.name, "simulated"));
    MUST(memory_text(&records[0].as.campaign.config_name, "test.yaml"));
    MUST(memory_text(&records[0].as.campaign.config_text, s->yaml));
    MUST(memory_text(&records[0].as.campaign.versions, "test"));
    records[1].as.data.shape = (Shape){1, 1, 2};
    for (size_t i = 0; i < 2; i++) {
        ByteWriter writer = {0};
        record_encode(&records[i], &writer);
        MUST(bytes_writer_status(&writer));
        bytes_put_u64(&s->world->journal, writer.length);
        bytes_put_raw(&s->world->journal, writer.data, writer.length);
        bytes_writer_release(&writer);
        record_release(&records[i]);
    }
}

static void start_record(Simulation *s) {
    Record record = {.kind = RECORD_START};
    ByteWriter writer = {0};
    text_copy(record.as.start.arithmetic, ARITHMETIC_SIZE, "test");
    MUST(memory_text(&record.as.start.config_text, ""));
    record_encode(&record, &writer);
    bytes_put_u64(&s->world->journal, writer.length);
    bytes_put_raw(&s->world->journal, writer.data, writer.length);
    bytes_writer_release(&writer);
    record_release(&record);
    s->world->synced_length = s->world->journal.length;
}

static Ledger *read_journal(const World *world) {
    Ledger *ledger;
    MUST(ledger_create(&ledger));
    ByteReader reader = bytes_reader(world->journal.data, world->journal.length);
    while (reader.position < reader.length) {
        size_t length;
        const uint8_t *bytes = bytes_get_block(&reader, &length);
        Record record;
        MUST(record_decode(&record, bytes, length));
        MUST(ledger_apply(ledger, &record));
    }
    return ledger;
}

/* As parts_sweep does it at the start: what no record names goes. */
static void sweep(World *world, const Ledger *ledger) {
    for (size_t f = world->file_count; f-- > 0;) {
        bool used = false;
        for (size_t id = 0; id < ledger->trial_count && !used; id++) {
            const LedgerTrial *trial = &ledger->trials[id];
            const CheckpointRecord *saved = trial->finished ? NULL : trial->checkpoint;
            used = (trial->kept && trial->finished &&
                    ledger_in_pool(ledger, METRIC_VAL_ACCURACY, 5, id, &trial->record.outcome) &&
                    strcmp(trial->member->blob, world->files[f].name) == 0) ||
                   (saved != NULL && strcmp(saved->blob, world->files[f].name) == 0);
        }
        if (!used) world_remove(world, world->files[f].name);
    }
}

/* --- ranks --- */

/* Where a worker's messages go. */
typedef struct Outlet {
    Simulation *simulation;
    uint32_t worker;
} Outlet;
static Outlet outlets[SIMULATION_MAX_WORKERS];

static Status worker_says(void *context, WorkerPeer peer, const Message *message) {
    const Outlet *outlet = context;
    Simulation *s = outlet->simulation;
    SimulatedRank *rank = &s->ranks[outlet->worker];
    if (peer == WORKER_TO_COORDINATOR) {
        mail_put(&rank->to_coordinator, message);
        return STATUS_OK;
    }
    Mail hop = {0}; /* its encoding, as on a real channel */
    Message copy;
    mail_put(&hop, message);
    CU_ASSERT_TRUE_FATAL(mail_take(&hop, &copy));
    mail_release(&hop);
    host_take(&rank->host, &copy, &s->dice, s->now);
    message_release(&copy);
    return STATUS_OK;
}

static void begin_rank(Simulation *s, uint32_t w) {
    SimulatedRank *rank = &s->ranks[w];
    *rank = (SimulatedRank){.report = INFINITY};
    bool sees = (s->blind >> w & 1) == 0;
    rank->host = (SimulatedHost){.world = s->world,
                                 .config = s->config,
                                 .arithmetic = (s->other >> w & 1) != 0 ? "other" : "test",
                                 .sees_parts = sees,
                                 .cannot_write = (s->cannot_write >> w & 1) != 0,
                                 .kills = (s->kills >> w & 1) != 0,
                                 .diverge_all = s->diverge_all,
                                 .crash = s->chances.crash,
                                 .hang = s->chances.hang};
    outlets[w] = (Outlet){s, w};
    rank->worker = (Worker){.outlet = worker_says,
                            .context = &outlets[w],
                            .limits = s->config->limits,
                            .watches_coordinator = w > 0,
                            .sees_parts = sees};
    rank->hello = (HelloMessage){.sees_parts = sees};
    snprintf(rank->hello.host, HOST_NAME_SIZE, "node%u", s->ranks_a_node > 1 ? w / s->ranks_a_node : w);
    text_copy(rank->hello.arithmetic, ARITHMETIC_SIZE, rank->host.arithmetic);
    MUST(worker_start(&rank->worker, &rank->hello, s->now));
}

void simulation_begin(Simulation *s) {
    s->dice = random_stream(s->order, RANDOM_SYNTHETIC, 0, 0, 0, 0);
    s->began = s->now = s->world->clock;
    MUST(config_parse(&s->config, "test.yaml", s->yaml, strlen(s->yaml)));
    bool fresh = s->world->journal.length == 0;
    if (fresh) first_records(s);
    start_record(s);
    Ledger *ledger = read_journal(s->world);
    sweep(s->world, ledger);
    CoordinatorPlace place = {.workers = s->workers,
                              .shard = s->shard.count > 0 ? s->shard : SHARD_ALL,
                              .published = !fresh,
                              .strict = s->strict,
                              .deadline = s->time_limit > 0 ? s->now + s->time_limit : INFINITY};
    MUST(coordinator_create(&s->coordinator, s->config, ledger, &place, simulation_moment(s)));
    for (uint32_t w = 0; w < s->workers; w++)
        begin_rank(s, w);
    Event tick = {.kind = EVENT_TICK};
    simulation_event(s, &tick);
}

void simulation_end(Simulation *s) {
    s->world->clock = s->now;
    for (uint32_t w = 0; w < s->workers; w++) {
        SimulatedRank *rank = &s->ranks[w];
        worker_release(&rank->worker);
        host_end(&rank->host);
        mail_release(&rank->to_worker);
        mail_release(&rank->to_coordinator);
    }
    coordinator_destroy(&s->coordinator);
    config_destroy(&s->config);
    actions_release(&s->actions);
    text_release(&s->news);
    free(s->finish.text);
    free(s->superseded);
}

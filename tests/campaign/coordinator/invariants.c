/* What must hold in a simulated campaign at every moment, and at its end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "base/hash.h"
#include "campaign/coordinator/simulation.h"

#define TRANSFERS 8

/* Who waits for the verdict on its network gets no new trial before. */
static void check_nothing_offered(const SimulatedRank *rank) {
    if (rank->dead || rank->gone || rank->was_lost) return;
    bool asked = rank->worker.offered.blob != NULL && !rank->worker.storing && !rank->worker.by_channel;
    bool answered = false;
    for (size_t i = 0; i < rank->to_worker.count; i++)
        answered |= rank->to_worker.letters[i].kind == MESSAGE_VERDICT;
    CU_ASSERT_TRUE(!asked || answered);
}

/* Nothing is sent to who is lost or has left, as far as the coordinator can know; a lease's checkpoint is
 * the newest one, lies in the folder, and is of the worker's arithmetic. */
void check_send(const Simulation *s, const Action *action) {
    const SimulatedRank *rank = &s->ranks[action->worker];
    CU_ASSERT_FALSE(rank->told_dead);
    CU_ASSERT_FALSE(rank->farewell);
    CU_ASSERT_FALSE(coordinator_worker(s->coordinator, action->worker).lost);
    if (action->message->kind != MESSAGE_LEASE) return;
    check_nothing_offered(rank);
    const LeaseMessage *lease = &action->message->as.lease;
    const CheckpointRecord *newest = coordinator_ledger(s->coordinator)->trials[lease->trial].checkpoint;
    if (newest != NULL && strcmp(newest->arithmetic, rank->host.arithmetic) != 0) newest = NULL;
    if (newest != NULL && newest->epoch > lease->until_epoch)
        newest = NULL; /* it was let past, which is lost */
    CU_ASSERT_EQUAL(lease->checkpoint.epoch, newest != NULL ? newest->epoch : 0);
    if (newest == NULL) return;
    CU_ASSERT_PTR_NOT_NULL(world_find(s->world, newest->blob));
    CU_ASSERT_EQUAL(action->with_checkpoint, !rank->host.sees_parts);
}

static void check_blob(const Simulation *s, const char *name, uint64_t length, uint64_t hash) {
    const WorldFile *file = world_find(s->world, name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(file->length, length);
    CU_ASSERT_EQUAL(hash64(file->bytes, file->length), hash);
}

/* A checkpoint is recorded only where nobody but its lease has the trial. */
static void check_owner(const Simulation *s, const char *name) {
    unsigned long long trial, number;
    unsigned epoch;
    CU_ASSERT_EQUAL_FATAL(sscanf(name, "checkpoint-%llu-%llu-%u", &trial, &number, &epoch), 3);
    CU_ASSERT_FATAL(trial < WORLD_MAX_TRIALS);
    CU_ASSERT_TRUE(s->held_by[trial] == 0 || s->held_by[trial] == number);
}

static void check_holder(Simulation *s, const LeaseRecord *lease) {
    uint64_t *holder = &s->held_by[lease->trial];
    CU_ASSERT_FATAL(lease->trial < WORLD_MAX_TRIALS);
    CU_ASSERT_TRUE(*holder == 0 || *holder == lease->lease);
    *holder = lease->outcome == LEASE_OPEN ? lease->lease : 0;
}

/* Weights first: what a record names lies in the folder. */
void check_append(Simulation *s, const Action *action) {
    Record record;
    CU_ASSERT_EQUAL_FATAL(record_decode(&record, action->bytes, action->length), STATUS_OK);
    if (record.kind == RECORD_MEMBER) {
        s->stored++;
        check_blob(s, record.as.member.blob, record.as.member.length, record.as.member.hash);
    }
    if (record.kind == RECORD_LEASE) check_holder(s, &record.as.lease);
    if (record.kind == RECORD_CHECKPOINT) {
        check_blob(s, record.as.checkpoint.blob, record.as.checkpoint.length, record.as.checkpoint.hash);
        check_owner(s, record.as.checkpoint.blob);
    }
    record_release(&record);
}

/* Every row in the pool has its network. */
void check_rows(const Simulation *s) {
    uint64_t *best;
    size_t count;
    const Ledger *ledger = coordinator_ledger(s->coordinator);
    CU_ASSERT_EQUAL_FATAL(ledger_best(ledger, METRIC_VAL_ACCURACY, 5, &best, &count), STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_TRUE(ledger->trials[best[i]].kept);
        CU_ASSERT_PTR_NOT_NULL(world_find(s->world, ledger->trials[best[i]].member->blob));
    }
    free(best);
}

/* What is shown makes sense at any moment. */
void check_view(const Simulation *s) {
    CampaignView view = coordinator_view(s->coordinator);
    uint32_t workers = 0, working = 0;
    for (uint32_t w = 0; w < s->workers; w++) {
        WorkerView worker = coordinator_worker(s->coordinator, w);
        workers += worker.present;
        working += worker.training;
        CU_ASSERT_FALSE(worker.present && worker.lost);
        if (worker.training) CU_ASSERT_TRUE(worker.present && worker.epoch <= worker.epochs);
    }
    CU_ASSERT_EQUAL(view.workers, workers);
    CU_ASSERT_EQUAL(view.working, working);
    CU_ASSERT_TRUE(view.finished <= view.trials);
    CU_ASSERT_TRUE(view.epochs_done <= view.epochs_all);
    CU_ASSERT_TRUE(view.stage_number >= 1 && view.stage_number <= view.stage_count);
}

void check_transfers(Simulation *s) {
    size_t count = 0;
    for (uint32_t w = 0; w < s->workers; w++) {
        SimulatedRank *rank = &s->ranks[w];
        if (coordinator_worker(s->coordinator, w).lost) rank->was_lost = s->world->words_lost = true;
        if (!rank->was_lost && !rank->dead) count += mail_blobs(&rank->to_coordinator);
    }
    for (size_t i = 0; i < s->ranks[0].host.store_count; i++)
        count += s->ranks[0].host.stores[i].owner == STORE_OF_COORDINATOR;
    if (count > s->transfers_most) s->transfers_most = count;
    CU_ASSERT_TRUE(count <= TRANSFERS);
}

/* The pool's networks, all of them and no others; no checkpoint that the coordinator has heard of. */
void check_folder(const Simulation *s) {
    const Ledger *ledger = coordinator_ledger(s->coordinator);
    for (size_t i = 0; i < s->superseded_count; i++)
        world_remove(s->world, s->superseded[i]);
    size_t networks = 0;
    for (size_t i = 0; i < s->world->file_count; i++) {
        const WorldFile *file = &s->world->files[i];
        bool network = strncmp(file->name, "member-", 7) == 0;
        networks += network;
        if (!network) CU_ASSERT_FALSE(file->told);
    }
    uint64_t *best;
    size_t count;
    CU_ASSERT_EQUAL_FATAL(ledger_best(ledger, METRIC_VAL_ACCURACY, 5, &best, &count), STATUS_OK);
    /* A rank may have stored one, and its word did not come: the folder's end is the file's, too. */
    CU_ASSERT_TRUE(s->world->words_lost ? networks >= count : networks == count);
    for (size_t i = 0; i < count; i++) {
        const MemberRecord *member = ledger->trials[best[i]].member;
        check_blob(s, member->blob, member->length, member->hash);
    }
    free(best);
}

/* Leases say which epochs they trained; one of them gave the row (a kill may have cut off another's). */
void check_leases(const Simulation *s) {
    const Ledger *ledger = coordinator_ledger(s->coordinator);
    uint32_t finished[WORLD_MAX_TRIALS] = {0};
    for (size_t i = 0; i < ledger->lease_count; i++) {
        const LeaseRecord *lease = &ledger->leases[i];
        CU_ASSERT_EQUAL_FATAL(lease->lease, i + 1);
        const LedgerRow *row = &ledger->trials[lease->trial].record;
        if (lease->outcome != LEASE_OPEN) {
            CU_ASSERT_TRUE(lease->first_epoch <= lease->last_epoch);
            CU_ASSERT_EQUAL(lease->first_epoch == 0, lease->last_epoch == 0);
        }
        CU_ASSERT_TRUE(row->started <= lease->start);
        bool stopped = row->outcome.status == TRIAL_STOPPED;
        if (lease->outcome == LEASE_PAUSED) {
            CU_ASSERT_TRUE(lease->last_epoch <= row->outcome.epochs);
            finished[lease->trial] += stopped;
        }
        if (lease->outcome != LEASE_FINISHED) continue;
        CU_ASSERT_FALSE(stopped);
        finished[lease->trial] += strcmp(lease->host, row->host) == 0;
        CU_ASSERT_TRUE(lease->last_epoch == 0 || lease->last_epoch == row->outcome.epochs);
    }
    for (size_t id = 0; id < ledger->trial_count; id++) {
        bool failed = ledger->trials[id].record.outcome.status == TRIAL_FAILED;
        CU_ASSERT_TRUE(failed ? finished[id] == 0 : finished[id] > 0);
    }
}

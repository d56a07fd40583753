#include "campaign/coordinator/child.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/text.h"

#define MUST(call) CU_ASSERT_EQUAL_FATAL(call, STATUS_OK)
#define STATE_BYTES 8
#define EPOCHS_MAX 32

/* --- mail --- */

void mail_put(Mail *mail, const Message *message) {
    ByteWriter writer = {0};
    message_encode(message, &writer);
    MUST(bytes_writer_status(&writer));
    MUST(memory_grow(&mail->letters, &mail->capacity, mail->count + 1, sizeof(*mail->letters)));
    bool blob = (message->kind == MESSAGE_NETWORK && message->as.network.blob != NULL) ||
                (message->kind == MESSAGE_CHECKPOINT && message->as.checkpoint.blob != NULL);
    mail->letters[mail->count++] = (struct Letter){writer.data, writer.length, message->kind, blob};
}

bool mail_take(Mail *mail, Message *message) {
    if (mail->count == 0) return false;
    struct Letter first = mail->letters[0];
    mail->count--;
    memmove(mail->letters, mail->letters + 1, mail->count * sizeof(first));
    MUST(message_decode(message, first.bytes, first.length));
    free(first.bytes);
    return true;
}

void mail_cut(Mail *mail, size_t count) {
    while (mail->count > count)
        free(mail->letters[--mail->count].bytes);
}

void mail_release(Mail *mail) {
    mail_cut(mail, 0);
    free(mail->letters);
    *mail = (Mail){0};
}

size_t mail_blobs(const Mail *mail) {
    size_t count = 0;
    for (size_t i = 0; i < mail->count; i++)
        count += mail->letters[i].blob;
    return count;
}

/* --- pretended training --- */

static uint64_t first_state(const LeaseMessage *lease) {
    return hash64(&lease->trial, sizeof(lease->trial));
}

static uint64_t next_state(uint64_t state, uint32_t epoch) {
    uint64_t both[2] = {state, epoch};
    return hash64(both, sizeof(both));
}

static double rate_of(const Config *config, const LeaseMessage *lease) {
    return lease->draw.value[space_find(&config->space, "learning_rate")].number;
}

static bool diverges(const SimulatedHost *host) {
    return host->diverge_all || rate_of(host->config, &host->lease) > 0.5;
}

/* Some trials end early by their own rule. */
static uint32_t epochs_of(const Config *config, const LeaseMessage *lease) {
    uint32_t planned = config->stages[lease->stage].epochs;
    return lease->number % 4 == 3 ? (planned + 1) / 2 : planned;
}

/* In its second epoch, or where it has but one. */
static bool diverged(const SimulatedHost *host) {
    return diverges(host) && (host->epoch >= 2 || host->epoch == epochs_of(host->config, &host->lease));
}

/* It rises, in some trials more slowly than in others. */
static double accuracy_after(const Config *config, const LeaseMessage *lease, uint32_t epochs) {
    double distance = fabs(log10(rate_of(config, lease)) + 2);
    RandomStream noise = random_stream(7, RANDOM_SYNTHETIC, (uint8_t)lease->stage, 0, lease->number, 0);
    double end = 0.9 - 0.1 * distance + 0.01 * random_unit(&noise);
    return end - 0.3 * random_unit(&noise) / epochs;
}

TrainOutcome pretend_outcome(const Config *config, const LeaseMessage *lease, uint32_t epochs,
                             uint64_t state) {
    TrainOutcome outcome = {.epochs = epochs, .best_epoch = epochs, .seconds = 1, .samples_per_second = 1000};
    if (epochs < epochs_of(config, lease)) outcome.status = TRIAL_STOPPED;
    outcome.val_accuracy = accuracy_after(config, lease, epochs);
    outcome.val_loss = outcome.train_loss = 1 - outcome.val_accuracy;
    outcome.weights_hash = state;
    return outcome;
}

static void say(SimulatedHost *host, const Message *message) {
    mail_put(&host->out, message);
}

static void say_ended(SimulatedHost *host, int exit_code, int signal) {
    Message ended = {.kind = MESSAGE_JOB_ENDED};
    ended.as.job_ended = (JobEndedMessage){.slot = JOB_SLOT_TRIAL, .exit_code = exit_code, .signal = signal};
    say(host, &ended);
    host->running = false;
}

/* Go on from the checkpoint that the lease names, or say why not. */
static void restore(SimulatedHost *host, const LeaseMessage *lease, char note[REASON_SIZE]) {
    const CheckpointRecord *record = &lease->checkpoint;
    if (record->epoch == 0) return;
    CU_ASSERT_STRING_EQUAL(record->arithmetic, host->arithmetic); /* else it would lead to other bits */
    const uint8_t *bytes = lease->blob;
    size_t length = lease->length;
    if (bytes == NULL && host->sees_parts) {
        const WorldFile *file = world_find(host->world, record->blob);
        bytes = file != NULL ? file->bytes : NULL;
        length = file != NULL ? file->length : 0;
    }
    CheckpointBlob blob;
    if (bytes == NULL || length != record->length || hash64(bytes, length) != record->hash) {
        text_copy(note, REASON_SIZE, "its checkpoint cannot be read");
        return;
    }
    MUST(checkpoint_blob_decode(&blob, bytes, length));
    CU_ASSERT_EQUAL(blob.trial, lease->trial);
    CU_ASSERT_EQUAL(blob.epoch, record->epoch);
    memcpy(&host->state, blob.state, STATE_BYTES);
    host->epoch = blob.epoch;
    checkpoint_blob_release(&blob);
}

static void begin(SimulatedHost *host, const LeaseMessage *lease, RandomStream *dice, double now) {
    CU_ASSERT_FALSE_FATAL(host->running); /* a host runs one child at a time */
    World *world = host->world;
    host->running = true;
    host->lease = *lease;
    host->lease.blob = NULL;
    host->save = false;
    host->epoch = 0;
    host->epochs = epochs_of(host->config, lease);
    CU_ASSERT_TRUE(lease->until_epoch >= 1 &&
                   lease->until_epoch <= host->config->stages[lease->stage].epochs);
    if (lease->until_epoch < host->epochs) host->epochs = lease->until_epoch;
    host->state = first_state(lease);
    host->pace = 0.2 + random_unit(dice);
    host->next = now + host->pace;
    Message message = {.kind = MESSAGE_PROGRESS};
    ProgressMessage *progress = &message.as.progress;
    *progress = (ProgressMessage){.lease = lease->lease, .trial = lease->trial, .begun = true};
    restore(host, lease, progress->note);
    progress->from_epoch = host->epoch;
    say(host, &message);
    host->fate = FATE_WELL;
    if (host->epoch == host->epochs) { /* saved there, and its report was lost */
        host->next = now;
        return;
    }
    host->fate_epoch = host->epoch + 1 + random_below(dice, host->epochs - host->epoch);
    bool may = !world->hurt[lease->trial];
    double chance = random_unit(dice);
    if (host->kills) {
        host->fate = FATE_CRASH;
        host->fate_epoch = host->epoch + 1;
    } else if (lease->trial == world->fragile && world->crashes > 0) {
        world->crashes--;
        host->fate = FATE_CRASH;
    } else if (lease->trial == world->poison[0] || lease->trial == world->poison[1]) {
        host->fate = FATE_CRASH;
        host->fate_epoch = host->epoch >= world->poison_epoch ? host->epoch + 1 : world->poison_epoch;
    } else if (may && chance < host->crash + host->hang) {
        world->hurt[lease->trial] = true;
        host->fate = chance < host->crash ? FATE_CRASH : FATE_HANG;
    }
}

static bool save(SimulatedHost *host) {
    CheckpointBlob blob = {.trial = host->lease.trial, .epoch = host->epoch, .curve_count = host->epoch};
    text_copy(blob.arithmetic, sizeof(blob.arithmetic), host->arithmetic);
    EpochRow curve[EPOCHS_MAX] = {{0}};
    uint8_t state[STATE_BYTES];
    CU_ASSERT_FATAL(host->epoch <= EPOCHS_MAX);
    memcpy(state, &host->state, STATE_BYTES);
    blob.curve = curve;
    blob.state = state;
    blob.state_length = STATE_BYTES;
    ByteWriter writer = {0};
    checkpoint_blob_encode(&blob, &writer);
    MUST(bytes_writer_status(&writer));
    Message message = {.kind = MESSAGE_CHECKPOINT};
    CheckpointMessage *checkpoint = &message.as.checkpoint;
    checkpoint->lease = host->lease.lease;
    checkpoint->record =
        checkpoint_record_of(&blob, host->lease.lease, host->epoch, writer.data, writer.length);
    checkpoint->stored = host->sees_parts;
    bool saved = true;
    if (host->sees_parts) {
        saved = !host->cannot_write &&
                world_write(host->world, checkpoint->record.blob, writer.data, writer.length, false);
    } else {
        checkpoint->blob = writer.data;
        checkpoint->length = writer.length;
    }
    if (saved) say(host, &message);
    bytes_writer_release(&writer);
    return saved;
}

static void finish(SimulatedHost *host) {
    Message result = {.kind = MESSAGE_RESULT};
    result.as.result.lease = host->lease.lease;
    TrialRecord *row = &result.as.result.record;
    row->trial = host->lease.trial;
    EpochRow curve[EPOCHS_MAX] = {{0}};
    for (uint32_t i = 0; i < host->epoch; i++) {
        double accuracy = accuracy_after(host->config, &host->lease, i + 1);
        curve[i] = (EpochRow){.epoch = i + 1, .val_accuracy = accuracy, .val_loss = 1 - accuracy};
    }
    row->curve = curve;
    row->curve_count = host->epoch;
    row->outcome = pretend_outcome(host->config, &host->lease, host->epoch, host->state);
    if (diverged(host))
        row->outcome = (TrainOutcome){.status = TRIAL_DIVERGED,
                                      .epochs = host->epoch - 1,
                                      .val_accuracy = NAN,
                                      .val_loss = NAN,
                                      .train_loss = NAN,
                                      .seconds = 1};
    say(host, &result);
    if (row->outcome.status == TRIAL_COMPLETED) {
        uint64_t weights[2] = {host->lease.trial, host->state};
        Message network = {.kind = MESSAGE_NETWORK};
        network.as.network = (NetworkMessage){.lease = host->lease.lease,
                                              .trial = host->lease.trial,
                                              .blob = (uint8_t *)weights,
                                              .length = sizeof(weights)};
        say(host, &network);
    }
    say_ended(host, 0, 0);
}

/* An epoch ends. */
static void epoch(SimulatedHost *host, RandomStream *dice) {
    if (host->epoch == host->epochs) {
        finish(host);
        return;
    }
    host->epoch++;
    if (host->fate != FATE_WELL && host->epoch == host->fate_epoch) {
        if (host->fate == FATE_CRASH)
            say_ended(host, -1, 11);
        else
            host->next = INFINITY;
        return;
    }
    host->state = next_state(host->state, host->epoch);
    host->world->epochs_trained++;
    host->next += host->pace;
    Message message = {.kind = MESSAGE_PROGRESS};
    message.as.progress = (ProgressMessage){.lease = host->lease.lease,
                                            .trial = host->lease.trial,
                                            .has_row = true,
                                            .row = {.epoch = host->epoch, .seconds = host->pace}};
    say(host, &message);
    if (host->epoch == host->epochs || diverged(host)) {
        bool at_rung = host->epoch < epochs_of(host->config, &host->lease) && !diverged(host);
        if (at_rung) save(host);
        finish(host);
    } else if (host->save) {
        save(host);
        say_ended(host, 0, 0);
    } else if (random_unit(dice) < 0.4) {
        save(host);
    }
}

/* --- the host --- */

void host_take(SimulatedHost *host, Message *message, RandomStream *dice, double now) {
    switch (message->kind) {
    case MESSAGE_JOB: begin(host, &message->as.job.lease, dice, now); return;
    case MESSAGE_CANCEL:
        if (host->running) say_ended(host, -1, 9);
        return;
    case MESSAGE_SAVE: host->save = true; return;
    case MESSAGE_STORE:
        CU_ASSERT_FATAL(host->store_count < HOST_STORES);
        host->stores[host->store_count++] = message->as.store;
        message->as.store.blob = NULL; /* taken over */
        return;
    default: CU_FAIL_FATAL("no message for a host");
    }
}

static void store(SimulatedHost *host) {
    StoreMessage *order = &host->stores[0];
    bool written =
        !host->cannot_write && world_write(host->world, order->name, order->blob, order->length, false);
    Message message = {.kind = MESSAGE_STORED};
    StoredMessage *stored = &message.as.stored;
    stored->owner = order->owner;
    stored->status = written ? STATUS_OK : STATUS_ENVIRONMENT;
    text_copy(stored->name, sizeof(stored->name), order->name);
    text_copy(stored->text, sizeof(stored->text), written ? "" : "parts/x: No space left on device");
    say(host, &message);
    free(order->blob);
    memmove(host->stores, host->stores + 1, --host->store_count * sizeof(*order));
}

void host_run(SimulatedHost *host, RandomStream *dice, double now) {
    while (host->running && host->next <= now)
        epoch(host, dice);
    while (host->store_count > 0 && random_unit(dice) < 0.6)
        store(host);
}

void host_end(SimulatedHost *host) {
    for (size_t i = 0; i < host->store_count; i++)
        free(host->stores[i].blob);
    host->store_count = 0;
    mail_release(&host->out);
}

/* The networks that a trainer keeps besides the best one. */
#include <string.h>

#include "engine/trainer_internal.h"

static size_t kept(const Trainer *trainer) {
    size_t taken = trainer->snapshots_taken, slots = trainer->snapshot_slots;
    return taken < slots ? taken : slots;
}

/* The i-th of those that are kept, by epoch. */
static size_t slot(const Trainer *trainer, size_t i) {
    return (trainer->snapshots_taken - kept(trainer) + i) % trainer->snapshot_slots;
}

size_t trainer_snapshot_count(const Trainer *trainer) {
    return trainer->diverged ? 0 : kept(trainer);
}

Snapshot trainer_snapshot(const Trainer *trainer, size_t i) {
    const struct TrainerSnapshot *snapshot = &trainer->snapshots[slot(trainer, i)];
    return (Snapshot){.epoch = snapshot->epoch,
                      .parameters = snapshot->parameters,
                      .probabilities = snapshot->probabilities};
}

static struct TrainerSnapshot *next(Trainer *trainer, uint32_t epoch) {
    struct TrainerSnapshot *snapshot =
        &trainer->snapshots[trainer->snapshots_taken++ % trainer->snapshot_slots];
    snapshot->epoch = epoch;
    return snapshot;
}

void trainer_take_snapshot(Trainer *trainer, uint32_t epoch, const float *probabilities) {
    struct TrainerSnapshot *snapshot = next(trainer, epoch);
    memcpy(snapshot->parameters, network_parameters(trainer->network), trainer_parameter_bytes(trainer));
    memcpy(snapshot->probabilities, probabilities, trainer_probability_bytes(trainer));
}

/* Which epochs they are of follows from the settings. */
void trainer_save_snapshots(const Trainer *trainer, ByteWriter *writer) {
    for (size_t i = 0; i < kept(trainer); i++) {
        const struct TrainerSnapshot *snapshot = &trainer->snapshots[slot(trainer, i)];
        bytes_put_block(writer, snapshot->parameters, trainer_parameter_bytes(trainer));
        bytes_put_block(writer, snapshot->probabilities, trainer_probability_bytes(trainer));
    }
}

static void pass_over(ByteReader *reader, size_t length) {
    size_t found;
    (void)bytes_get_block(reader, &found);
    reader->failed |= found != length;
}

void trainer_restore_snapshots(Trainer *trainer, ByteReader *reader) {
    if (!trainer->settings.snapshots) {
        while (!reader->failed && reader->position < reader->length) {
            pass_over(reader, trainer_parameter_bytes(trainer));
            pass_over(reader, trainer_probability_bytes(trainer));
        }
        return;
    }
    for (uint32_t epoch = 1; epoch <= trainer->epochs; epoch++) {
        if (schedule_minimum(&trainer->settings, epoch - 1)) (void)next(trainer, epoch);
    }
    for (size_t i = 0; i < kept(trainer); i++) {
        struct TrainerSnapshot *snapshot = &trainer->snapshots[slot(trainer, i)];
        bytes_get_block_into(reader, snapshot->parameters, trainer_parameter_bytes(trainer));
        bytes_get_block_into(reader, snapshot->probabilities, trainer_probability_bytes(trainer));
    }
}

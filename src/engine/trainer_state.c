/* A trainer between two epochs as bytes. What a newly made trainer has already (settings, examples, blocks)
 * and what each epoch makes afresh (order, scratch, the newest probabilities) stay out. */
#include <assert.h>
#include <math.h>

#include "engine/trainer_internal.h"

static size_t average_bytes(const Trainer *trainer) {
    return trainer_averages(&trainer->settings) ? trainer_parameter_bytes(trainer) : 0;
}

void trainer_save(const Trainer *trainer, ByteWriter *writer) {
    assert(!trainer->done);
    bytes_put_u32(writer, trainer->epochs);
    bytes_put_u64(writer, trainer->trained);
    bytes_put_f64(writer, trainer->seconds);
    bytes_put_f64(writer, trainer->train_seconds);
    bytes_put_f64(writer, trainer->plateau.best);
    bytes_put_u32(writer, trainer->plateau.waited);
    bytes_put_u32(writer, trainer->plateau.reductions);
    bytes_put_u32(writer, trainer->plateau.seen);
    bytes_put_u32(writer, trainer->best.epoch);
    bytes_put_f64(writer, trainer->best.train_loss);
    bytes_put_f64(writer, trainer->best.val_loss);
    bytes_put_f64(writer, trainer->best.val_accuracy);
    bytes_put_block(writer, network_parameters(trainer->network), trainer_parameter_bytes(trainer));
    optimizer_save(trainer->optimizer, writer);
    bytes_put_block(writer, trainer->average, average_bytes(trainer));
    bytes_put_block(writer, trainer->best_parameters, trainer_parameter_bytes(trainer));
    bytes_put_block(writer, trainer->best_probabilities, trainer_probability_bytes(trainer));
    trainer_save_snapshots(trainer, writer);
}

/* The numbers agree with each other and with what is trained here. */
static bool makes_sense(const Trainer *trainer) {
    const PlateauState *plateau = &trainer->plateau;
    return trainer->epochs < trainer->settings.epochs &&
           !early_stop(&trainer->settings, trainer->epochs, trainer->best.epoch) &&
           trainer->trained == trainer->epochs * trainer->train.count &&
           optimizer_steps(trainer->optimizer) == (uint64_t)trainer->epochs * trainer->steps &&
           (trainer->best.epoch > 0) == (trainer->epochs > 0) && trainer->best.epoch <= trainer->epochs &&
           plateau->seen <= trainer->epochs && plateau->waited <= plateau->seen &&
           plateau->reductions <= plateau->seen && isfinite(trainer->seconds) && trainer->seconds >= 0 &&
           isfinite(trainer->train_seconds) && trainer->train_seconds >= 0;
}

Status trainer_restore(Trainer *trainer, ByteReader *reader) {
    assert(trainer->epochs == 0);
    trainer->epochs = bytes_get_u32(reader);
    trainer->trained = bytes_get_u64(reader);
    trainer->seconds = bytes_get_f64(reader);
    trainer->train_seconds = bytes_get_f64(reader);
    trainer->plateau.best = bytes_get_f64(reader);
    trainer->plateau.waited = bytes_get_u32(reader);
    trainer->plateau.reductions = bytes_get_u32(reader);
    trainer->plateau.seen = bytes_get_u32(reader);
    trainer->best.epoch = bytes_get_u32(reader);
    trainer->best.train_loss = bytes_get_f64(reader);
    trainer->best.val_loss = bytes_get_f64(reader);
    trainer->best.val_accuracy = bytes_get_f64(reader);
    bytes_get_block_into(reader, network_parameters(trainer->network), trainer_parameter_bytes(trainer));
    optimizer_restore(trainer->optimizer, reader);
    bytes_get_block_into(reader, trainer->average, average_bytes(trainer));
    bytes_get_block_into(reader, trainer->best_parameters, trainer_parameter_bytes(trainer));
    bytes_get_block_into(reader, trainer->best_probabilities, trainer_probability_bytes(trainer));
    bool sound = !reader->failed && makes_sense(trainer);
    if (sound) trainer_restore_snapshots(trainer, reader);
    if (sound && !reader->failed && reader->position == reader->length) return STATUS_OK;
    return status_fail(
        STATUS_INPUT,
        "the saved state of a trial, %zu bytes, is damaged or of another network, optimizer or "
        "data; without it the trial starts from its first epoch",
        reader->length);
}

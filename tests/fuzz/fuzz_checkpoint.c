/* A trial's saved state, given to a trainer of its kind (the first byte says which): what is accepted is
 * saved again with the same bytes, and training goes on from it. */
#include "fuzz.h"
#include "small_trainer.h"

static void go_on(Trainer *trainer) {
    bool done = false;
    for (int epoch = 0; !done; epoch++) {
        EpochRow row;
        REQUIRE(epoch < SMALL_TRAINER_EPOCHS);
        trainer_epoch(trainer, &row, &done);
    }
    (void)trainer_outcome(trainer);
}

int fuzz_checkpoint(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    Trainer *trainer = small_trainer(data[0]);
    ByteReader reader = bytes_reader(data + 1, size - 1);
    if (fuzz_accepted(trainer_restore(trainer, &reader))) {
        ByteWriter again = {0};
        trainer_save(trainer, &again);
        fuzz_require_bytes(&again, data + 1, reader.position);
        go_on(trainer);
    }
    trainer_destroy(&trainer);
    return 0;
}

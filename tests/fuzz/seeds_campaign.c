#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "campaign/channel/frames.h"
#include "campaign/ledger/made_up.h"
#include "fuzz.h"
#include "make_seeds.h"
#include "small_trainer.h"

#define OF_EACH 3 /* seeds of each kind of record and message */

static void records(void) {
    RandomStream random = made_up_stream(1);
    for (unsigned i = 0; i < OF_EACH * RECORD_LAST; i++) {
        RecordKind kind = (RecordKind)(RECORD_CAMPAIGN + i % RECORD_LAST);
        Record record = made_up_record(&random, kind);
        ByteWriter writer = {0};
        record_encode(&record, &writer);
        record_release(&record);
        seed_finish("record", "record", i, &writer);
    }
}

static void messages(void) {
    RandomStream random = made_up_stream(2);
    for (unsigned i = 0; i < OF_EACH * MESSAGE_KIND_COUNT; i++) {
        Message message = made_up_message(&random, MESSAGE_KINDS[i % MESSAGE_KIND_COUNT]);
        ByteWriter writer = {0};
        message_encode(&message, &writer);
        message_release(&message);
        seed_finish("wire", "message", i, &writer);
    }
}

/* A trial's state after so many epochs. */
static void put_state(ByteWriter *writer, unsigned kind, unsigned epochs) {
    Trainer *trainer = small_trainer(kind);
    bool done = false;
    for (unsigned epoch = 0; epoch < epochs && !done; epoch++) {
        EpochRow row;
        trainer_epoch(trainer, &row, &done);
    }
    trainer_save(trainer, writer);
    trainer_destroy(&trainer);
}

static void checkpoints(void) {
    for (unsigned kind = 0; kind < 2 * OPTIMIZER_KIND_COUNT; kind++) {
        ByteWriter state = {0}, seed = {0}, stored = {0};
        unsigned epochs = 1 + kind % (SMALL_TRAINER_EPOCHS - 1);
        EpochRow curve[SMALL_TRAINER_EPOCHS] = {0};
        put_state(&state, kind, epochs);
        CheckpointBlob blob = {.trial = kind,
                               .epoch = epochs,
                               .arithmetic = "avx2 Haswell 1",
                               .curve_count = epochs,
                               .curve = curve,
                               .state = state.data,
                               .state_length = state.length};
        bytes_put_u8(&stored, 1);
        checkpoint_blob_encode(&blob, &stored);
        seed_finish("blobs", "checkpoint", kind, &stored);
        bytes_put_u8(&seed, (uint8_t)kind);
        bytes_put_raw(&seed, state.data, state.length);
        seed_finish("checkpoint", "state", kind, &seed);
        bytes_writer_release(&state);
    }
}

static void members(void) {
    RandomStream random = made_up_stream(3);
    for (unsigned i = 0; i < OF_EACH; i++) {
        MemberBlob blob = made_up_member_blob(&random);
        ByteWriter writer = {0};
        bytes_put_u8(&writer, 0);
        member_blob_encode(&blob, &writer);
        member_blob_release(&blob);
        seed_finish("blobs", "member", i, &writer);
    }
}

static void put_frame(ByteWriter *writer, uint32_t length, uint32_t offset, uint32_t part) {
    bytes_put_u32(writer, length);
    bytes_put_u32(writer, offset);
    for (uint32_t i = 0; i < part; i++)
        bytes_put_u8(writer, (uint8_t)(offset + i));
}

static void frames(void) {
    static const char text[] = "\x01\x02\x03\x04 a message";
    ByteWriter pieces = {0}, whole = {0}, socket = {0};
    bytes_put_u8(&pieces, 0);
    put_frame(&pieces, 5, 0, 5);
    seed_separator(&pieces);
    put_frame(&pieces, 9, 0, 4);
    seed_separator(&pieces);
    put_frame(&pieces, 9, 4, 5);
    seed_separator(&pieces);
    put_frame(&pieces, 0, 0, 0);
    seed_finish("frames", "frames", 0, &pieces);
    bytes_put_u8(&whole, 1);
    bytes_put_raw(&whole, "\x7F\xFF", 2);
    bytes_put_raw(&whole, text, strlen(text));
    seed_finish("frames", "pack", 0, &whole);
    bytes_put_u8(&socket, 2);
    for (int i = 0; i < 3; i++)
        bytes_put_text(&socket, text); /* a length, then as many bytes: as the socket has it */
    seed_finish("frames", "socket", 0, &socket);
}

void seeds_of_campaign(void) {
    records();
    messages();
    members();
    checkpoints();
    frames();
}

#include "rank/bench/made_up_network.h"

#include "campaign/records.h"

#define CLASSES 3
#define INPUTS 2

Status made_up_network(uint64_t trial, uint32_t epoch, uint8_t **blob, size_t *length) {
    static char text[] = "{\"input\":[1,1,2],\"classes\":3,\"loss\":\"softmax_cross_entropy\",\"layers\":"
                         "[{\"kind\":\"dense\",\"name\":\"dense1\",\"from\":[\"input\"],\"units\":3}]}";
    float weight[INPUTS * CLASSES] = {0}, bias[CLASSES] = {0}, probabilities[CLASSES] = {1, 0, 0};
    struct MemberBlock blocks[] = {
        {"dense1", "weight", {.rank = 2, .dims = {INPUTS, CLASSES}}, weight},
        {"dense1", "bias", {.rank = 1, .dims = {CLASSES}}, bias},
    };
    MemberBlob member = {.trial = trial,
                         .epoch = epoch,
                         .network = text,
                         .block_count = sizeof(blocks) / sizeof(blocks[0]),
                         .blocks = blocks,
                         .examples = 1,
                         .classes = CLASSES,
                         .probabilities = probabilities};
    ByteWriter writer = {0};
    member_blob_encode(&member, &writer);
    Status status = bytes_writer_status(&writer);
    if (status != STATUS_OK) bytes_writer_release(&writer);
    *blob = writer.data;
    *length = writer.length;
    return status;
}

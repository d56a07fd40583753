/* y = the mean of each channel over height and width. */
#include "engine/op.h"
#include "engine/ops/mean.h"

static Status global_average_pool_shape(const LayerSpec *layer, const Shape *inputs, Shape *out) {
    (void)layer;
    *out = (Shape){1, 1, inputs[0].channels};
    return STATUS_OK;
}

static Places all_places(Shape in) {
    return (Places){
        .rows = in.height, .columns = in.width, .row_pitch = in.width * in.channels, .channels = in.channels};
}

static void global_average_pool_forward(const Node *node, const Run *run) {
    const real *x = node->inputs[0]->data; /* [batch, height, width, channels] */
    real *y = node->output->data;          /* [batch, channels] */
    Places places = all_places(node->in);
    for (size_t i = 0; i < run->batch; i++)
        mean_of_places(&places, x + i * node->inputs[0]->size, y + i * node->output->size);
}

static void global_average_pool_backward(const Node *node, const Run *run) {
    const real *dy = node->output->gradient; /* [batch, channels] */
    real *dx = node->inputs[0]->gradient;    /* [batch, height, width, channels] */
    Places places = all_places(node->in);
    for (size_t i = 0; i < run->batch; i++)
        mean_hand_back(&places, dy + i * node->output->size, node->adds[0], dx + i * node->inputs[0]->size);
}

const Op op_global_average_pool = {.name = "global_average_pool",
                                   .inputs_min = 1,
                                   .inputs_max = 1,
                                   .reading = READS_NOTHING,
                                   .shape = global_average_pool_shape,
                                   .forward = global_average_pool_forward,
                                   .backward = global_average_pool_backward};

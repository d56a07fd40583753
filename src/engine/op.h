/* An op of the graph, inside the engine: one file each under ops/, one row each in ops/table.c. */
#ifndef WINNOW_ENGINE_OP_H
#define WINNOW_ENGINE_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "engine/network.h"
#include "engine/network_spec.h"
#include "engine/real.h"

#define op_of ENGINE_NAME(op_of)
#define op_dense ENGINE_NAME(op_dense)
#define op_conv2d ENGINE_NAME(op_conv2d)
#define op_max_pool ENGINE_NAME(op_max_pool)
#define op_average_pool ENGINE_NAME(op_average_pool)
#define op_global_average_pool ENGINE_NAME(op_global_average_pool)
#define op_batch_norm ENGINE_NAME(op_batch_norm)
#define op_flatten ENGINE_NAME(op_flatten)
#define op_relu ENGINE_NAME(op_relu)
#define op_leaky_relu ENGINE_NAME(op_leaky_relu)
#define op_tanh ENGINE_NAME(op_tanh)
#define op_sigmoid ENGINE_NAME(op_sigmoid)
#define op_dropout ENGINE_NAME(op_dropout)
#define op_add ENGINE_NAME(op_add)
#define op_multiply ENGINE_NAME(op_multiply)
#define op_maximum ENGINE_NAME(op_maximum)

#define OP_MAX_ARRAYS 4

/* Fields of LayerSpec that mean something to an op. */
enum {
    SETTING_UNITS = 1,
    SETTING_INIT = 2,
    SETTING_RATE = 4,
    SETTING_SLOPE = 8,
    SETTING_WINDOW = 16, /* kernel, stride, padding */
    SETTING_NORM = 32    /* momentum, epsilon */
};

/* What backward reads of its op's own output. READS_SIGN: whether a value is above 0, and only where the
 * gradient that arrives is not 0. */
typedef enum Reading { READS_NOTHING, READS_SIGN, READS_VALUES } Reading;

/* One array that an op keeps: trained, unless it says otherwise. */
typedef struct StoredArray {
    const char *role; /* static text, under ARRAY_ROLE_SIZE bytes */
    ArrayShape shape;
    size_t fan_in, fan_out; /* where initial values are random; else 0 */
    real initial;           /* where they are not */
    bool decays;            /* weight decay applies */
    bool kept;              /* not trained: the op itself changes it in forward */
} StoredArray;

/* What an op gives and others take. */
typedef struct Value {
    size_t size;          /* values an example */
    size_t consumers;     /* edges that leave it, the loss included */
    struct Value *shares; /* NULL, or the value whose memory this one has taken over (an op in place) */
    Reading reading;      /* what backward still needs of this memory as it is now */
    bool needs_gradient;  /* something before it is trained */
    real *data;           /* [batch_max, size] */
    real *gradient;       /* [batch_max, size]; NULL where not needed */
} Value;

/* One op in its place in the graph. */
typedef struct Node {
    const struct Op *op;
    const LayerSpec *layer;
    size_t index; /* of the layer */
    size_t input_count;
    Value *inputs[NETWORK_MAX_INPUTS];
    bool adds[NETWORK_MAX_INPUTS]; /* another edge has already written that input's gradient: add to it */
    Value *output;
    Shape in, out; /* of inputs[0] and output, as this op sees them */
    bool in_place; /* inputs[0] and output have the same memory, data and gradient alike */
    size_t array_count;
    size_t first_block; /* of the plan's blocks: that of arrays[0] */
    StoredArray arrays[OP_MAX_ARRAYS];
    size_t offsets[OP_MAX_ARRAYS];   /* in the flat parameters */
    real *parameters[OP_MAX_ARRAYS]; /* of arrays[p].shape */
    real *gradients[OP_MAX_ARRAYS];  /* of arrays[p].shape */
    void *workspace;                 /* kept from forward to backward */
    void *scratch;                   /* shared by all nodes: nothing in it outlives a call */
} Node;

/* One pass over a batch. */
typedef struct Run {
    size_t batch;
    bool training;
    TrialKey key;
    uint32_t step;
} Run;

typedef struct Op {
    const char *name; /* the word of the configuration */
    unsigned settings;
    size_t inputs_min, inputs_max;
    bool alias;      /* the output is the input itself under another shape: no node, no work */
    bool in_place;   /* may overwrite its input, and its gradient in backward */
    bool keeps_sign; /* in place, it leaves what READS_SIGN asks for */
    Reading reading;
    /* `inputs` are input_count shapes. STATUS_INPUT, without the layer's name, where they do not fit. */
    Status (*shape)(const LayerSpec *layer, const Shape *inputs, Shape *out);
    /* Number of stored arrays, at most OP_MAX_ARRAYS; NULL for none. `input` is the first input's. */
    size_t (*arrays)(const LayerSpec *layer, Shape input, StoredArray *out);
    /* Bytes of workspace for batches of up to `batch`, and a tail of 64 bytes more is given; false where they
     * overflow. NULL for none. */
    bool (*workspace)(const Node *node, size_t batch, size_t *bytes);
    /* Bytes of scratch, whatever the batch; false where they overflow. NULL for none. */
    bool (*scratch)(const Node *node, size_t *bytes);
    void (*forward)(const Node *node, const Run *run);
    /* From the output's gradient: the parameters' gradients, and the gradient of each input that needs one.
     */
    void (*backward)(const Node *node, const Run *run);
    /* Hash of which side of its kinks each value is on, continuing `hash`; NULL for smooth ops. */
    uint64_t (*branches)(const Node *node, size_t batch, uint64_t hash);
} Op;

extern const Op op_dense, op_conv2d, op_max_pool, op_average_pool, op_global_average_pool, op_batch_norm,
    op_flatten, op_relu, op_leaky_relu, op_tanh, op_sigmoid, op_dropout, op_add, op_multiply, op_maximum;

const Op *op_of(LayerKind kind);

/* Shape rules that several ops share: the input's own, and inputs of one shape. */
Status shape_same(const LayerSpec *layer, const Shape *inputs, Shape *out) MUST_CHECK;
Status shape_join(const LayerSpec *layer, const Shape *inputs, Shape *out) MUST_CHECK;

/* "784 values" or "28 x 28 x 3 values". */
#define SHAPE_TEXT_SIZE 96
void shape_text(Shape shape, char out[SHAPE_TEXT_SIZE]);

#endif

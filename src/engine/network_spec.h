/* What a network is: a list of layers, each fed by the input or by layers before it. Plain values, no
 * numbers. */
#ifndef WINNOW_ENGINE_NETWORK_SPEC_H
#define WINNOW_ENGINE_NETWORK_SPEC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

#define NETWORK_NAME_SIZE 64 /* bytes of a layer's name with its ending zero */
#define NETWORK_MAX_LAYERS 256
#define NETWORK_MAX_WINDOW 1024    /* places of a kernel, and of its stride, along one axis */
#define NETWORK_MAX_INPUTS 16      /* of one add, multiply or maximum */
#define NETWORK_INPUT ((size_t)-1) /* "layer" index that means the network's own input */

typedef enum LayerKind {
    LAYER_DENSE,               /* units, init */
    LAYER_CONV2D,              /* units (filters), kernel, stride, padding, init */
    LAYER_MAX_POOL,            /* kernel, stride, padding */
    LAYER_AVERAGE_POOL,        /* kernel, stride, padding */
    LAYER_GLOBAL_AVERAGE_POOL, /* one value a channel: the mean over height and width */
    LAYER_BATCH_NORM,          /* momentum, epsilon */
    LAYER_FLATTEN,
    LAYER_RELU,
    LAYER_LEAKY_RELU, /* slope */
    LAYER_TANH,
    LAYER_SIGMOID,
    LAYER_DROPOUT, /* rate */
    LAYER_ADD,     /* two inputs or more of one shape, as the next two */
    LAYER_MULTIPLY,
    LAYER_MAXIMUM,
    LAYER_KIND_COUNT
} LayerKind;

typedef enum InitKind {
    INIT_AUTO,   /* he before relu, leaky_relu and maximum; glorot before tanh and sigmoid; before the loss a
                    tenth of lecun's deviation, so that a fresh network guesses: first loss ln(classes) */
    INIT_HE,     /* N(0, 2/in): He et al. 2015 */
    INIT_GLOROT, /* N(0, 2/(in + out)): Glorot and Bengio 2010 */
    INIT_LECUN   /* N(0, 1/in): LeCun et al. 1998 */
} InitKind;

/* What a window meets at the edges of an image of n places, along one axis with kernel k and stride s. */
typedef enum Padding {
    PADDING_VALID, /* only whole windows: floor((n - k) / s) + 1 outputs */
    PADDING_SAME /* ceil(n / s) outputs: max((out - 1) s + k - n, 0) places are added, the odd one at the end.
                    They are zeros to conv2d and do not exist for pools */
} Padding;

typedef enum LossKind {
    LOSS_SOFTMAX_CROSS_ENTROPY,
    LOSS_HINGE,             /* sum over j != y of max(0, s_j - s_y + 1): Weston and Watkins 1999 */
    LOSS_MEAN_SQUARED_ERROR /* mean over classes of (s_j - [j = y])^2 */
} LossKind;

/* Height, width, channels; channels vary fastest in memory. A table of F columns is {1, 1, F}. */
typedef struct Shape {
    size_t height, width, channels;
} Shape;

size_t shape_size(Shape shape);

#define ARRAY_MAX_RANK 4
#define ARRAY_ROLE_SIZE 16 /* bytes of a role such as "weight" with its ending zero */

/* The dimensions of a stored array, the last one varying fastest. */
typedef struct ArrayShape {
    size_t rank; /* 1 .. ARRAY_MAX_RANK */
    size_t dims[ARRAY_MAX_RANK];
} ArrayShape;

/* Number of values; false where it overflows. */
bool array_count(ArrayShape shape, size_t *count) MUST_CHECK;
bool array_same(ArrayShape a, ArrayShape b);

typedef struct LayerSpec {
    LayerKind kind;
    char name[NETWORK_NAME_SIZE]; /* unique in the network, never empty: "dense1", "relu1", or the user's */
    size_t inputs[NETWORK_MAX_INPUTS]; /* indices of earlier layers, or NETWORK_INPUT */
    size_t input_count;
    size_t units;                       /* dense: outputs; conv2d: filters; >= 1 */
    InitKind init;                      /* dense, conv2d */
    double rate;                        /* dropout: part of the values set to zero, in [0, 1) */
    double slope;                       /* leaky_relu: for negative inputs, default 0.01 */
    size_t kernel_height, kernel_width; /* conv2d, pools: the window, 1 to NETWORK_MAX_WINDOW */
    size_t stride_height, stride_width; /* conv2d, pools: likewise */
    Padding padding;                    /* conv2d, pools */
    double momentum; /* batch_norm: part of the running statistics kept each step, in [0, 1) */
    double epsilon;  /* batch_norm: added to the variance, > 0 */
} LayerSpec;

typedef struct NetworkSpec {
    Shape input;
    size_t classes; /* units that the last layer must end with */
    LossKind loss;  /* applied to the last layer */
    size_t layer_count;
    LayerSpec layers[NETWORK_MAX_LAYERS];
} NetworkSpec;

/* Output shape of layer `layer` (an index). STATUS_INPUT, naming the layer and the shapes, where it does not
 * fit what feeds it. A dense layer takes any shape as one vector; flatten only says so. */
Status network_spec_shape(const NetworkSpec *spec, size_t layer, Shape *out) MUST_CHECK;

/* All layers fit, every layer but the last feeds another, the last one ends in `classes` values. STATUS_INPUT
 * naming the layer and what would be right. *bad_layer (may be NULL) receives the index of the layer at
 * fault. */
Status network_spec_check(const NetworkSpec *spec, size_t *bad_layer) MUST_CHECK;

/* Number of trained parameters; the spec has been checked. */
size_t network_spec_parameters(const NetworkSpec *spec);

/* The word of the configuration: "dense", "leaky_relu"; "he"; "hinge". */
const char *layer_kind_name(LayerKind kind);
const char *init_kind_name(InitKind kind);
const char *padding_name(Padding padding); /* "valid", "same" */
const char *loss_kind_name(LossKind kind);

/* The network as JSON text (owned, free()):
 * {"input":[h,w,c],"classes":n,"loss":..,"layers":[{"kind","name","from": [names, "input"],..}]}; this is the
 * attribute `network` of a stored member. */
Status network_spec_json(const NetworkSpec *spec, char **out) MUST_CHECK;

#endif

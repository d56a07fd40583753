/* Convolutions, pools and batch norm against PyTorch: losses, gradients, trajectories and evaluation as
 * golden/generate_images.py wrote them. Compiled for float, and by test_golden_images_double.c for double. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/network.h"
#include "engine/optimizer.h"
#include "nets.h"
#include "suite.h"
#include "suites.h"

#ifdef ENGINE_DOUBLE
static const double TOLERANCE = 1e-9;
#else
static const double TOLERANCE = 1e-5;
#endif
static const double TOLERANCE_OF_FLOATS = 1e-6; /* probabilities are float in both builds */

#define MOST_LAYERS 16
#define MOST_BLOCKS (4 * MOST_LAYERS)
#define MOST_CLASSES 4
#define MOST_EXAMPLES 8

/* A case, as far as it has been read. */
typedef struct Golden {
    FILE *file;
    char name[64];
    NetworkSpec spec;
    size_t batch;
    Network *network;
    Optimizer *optimizer;
    ParameterBlock blocks[MOST_BLOCKS];
    double worst; /* distance, in tolerances */
    size_t compared;
} Golden;

static double read_number(const Golden *golden) {
    double number = 0;
    if (fscanf(golden->file, "%lf", &number) != 1) CU_FAIL_FATAL("a golden file is too short");
    return number;
}

static size_t read_size(const Golden *golden) {
    return (size_t)read_number(golden);
}

/* Against the next number of the file; a value below 1 counts as 1. */
static void compare(Golden *golden, double value, double tolerance) {
    double expected = read_number(golden), distance = fabs(value - expected) / fmax(fabs(expected), 1);
    if (!(distance / tolerance <= golden->worst)) golden->worst = distance / tolerance;
    golden->compared++;
}

static LayerKind kind_named(const char *name) {
    for (int kind = 0; kind < LAYER_KIND_COUNT; kind++) {
        if (strcmp(layer_kind_name((LayerKind)kind), name) == 0) return (LayerKind)kind;
    }
    CU_FAIL_FATAL("no such layer");
    return LAYER_DENSE;
}

static size_t read_from(const Golden *golden) {
    double from = read_number(golden);
    return from < 0 ? NETWORK_INPUT : (size_t)from;
}

static void read_window(const Golden *golden, LayerSpec *layer, bool square) {
    layer->kernel_height = layer->kernel_width = read_size(golden);
    if (!square) layer->kernel_width = read_size(golden);
    layer->stride_height = layer->stride_width = read_size(golden);
    layer->padding = read_size(golden) == 1 ? PADDING_SAME : PADDING_VALID;
}

static void read_layer(Golden *golden) {
    char word[32] = "";
    CU_ASSERT_EQUAL_FATAL(fscanf(golden->file, "%31s", word), 1);
    CU_ASSERT_FATAL(golden->spec.layer_count < MOST_LAYERS);
    LayerKind kind = kind_named(word);
    size_t from = read_from(golden);
    size_t at = kind == LAYER_ADD ? net_join(&golden->spec, kind, from, read_from(golden))
                                  : net_add(&golden->spec, kind, from);
    LayerSpec *layer = &golden->spec.layers[at];
    if (kind == LAYER_CONV2D || kind == LAYER_DENSE) layer->units = read_size(golden);
    if (kind == LAYER_CONV2D) read_window(golden, layer, false);
    if (kind == LAYER_MAX_POOL || kind == LAYER_AVERAGE_POOL) read_window(golden, layer, true);
    if (kind == LAYER_BATCH_NORM) {
        layer->momentum = read_number(golden);
        layer->epsilon = read_number(golden);
    }
}

/* All layers are read: the network with its batch and an optimizer. */
static void begin(Golden *golden) {
    CU_ASSERT_EQUAL_FATAL(network_spec_check(&golden->spec, NULL), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(network_create(&golden->network, &golden->spec, golden->batch), STATUS_OK);
    for (size_t b = 0; b < network_block_count(golden->network); b++)
        golden->blocks[b] = network_block(golden->network, b);
    for (size_t i = 0; i < golden->batch * shape_size(golden->spec.input); i++)
        network_input(golden->network)[i] = (real)net_value(i);
    for (size_t i = 0; i < golden->batch; i++)
        network_labels(golden->network)[i] = (uint16_t)(i % golden->spec.classes);
    TrainSettings settings = train_settings_default(1);
    settings.optimizer = OPTIMIZER_MOMENTUM;
    CU_ASSERT_EQUAL_FATAL(
        optimizer_create(&golden->optimizer, &settings, network_parameter_count(golden->network)), STATUS_OK);
}

static void read_parameter(Golden *golden) {
    if (golden->network == NULL) begin(golden);
    size_t b = read_size(golden), count = read_size(golden), offset = read_size(golden);
    double scale = read_number(golden), base = read_number(golden);
    CU_ASSERT_FATAL(b < network_block_count(golden->network));
    CU_ASSERT_EQUAL_FATAL(golden->blocks[b].count, count);
    for (size_t i = 0; i < count; i++) {
        network_parameters(golden->network)[golden->blocks[b].offset + i] =
            (real)(base + scale * net_value(offset + i));
    }
}

static void compare_blocks(Golden *golden, const real *x, bool trained_alone) {
    for (size_t b = 0; b < network_block_count(golden->network); b++) {
        ParameterBlock block = golden->blocks[b];
        for (size_t i = 0; (block.trained || !trained_alone) && i < block.count; i++)
            compare(golden, (double)x[block.offset + i], TOLERANCE);
    }
}

static void evaluate(Golden *golden) {
    float probabilities[MOST_EXAMPLES * MOST_CLASSES];
    CU_ASSERT_FATAL(golden->batch <= MOST_EXAMPLES && golden->spec.classes <= MOST_CLASSES);
    BatchResult result = network_evaluate(golden->network, golden->batch, probabilities);
    compare(golden, result.loss_sum / (double)golden->batch, TOLERANCE);
    for (size_t i = 0; i < golden->batch * golden->spec.classes; i++)
        compare(golden, (double)probabilities[i], fmax(TOLERANCE, TOLERANCE_OF_FLOATS));
}

static void finish(Golden *golden) {
    CU_ASSERT(golden->compared > 0);
    CU_ASSERT(golden->worst <= 1);
    if (!(golden->worst <= 1)) printf("\n    %s: %g times the tolerance", golden->name, golden->worst);
    network_destroy(&golden->network);
    optimizer_destroy(&golden->optimizer);
    golden->spec = net_of(1, 1, LOSS_SOFTMAX_CROSS_ENTROPY);
    golden->worst = 0;
    golden->compared = 0;
}

/* What stands behind one word of the file. */
static void follow(Golden *golden, const char *word) {
    if (strcmp(word, "input") == 0) {
        Shape *input = &golden->spec.input;
        input->height = read_size(golden);
        input->width = read_size(golden);
        input->channels = read_size(golden);
    } else if (strcmp(word, "batch") == 0) {
        golden->batch = read_size(golden);
    } else if (strcmp(word, "classes") == 0) {
        golden->spec.classes = read_size(golden);
    } else if (strcmp(word, "layer") == 0) {
        read_layer(golden);
    } else if (strcmp(word, "parameter") == 0) {
        read_parameter(golden);
    } else if (strcmp(word, "train") == 0) {
        BatchResult result = network_train(golden->network, golden->batch, (TrialKey){0}, 0);
        compare(golden, result.loss_sum / (double)golden->batch, TOLERANCE);
    } else if (strcmp(word, "gradients") == 0) {
        compare_blocks(golden, network_gradients(golden->network), true);
    } else if (strcmp(word, "step") == 0) {
        double rate = read_number(golden), momentum = read_number(golden);
        optimizer_step(golden->optimizer, network_parameters(golden->network),
                       network_gradients(golden->network), golden->blocks,
                       network_block_count(golden->network), rate, momentum);
    } else if (strcmp(word, "parameters") == 0) {
        compare_blocks(golden, network_parameters(golden->network), false);
    } else if (strcmp(word, "evaluate") == 0) {
        evaluate(golden);
    } else {
        CU_FAIL_FATAL("a golden file is out of order");
    }
}

static void golden_images(void) {
    Golden golden = {.file = fopen(SOURCE_ROOT "/tests/engine/golden/images.txt", "r"),
                     .spec = net_of(1, 1, LOSS_SOFTMAX_CROSS_ENTROPY)};
    CU_ASSERT_PTR_NOT_NULL_FATAL(golden.file);
    char word[32] = "";
    size_t cases = 0;
    while (fscanf(golden.file, "%31s", word) == 1) {
        if (strcmp(word, "case") != 0) {
            follow(&golden, word);
            continue;
        }
        if (cases++ > 0) finish(&golden);
        CU_ASSERT_EQUAL_FATAL(fscanf(golden.file, "%63s", golden.name), 1);
    }
    finish(&golden);
    CU_ASSERT_EQUAL(cases, 16);
    fclose(golden.file);
}

void ENGINE_NAME(suite_golden_images)(void) {
    static const TestCase tests[] = {
        {"losses, gradients, steps and evaluation are PyTorch's", golden_images},
    };
    SUITE(sizeof(real) == sizeof(double) ? "golden images in double" : "golden images in float", tests);
}

#include "rank/bench/dense_network.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define UNITS_MAX (1 << 24)

static void add_layer(NetworkSpec *spec, LayerKind kind, size_t units, size_t number) {
    size_t at = spec->layer_count++;
    LayerSpec *layer = &spec->layers[at];
    *layer = (LayerSpec){.kind = kind, .units = units, .input_count = 1};
    layer->inputs[0] = at == 0 ? NETWORK_INPUT : at - 1;
    snprintf(layer->name, sizeof(layer->name), "%s%zu", layer_kind_name(kind), number);
}

/* The number at *at, which goes on behind it and its dash; 0 where there is none, or none behind a dash. */
static size_t next_size(const char **at) {
    char *end;
    errno = 0;
    unsigned long size = isdigit((unsigned char)**at) ? strtoul(*at, &end, 10) : 0;
    if (size == 0 || size > UNITS_MAX || errno != 0) return 0;
    if (*end != '\0' && (*end != '-' || end[1] == '\0')) return 0;
    *at = *end == '-' ? end + 1 : end;
    return size;
}

Status dense_network_read(const char *text, NetworkSpec *spec) {
    *spec = (NetworkSpec){.loss = LOSS_SOFTMAX_CROSS_ENTROPY};
    const char *at = text;
    size_t sizes = 0;
    for (size_t size; *at != '\0' && (size = next_size(&at)) > 0; sizes++) {
        if (sizes == 0) spec->input = (Shape){1, 1, size};
        if (spec->layer_count + 2 > NETWORK_MAX_LAYERS) break;
        if (sizes > 1) add_layer(spec, LAYER_RELU, 0, sizes - 1);
        if (sizes > 0) add_layer(spec, LAYER_DENSE, size, sizes);
        spec->classes = size;
    }
    if (*at != '\0' || sizes < 2)
        return status_fail(STATUS_INPUT,
                           "\"%s\" is no network: it takes numbers of inputs, of units and of classes with "
                           "dashes between them, such as 784-256-128-10",
                           text);
    Status status = network_spec_check(spec, NULL);
    return status == STATUS_OK ? STATUS_OK : status_within(status, "\"%s\"", text);
}

/* A network of dense layers as people write it in a line: "784-256-128-10". */
#ifndef WINNOW_RANK_DENSE_NETWORK_H
#define WINNOW_RANK_DENSE_NETWORK_H

#include "engine/network_spec.h"

/* Inputs, units of each dense layer, classes; relu between the dense layers, softmax cross-entropy at the
 * end. STATUS_INPUT where the text is none, or no network that trains. */
Status dense_network_read(const char *text, NetworkSpec *spec) MUST_CHECK;

#endif

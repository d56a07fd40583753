#include "engine/flops.h"
#include "nets.h"
#include "suite.h"
#include "suites.h"

/* 784-256-128-10 with 784 * 256, 256 * 128 and 128 * 10 multiply-adds. */
static void a_dense_network_counts_two_for_each_multiply_add(void) {
    NetworkSpec spec = net_of(784, 10, LOSS_SOFTMAX_CROSS_ENTROPY);
    size_t first = net_dense(&spec, NETWORK_INPUT, 256);
    size_t second = net_dense(&spec, net_add(&spec, LAYER_RELU, first), 128);
    size_t third = net_dense(&spec, net_add(&spec, LAYER_RELU, second), 10);
    Flops layers[NETWORK_MAX_LAYERS], total;
    CU_ASSERT_EQUAL_FATAL(flops_of_network(&spec, layers, &total), STATUS_OK);
    CU_ASSERT_EQUAL(layers[first].forward, 2.0 * 784 * 256);
    CU_ASSERT_EQUAL(layers[second].forward, 2.0 * 256 * 128);
    CU_ASSERT_EQUAL(layers[third].forward, 2.0 * 128 * 10);
    CU_ASSERT_EQUAL(layers[first + 1].forward + layers[first + 1].backward, 0);
    CU_ASSERT_EQUAL(total.forward, 469504);
    CU_ASSERT_EQUAL(total.backward, 469504 + 2.0 * (256 * 128 + 128 * 10));
}

/* The network's input needs no gradient, whatever lies between it and a layer, as long as nothing there is
 * trained. */
static void the_gradient_of_the_input_counts_only_where_it_is_needed(void) {
    NetworkSpec spec = net_of(12, 3, LOSS_HINGE);
    size_t flat = net_add(&spec, LAYER_FLATTEN, NETWORK_INPUT);
    size_t left = net_dense(&spec, net_add(&spec, LAYER_TANH, flat), 7);
    size_t right = net_dense(&spec, NETWORK_INPUT, 7);
    size_t end = net_dense(&spec, net_join(&spec, LAYER_ADD, left, right), 3);
    Flops layers[NETWORK_MAX_LAYERS], total;
    CU_ASSERT_EQUAL_FATAL(flops_of_network(&spec, layers, &total), STATUS_OK);
    CU_ASSERT_EQUAL(layers[left].backward, 2.0 * 12 * 7);
    CU_ASSERT_EQUAL(layers[right].backward, 2.0 * 12 * 7);
    CU_ASSERT_EQUAL(layers[end].backward, 2 * 2.0 * 7 * 3);
    CU_ASSERT_EQUAL(total.forward + total.backward, 2 * 4.0 * 12 * 7 + 6.0 * 7 * 3);
}

/* A dense layer takes an image as one vector. */
static void an_image_counts_all_its_values(void) {
    NetworkSpec spec = {.input = {4, 5, 3}, .classes = 2};
    (void)net_dense(&spec, NETWORK_INPUT, 2);
    Flops layers[NETWORK_MAX_LAYERS], total;
    CU_ASSERT_EQUAL_FATAL(flops_of_network(&spec, layers, &total), STATUS_OK);
    CU_ASSERT_EQUAL(total.forward, 2.0 * 60 * 2);
    CU_ASSERT_EQUAL(total.backward, 2.0 * 60 * 2);
}

/* 5 x 5 over 2 channels at 28 x 28 places, then 3 x 3 over 4 channels at every second one. */
static void a_convolution_counts_every_window(void) {
    NetworkSpec spec = net_of(1, 3, LOSS_HINGE);
    spec.input = (Shape){28, 28, 2};
    size_t first = net_conv2d(&spec, NETWORK_INPUT, 4, 5, 5, 1, PADDING_SAME);
    size_t second = net_conv2d(&spec, first, 8, 3, 3, 2, PADDING_SAME);
    Flops layers[NETWORK_MAX_LAYERS], total;
    CU_ASSERT_EQUAL_FATAL(flops_of_network(&spec, layers, &total), STATUS_OK);
    CU_ASSERT_EQUAL(layers[first].forward, 2.0 * 28 * 28 * 5 * 5 * 2 * 4);
    CU_ASSERT_EQUAL(layers[first].backward, layers[first].forward);
    CU_ASSERT_EQUAL(layers[second].forward, 2.0 * 14 * 14 * 3 * 3 * 4 * 8);
    CU_ASSERT_EQUAL(layers[second].backward, 2 * layers[second].forward);
}

void suite_flops(void) {
    static const TestCase tests[] = {
        {"a dense network counts two for each multiply-add of its products",
         a_dense_network_counts_two_for_each_multiply_add},
        {"the gradient of the input counts only where something before is trained",
         the_gradient_of_the_input_counts_only_where_it_is_needed},
        {"a convolution counts every window", a_convolution_counts_every_window},
        {"an image counts all its values", an_image_counts_all_its_values},
    };
    SUITE("flops", tests);
}

/* Dropout: what is kept, how it is scaled, and by which random words. */
#include <math.h>
#include <string.h>

#include "engine/philox_lanes.h"
#include "engine/plan.h"
#include "nets.h"
#include "suite.h"
#include "suites.h"

#define SIZE 500
#define BATCH 40

static const TrialKey KEY = {.seed = UINT64_C(0x123456789ABCDEF0), .stage = 2, .number = 77};

/* Inputs of one, dropped; y [BATCH, SIZE] receives what is left of them. The dense layer only gives it
 * something to train. */
static void dropped(double rate, size_t before, TrialKey key, uint32_t step, float *y) {
    NetworkSpec spec = net_of(SIZE, 1, LOSS_HINGE);
    size_t at = NETWORK_INPUT;
    for (size_t i = 0; i < before; i++) {
        at = net_add(&spec, LAYER_RELU, at);
    }
    at = net_dropout(&spec, at, rate);
    (void)net_dense(&spec, at, 1);
    Plan plan;
    CU_ASSERT_EQUAL_FATAL(plan_build(&plan, &spec, BATCH), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(plan_bind(&plan), STATUS_OK);
    for (size_t i = 0; i < (size_t)BATCH * SIZE; i++) {
        plan.values[0].data[i] = 1;
    }
    Run run = {.batch = BATCH, .training = true, .key = key, .step = step};
    plan_forward(&plan, &run);
    memcpy(y, plan.nodes[before].output->data, sizeof(float) * BATCH * SIZE);
    plan_release(&plan);
}

static float FIRST[BATCH * SIZE];
static float OTHER[BATCH * SIZE];

static void fraction_and_mean(void) {
    static const double rates[] = {0, 0.1, 0.5, 0.9};
    for (size_t r = 0; r < 4; r++) {
        dropped(rates[r], 0, KEY, 3, FIRST);
        double sum = 0;
        double zeros = 0;
        for (size_t i = 0; i < (size_t)BATCH * SIZE; i++) {
            CU_ASSERT(FIRST[i] == 0 || FIRST[i] == (float)(1 / (1 - rates[r])));
            sum += (double)FIRST[i];
            zeros += FIRST[i] == 0;
        }
        double count = (double)BATCH * SIZE;
        double deviation = sqrt(rates[r] * (1 - rates[r]) / count);
        CU_ASSERT(fabs(zeros / count - rates[r]) <= 4 * deviation);
        CU_ASSERT(fabs(sum / count - 1) <= 4 * deviation / (1 - rates[r]) + 1e-6);
    }
}

static void the_written_rule(void) {
    dropped(0.3, 2, KEY, 11, FIRST);
    RandomStream stream = random_stream(KEY.seed, RANDOM_DROPOUT, KEY.stage, 2, KEY.number, 11);
    for (uint32_t group = 0; group * 64 < BATCH * SIZE; group++) {
        for (uint32_t l = 0; l < 16; l++) {
            for (uint32_t w = 0; w < 4; w++) {
                uint32_t word = random_u32(&stream); /* word w of block 16 group + l */
                size_t i = 64 * group + 16 * w + l;
                if (i < BATCH * SIZE) CU_ASSERT_EQUAL(FIRST[i] == 0, word < 1288490189U);
            }
        }
    }
}

static double different_part(void) {
    size_t different = 0;
    for (size_t i = 0; i < (size_t)BATCH * SIZE; i++) {
        different += FIRST[i] != OTHER[i];
    }
    return (double)different / (BATCH * SIZE);
}

static void same_bits_for_the_same_key(void) {
    dropped(0.3, 0, KEY, 11, FIRST);
    dropped(0.3, 0, KEY, 11, OTHER);
    CU_ASSERT_EQUAL(different_part(), 0);
    const TrialKey keys[] = {KEY, {KEY.seed + 1, 2, 77}, {KEY.seed, 3, 77}, {KEY.seed, 2, 78}, KEY};
    for (size_t k = 0; k < 5; k++) {
        dropped(0.3, k == 4 ? 1 : 0, keys[k], k == 0 ? 12 : 11, OTHER);
        CU_ASSERT_DOUBLE_EQUAL(different_part(), 2 * 0.3 * 0.7, 0.02);
    }
}

static void lanes_are_the_stream(void) {
    RandomStream stream =
        random_stream(UINT64_MAX - 5, RANDOM_DROPOUT, 255, 65535, UINT32_MAX, UINT32_MAX - 1);
    uint32_t words[4 * PHILOX_LANES];
    for (uint32_t first = 0; first < 64; first += PHILOX_LANES) {
        RandomStream name =
            random_stream(UINT64_MAX - 5, RANDOM_DROPOUT, 255, 65535, UINT32_MAX, UINT32_MAX - 1);
        philox_lanes(&name, first, words);
        for (size_t l = 0; l < PHILOX_LANES; l++) {
            for (size_t w = 0; w < 4; w++) {
                CU_ASSERT_EQUAL(words[w * PHILOX_LANES + l], random_u32(&stream));
            }
        }
    }
}

void suite_dropout(void) {
    static const TestCase tests[] = {
        {"the expected part is dropped, and the mean stays", fraction_and_mean},
        {"what is dropped follows from the random stream as written", the_written_rule},
        {"the same key drops the same values; seed, stage, number, step and layer each change them",
         same_bits_for_the_same_key},
        {"sixteen blocks at once are the words of the stream", lanes_are_the_stream},
    };
    SUITE("dropout", tests);
}

#include <string.h>

#include "base/philox.h"
#include "base/suites.h"
#include "suite.h"

/* Random123, tests/kat_vectors: the rows "philox4x32 10". */
static void known_answers(void) {
    static const struct {
        uint32_t counter[4];
        uint32_t key[2];
        uint32_t out[4];
    } rows[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}},
        {{0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF},
         {0xFFFFFFFF, 0xFFFFFFFF},
         {0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD}},
        {{0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344},
         {0xA4093822, 0x299F31D0},
         {0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint32_t out[4];
        philox4x32(rows[i].counter, rows[i].key, out);
        CU_ASSERT_EQUAL(memcmp(out, rows[i].out, sizeof(out)), 0);
    }
}

static void output_may_be_the_counter(void) {
    uint32_t block[4] = {0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344};
    uint32_t key[2] = {0xA4093822, 0x299F31D0};
    philox4x32(block, key, block);
    CU_ASSERT_EQUAL(block[0], 0xD16CFE09);
    CU_ASSERT_EQUAL(block[3], 0x24126EA1);
}

static void counter_layout(void) {
    RandomStream stream =
        random_stream(UINT64_C(0x0123456789ABCDEF), RANDOM_DROPOUT, 5, 0xBEEF, 0x11223344, 0x55667788);
    const uint32_t key[2] = {0x89ABCDEF, 0x01234567};
    for (uint32_t block = 0; block < 3; block++) {
        const uint32_t counter[4] = {block, 0x55667788, 0x11223344, 0x0405BEEF};
        uint32_t expected[4];
        philox4x32(counter, key, expected);
        for (size_t i = 0; i < 4; i++)
            CU_ASSERT_EQUAL(random_u32(&stream), expected[i]);
    }
}

static void purposes_are_fixed(void) {
    CU_ASSERT_EQUAL(RANDOM_DRAW, 1);
    CU_ASSERT_EQUAL(RANDOM_WEIGHTS, 2);
    CU_ASSERT_EQUAL(RANDOM_SHUFFLE, 3);
    CU_ASSERT_EQUAL(RANDOM_DROPOUT, 4);
    CU_ASSERT_EQUAL(RANDOM_AUGMENT, 5);
    CU_ASSERT_EQUAL(RANDOM_SPLIT, 6);
    CU_ASSERT_EQUAL(RANDOM_SYNTHETIC, 7);
    CU_ASSERT_EQUAL(RANDOM_BAGGING, 8);
    CU_ASSERT_EQUAL(RANDOM_PREFLIGHT, 9);
}

static void names_make_streams(void) {
    const RandomStream streams[] = {
        random_stream(1, RANDOM_DRAW, 1, 1, 1, 1),
        random_stream(2, RANDOM_DRAW, 1, 1, 1, 1),
        random_stream(1 | UINT64_C(1) << 32, RANDOM_DRAW, 1, 1, 1, 1),
        random_stream(1, RANDOM_WEIGHTS, 1, 1, 1, 1),
        random_stream(1, RANDOM_DRAW, 2, 1, 1, 1),
        random_stream(1, RANDOM_DRAW, 1, 2, 1, 1),
        random_stream(1, RANDOM_DRAW, 1, 1, 2, 1),
        random_stream(1, RANDOM_DRAW, 1, 1, 1, 2),
    };
    size_t count = sizeof(streams) / sizeof(streams[0]);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            RandomStream a = streams[i];
            RandomStream b = streams[j];
            size_t same = 0;
            for (int k = 0; k < 1000; k++)
                same += random_u32(&a) == random_u32(&b);
            CU_ASSERT_EQUAL(same, 0);
        }
    }
}

static void streams_do_not_touch(void) {
    RandomStream alone = random_stream(9, RANDOM_SHUFFLE, 0, 0, 3, 1);
    RandomStream mixed = random_stream(9, RANDOM_SHUFFLE, 0, 0, 3, 1);
    RandomStream other = random_stream(9, RANDOM_SHUFFLE, 0, 0, 4, 1);
    for (int i = 0; i < 100; i++) {
        for (int j = 0; j < i % 7; j++)
            (void)random_normal(&other);
        CU_ASSERT_EQUAL(random_u32(&alone), random_u32(&mixed));
    }
}

void suite_philox(void) {
    static const TestCase tests[] = {
        {"the published answers come out", known_answers},
        {"the output may replace the counter", output_may_be_the_counter},
        {"a stream's name is laid out as written", counter_layout},
        {"the numbers of the purposes never change", purposes_are_fixed},
        {"each part of the name makes another stream", names_make_streams},
        {"a stream does not depend on others", streams_do_not_touch},
    };
    SUITE("philox", tests);
}

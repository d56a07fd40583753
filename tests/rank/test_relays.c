#include "rank/relays.h"
#include "rank/suites.h"
#include "suite.h"

#define NONE NO_RELAY

static void expect(const RankPlace *places, uint32_t ranks, uint32_t per_relay, const uint32_t *expected) {
    Relays relays;
    CU_ASSERT_EQUAL_FATAL(relays_of(&relays, places, ranks, per_relay), STATUS_OK);
    CU_ASSERT_EQUAL(relays.ranks, ranks);
    for (uint32_t r = 0; r < ranks; r++)
        CU_ASSERT_EQUAL(relays.relay_of[r], expected[r]);
    relays_release(&relays);
}

/* Three nodes of three, three and one rank. */
static const RankPlace filled[] = {{0, 0}, {0, 1}, {0, 2}, {3, 0}, {3, 1}, {3, 2}, {6, 0}};
/* Three nodes in turns. */
static const RankPlace in_turns[] = {{0, 0}, {1, 0}, {2, 0}, {0, 1}, {1, 1}, {2, 1}, {0, 2}, {1, 2}};

static void test_one_a_node(void) {
    static const uint32_t expected[] = {NONE, NONE, NONE, 3, 3, 3, NONE};
    static const uint32_t turns[] = {NONE, 1, 2, NONE, 1, 2, NONE, 1};
    expect(filled, 7, 1000, expected);
    expect(in_turns, 8, 3, turns);
}

static void test_several_a_node(void) {
    static const uint32_t expected[] = {NONE, NONE, NONE, 3, 3, NONE, NONE};
    expect(filled, 7, 2, expected);
    static const RankPlace one_node[] = {{0, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}};
    static const uint32_t pairs[] = {NONE, NONE, 2, 2, 4, 4};
    expect(one_node, 6, 2, pairs);
}

static void test_none(void) {
    static const uint32_t expected[] = {NONE, NONE, NONE, NONE, NONE, NONE, NONE};
    expect(filled, 7, 0, expected);
    expect(filled, 7, 1, expected);
}

void suite_relays(void) {
    static const TestCase tests[] = {
        {"a node's first rank relays for the others, but for rank 0's node and lone ranks", test_one_a_node},
        {"several relays share a node's ranks", test_several_a_node},
        {"without relays all ranks speak to rank 0", test_none},
    };
    SUITE("relays", tests);
}

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "fixtures.h"
#include "store/live.h"
#include "suite.h"
#include "suites.h"

#define FILE_NAME "moment.h5"

static void round_trip(void) {
    LiveRank ranks[] = {{.rank = 0,
                         .host = "n\xC3\xB6"
                                 "de",
                         .training = true,
                         .trial = 123456789012,
                         .epoch = 3,
                         .epochs = 15,
                         .since = 1700000000.25},
                        {.rank = 4000000000, .host = "", .lost = true}};
    LiveState written = {.time = 1700000001.5,
                         .host = "node1",
                         .process = 77,
                         .doing = "training",
                         .rank_count = 2,
                         .ranks = ranks};
    LiveState found;
    bool is_there = false;
    CU_ASSERT_EQUAL_FATAL(live_write(FILE_NAME, &written), STATUS_OK);
    CU_ASSERT(!file_exists(FILE_NAME ".live.tmp"));
    CU_ASSERT_EQUAL(live_read(FILE_NAME, &found, &is_there), STATUS_OK);
    CU_ASSERT_FATAL(is_there);
    CU_ASSERT_EQUAL(found.time, 1700000001.5);
    CU_ASSERT_EQUAL(found.process, 77);
    CU_ASSERT_STRING_EQUAL(found.host, "node1");
    CU_ASSERT_STRING_EQUAL(found.doing, "training");
    CU_ASSERT_EQUAL_FATAL(found.rank_count, 2);
    CU_ASSERT_EQUAL(found.ranks[0].trial, 123456789012);
    CU_ASSERT_EQUAL(found.ranks[0].epoch, 3);
    CU_ASSERT_EQUAL(found.ranks[0].epochs, 15);
    CU_ASSERT_EQUAL(found.ranks[0].since, 1700000000.25);
    CU_ASSERT_STRING_EQUAL(found.ranks[0].host, ranks[0].host);
    CU_ASSERT_EQUAL(found.ranks[1].rank, 4000000000);
    CU_ASSERT(found.ranks[1].lost && !found.ranks[1].training);
    live_release(&found);
    live_remove(FILE_NAME);
    CU_ASSERT(!file_exists(FILE_NAME ".live"));
    live_remove(FILE_NAME);
}

static void nonsense(void) {
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "{\"time\": 1}",
        "{\"time\": \"now\", \"host\": \"n\", \"process\": 1, \"doing\": \"d\", \"ranks\": []}",
        "{\"time\": 1, \"host\": \"n\", \"process\": -1, \"doing\": \"d\", \"ranks\": []}",
        "{\"time\": 1, \"host\": \"n\", \"process\": 1, \"doing\": \"d\", \"ranks\": {}}",
        "{\"time\": 1, \"host\": \"n\", \"process\": 1, \"doing\": \"d\", \"ranks\": [1]}",
        "{\"time\": 1, \"host\": \"n\", \"process\": 1, \"doing\": \"d\", \"ranks\": [{\"rank\": 5000000000, "
        "\"host\": \"h\", \"lost\": false, \"training\": false}]}",
        "{\"time\": 1, \"host\": \"n\", \"process\": 1, \"doing\": \"d\", \"ranks\": [{\"rank\": 1, "
        "\"host\": \"h\", \"lost\": false, \"training\": true, \"trial\": -3, \"epoch\": 1, \"epochs\": 2, "
        "\"since\": 1}]}",
        "{\"time\": 1, \"host\": \"n\", \"process\": 1, \"doing\": \"12345678901234567890123456789012\", "
        "\"ranks\": []}"};
    LiveState found;
    bool is_there = true;
    CU_ASSERT_EQUAL(live_read("nowhere.h5", &found, &is_there), STATUS_OK);
    CU_ASSERT(!is_there);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        fixture_write(FILE_NAME ".live", texts[i], strlen(texts[i]));
        CU_ASSERT_EQUAL(live_read(FILE_NAME, &found, &is_there), STATUS_OK);
        CU_ASSERT(!is_there);
        CU_ASSERT_PTR_NULL(found.ranks);
    }
    live_remove(FILE_NAME);
}

static void no_folder(void) {
    LiveState state = {.host = "n"};
    CU_ASSERT(fixture_failed(live_write("no/such/x.h5", &state), "cannot create no/such/x.h5.live.tmp"));
}

void suite_live(void) {
    static const TestCase tests[] = {
        {"what ranks do is read back", round_trip},
        {"what makes no sense counts as nothing", nonsense},
        {"where it cannot be written is named", no_folder},
    };
    SUITE("live", tests);
}

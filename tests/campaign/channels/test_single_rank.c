#include <string.h>

#include "campaign/channel.h"
#include "suite.h"
#include "suites.h"

static const char *const LAUNCHERS[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"};

static void forget_launchers(void) {
    for (size_t i = 0; i < 3; i++)
        unsetenv(LAUNCHERS[i]);
}

static void launchers_are_recognised(void) {
    forget_launchers();
    CU_ASSERT_FALSE(channel_mpi_launched());
    for (size_t i = 0; i < 3; i++) {
        setenv(LAUNCHERS[i], "1", 1);
        CU_ASSERT_TRUE(channel_mpi_launched());
        forget_launchers();
    }
}

static void one_rank_needs_no_launcher(void) {
    Channel *channel = NULL;
    MpiPlace place;
    int peer = 0;
    size_t length = 3;
    uint8_t mine[3] = {1, 2, 3};
    uint8_t *data = NULL;
    forget_launchers();
    CU_ASSERT_EQUAL_FATAL(channel_mpi_create(&channel, &place), STATUS_OK);
    CU_ASSERT_TRUE(place.rank == 0 && place.ranks == 1 && place.node_rank == 0 && place.node_ranks == 1);
    CU_ASSERT_EQUAL(channel_receive(channel, &peer, &data, &length), STATUS_OK);
    CU_ASSERT_PTR_NULL(data);
    CU_ASSERT_EQUAL(channel_send(channel, 0, "", 0), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(channel_send(channel, 1, "", 0), STATUS_ENVIRONMENT);
    CU_ASSERT_FALSE(channel_sending(channel));
    for (RankGroup group = RANKS_ALL; group <= RANKS_FIRST_OF_NODE; group++) {
        data = mine;
        length = sizeof(mine);
        CU_ASSERT_EQUAL(channel_mpi_broadcast(channel, group, mine, &data, &length), STATUS_OK);
        CU_ASSERT_TRUE(data == NULL && length == sizeof(mine));
    }
    int largest = 0;
    uint64_t all[1] = {0};
    CU_ASSERT_EQUAL(channel_mpi_maximum(channel, -7, &largest), STATUS_OK);
    CU_ASSERT_EQUAL(largest, -7);
    CU_ASSERT_EQUAL(channel_mpi_gather(channel, 9, all), STATUS_OK);
    CU_ASSERT_EQUAL(all[0], 9);
    channel_mpi_finish(&channel, true);
    CU_ASSERT_PTR_NULL(channel);
    channel_mpi_finish(&channel, true);
}

static void the_library_has_a_name(void) {
    const char *name = channel_mpi_version();
    CU_ASSERT_TRUE(strlen(name) > 0 && strpbrk(name, "0123456789") != NULL && strchr(name, '\n') == NULL);
}

void single_rank_suite(void) {
    static const TestCase tests[] = {
        {"a launcher's variables are recognised", launchers_are_recognised},
        {"one rank needs no launcher and no MPI_Init", one_rank_needs_no_launcher},
        {"the MPI library has a name with a number", the_library_has_a_name},
    };
    SUITE("MPI channel of one rank", tests);
}

#include "rank/relays.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* The first of each one's group. Ranks of a node come in the order of their numbers, so that the first of a
 * group is met before the others. */
static void find_first(uint32_t *first_of, uint32_t *newest, const RankPlace *places, uint32_t ranks,
                       uint32_t per_relay) {
    for (uint32_t r = 0; r < ranks; r++) {
        uint32_t *first = &newest[places[r].node_first];
        if (places[r].node_rank % per_relay == 0) *first = r;
        first_of[r] = *first;
    }
}

Status relays_of(Relays *relays, const RankPlace *places, uint32_t ranks, uint32_t per_relay) {
    uint32_t *scratch;
    *relays = (Relays){.ranks = ranks};
    TRY(memory_new(&relays->relay_of, ranks, sizeof(uint32_t)));
    Status status = memory_new(&scratch, ranks, sizeof(uint32_t));
    if (status != STATUS_OK) {
        relays_release(relays);
        return status;
    }
    for (uint32_t r = 0; r < ranks; r++)
        relays->relay_of[r] = NO_RELAY;
    if (per_relay > 0) {
        find_first(relays->relay_of, scratch, places, ranks, per_relay);
        uint32_t *size_of = scratch;
        memset(size_of, 0, ranks * sizeof(uint32_t));
        for (uint32_t r = 0; r < ranks; r++)
            size_of[relays->relay_of[r]]++;
        for (uint32_t r = 0; r < ranks; r++)
            if (relays->relay_of[r] == 0 || size_of[relays->relay_of[r]] == 1) relays->relay_of[r] = NO_RELAY;
    }
    free(scratch);
    return STATUS_OK;
}

void relays_release(Relays *relays) {
    free(relays->relay_of);
    *relays = (Relays){0};
}

uint32_t relays_wanted(int asked, uint32_t ranks) {
    if (asked != RANKS_PER_RELAY_AUTO) return (uint32_t)asked;
    return ranks >= RELAY_RANKS ? UINT32_MAX : 0;
}

static Status gather_places(Channel *ranks, const MpiPlace *place, RankPlace *places) {
    uint64_t *all;
    TRY(memory_new(&all, (size_t)place->ranks, sizeof(uint64_t)));
    Status status =
        channel_mpi_gather(ranks, (uint64_t)place->node_first << 32 | (uint64_t)place->node_rank, all);
    for (int r = 0; status == STATUS_OK && r < place->ranks; r++)
        places[r] = (RankPlace){.node_first = (uint32_t)(all[r] >> 32), .node_rank = (uint32_t)all[r]};
    free(all);
    return status;
}

/* Does `own` speak with `other` over MPI? */
static bool are_linked(const Relays *relays, uint32_t own, uint32_t other) {
    uint32_t outer = own == 0 ? other : own;
    bool with_0 = own == 0 || other == 0;
    if (with_0) return relays->relay_of[outer] == NO_RELAY || relays->relay_of[outer] == outer;
    return relays->relay_of[own] == other || relays->relay_of[other] == own;
}

static Status open_links(const Relays *relays, Channel *ranks, uint32_t own) {
    for (uint32_t r = 0; r < relays->ranks; r++)
        if (r != own && are_linked(relays, own, r)) TRY(channel_mpi_open(ranks, (int)r));
    return STATUS_OK;
}

Status relays_meet(Relays *relays, Channel *ranks, const MpiPlace *place, int per_relay) {
    int agreed;
    RankPlace *places;
    *relays = (Relays){0};
    TRY(channel_mpi_maximum(ranks, per_relay, &agreed));
    TRY(memory_new(&places, (size_t)place->ranks, sizeof(RankPlace)));
    Status status = gather_places(ranks, place, places);
    if (status == STATUS_OK)
        status =
            relays_of(relays, places, (uint32_t)place->ranks, relays_wanted(agreed, (uint32_t)place->ranks));
    free(places);
    return status == STATUS_OK ? open_links(relays, ranks, (uint32_t)place->rank) : status;
}

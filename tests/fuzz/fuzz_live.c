/* FILE.h5.live: what it says of a running campaign. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "store/live.h"

int fuzz_live(const uint8_t *data, size_t size) {
    LiveState state;
    bool found = false;
    REQUIRE(live_read(fuzz_file_beside(".live", data, size), &state, &found) == STATUS_OK);
    if (!found) return 0;
    REQUIRE(isfinite(state.time) && strlen(state.host) < HOST_NAME_SIZE);
    REQUIRE(strlen(state.doing) < LIVE_DOING_SIZE);
    for (size_t i = 0; i < state.rank_count; i++) {
        const LiveRank *rank = &state.ranks[i];
        REQUIRE(strlen(rank->host) < HOST_NAME_SIZE);
        REQUIRE(!rank->training || isfinite(rank->since));
    }
    live_release(&state);
    return 0;
}

/* What `bench dispatch --ranks` prints of simulated ranks. */
#ifndef WINNOW_CLI_BENCH_DISPATCH_SIMULATED_H
#define WINNOW_CLI_BENCH_DISPATCH_SIMULATED_H

#include <stdbool.h>
#include <stddef.h>

#include "rank/simulated_dispatch.h"

#define SIMULATED_LIST_MAX 16

/* One simulation for each of the `count` numbers of ranks; `options->ranks` is not looked at. */
Status bench_dispatch_simulated(const SimulatedDispatchOptions *options, const uint32_t *ranks, size_t count,
                                bool json) MUST_CHECK;

#endif

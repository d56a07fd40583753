#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "engine/blas.h"
#include "rank/rank.h"

enum {
    OPTION_OUTPUT,
    OPTION_FRESH,
    OPTION_TIME_LIMIT,
    OPTION_SHARD,
    OPTION_FROM,
    OPTION_DECISIONS_FROM,
    OPTION_THREADS,
    OPTION_STRICT,
    OPTION_RANKS_PER_RELAY,
    OPTION_NO_LOCK
};
static const OptionSpec options[] = {
    [OPTION_OUTPUT] = {"output", 'o', "FILE.h5", "the results file (default: results/<name>.h5)"},
    [OPTION_FRESH] = {"fresh", 0, NULL, "set an old campaign in FILE.h5 aside as FILE.h5.bak and begin anew"},
    [OPTION_TIME_LIMIT] =
        {"time-limit", 0, "SECONDS",
         "be over so many seconds after the start: what cannot finish in time is saved, and "
         "the same command goes on (default: none)"},
    [OPTION_SHARD] = {"shard", 0, "I/N",
                      "do the I-th of N parts of a stage, from 1, in a file of its own "
                      "(results/<name>.shard-I-of-N.h5); winnow merge joins them"},
    [OPTION_FROM] = {"from", 0, "MERGED.h5",
                     "begin with a copy of this file, where FILE.h5 is not there yet: its stages are done"},
    [OPTION_DECISIONS_FROM] =
        {"decisions-from", 0, "OTHER.h5",
         "stop and let go on whom early_terminate did in that complete campaign of this configuration, on "
         "any number of ranks: asha gives its table again"},
    [OPTION_THREADS] =
        {"threads-per-trial", 0, "N",
         "threads for products of 256 and more rows, columns and depth, part of what makes bits "
         "equal (default: 1)"},
    [OPTION_STRICT] =
        {"strict", 0, NULL,
         "end with an error where a rank, or what FILE.h5 holds, computes by another arithmetic "
         "than rank 0 does: their trials may differ in the last bits"},
    [OPTION_RANKS_PER_RELAY] =
        {"ranks-per-relay", 0, "N",
         "of so many ranks of a node the first one passes on what they and rank 0 say to each other, so that "
         "rank 0 has less to do; 0: nobody does (default: one relay a node from 1024 ranks on)"},
    [OPTION_NO_LOCK] =
        {"no-lock", 0, NULL,
         "take no lock, where the file system has none: see to it that only one run writes to FILE.h5"},
};

static Status read_time_limit(const char *text, double *seconds) {
    *seconds = INFINITY;
    if (text == NULL) return STATUS_OK;
    char *end = NULL;
    errno = 0;
    double value = isdigit((unsigned char)text[0]) || text[0] == '.' ? strtod(text, &end) : 0;
    if (end == NULL || *end != '\0' || errno != 0 || !(value > 0))
        return status_fail(STATUS_INPUT, "--time-limit \"%s\" must be a positive number of seconds", text);
    *seconds = value;
    return STATUS_OK;
}

/* "3/8" */
static Status read_shard(const char *text, Shard *shard) {
    *shard = SHARD_ALL;
    if (text == NULL) return STATUS_OK;
    unsigned part = 0, parts = 0;
    int used = 0;
    bool sound = isdigit((unsigned char)text[0]) && sscanf(text, "%9u/%9u%n", &part, &parts, &used) == 2 &&
                 text[used] == '\0' && part >= 1 && part <= parts && parts <= SHARDS_MAX;
    if (!sound)
        return status_fail(STATUS_INPUT,
                           "--shard \"%s\" must be I/N, the I-th of N parts, with N up to %d: 1/4 to 4/4",
                           text, SHARDS_MAX);
    *shard = (Shard){.index = part - 1, .count = parts};
    return STATUS_OK;
}

static Status run(const Arguments *arguments) {
    double time_limit;
    Shard shard;
    uint64_t threads = 1;
    if (arguments->option[OPTION_THREADS] != NULL)
        TRY(option_number(arguments->option[OPTION_THREADS], "--threads-per-trial", 1, BLAS_THREADS_MAX,
                          &threads));
    TRY(read_time_limit(arguments->option[OPTION_TIME_LIMIT], &time_limit));
    TRY(read_shard(arguments->option[OPTION_SHARD], &shard));
    int per_relay;
    TRY(option_ranks_per_relay(arguments->option[OPTION_RANKS_PER_RELAY], &per_relay));
    RankOptions rank = {.space = arguments->operand,
                        .output = arguments->option[OPTION_OUTPUT],
                        .from = arguments->option[OPTION_FROM],
                        .decisions_from = arguments->option[OPTION_DECISIONS_FROM],
                        .shard = shard,
                        .fresh = arguments->option[OPTION_FRESH] != NULL,
                        .no_lock = arguments->option[OPTION_NO_LOCK] != NULL,
                        .strict = arguments->option[OPTION_STRICT] != NULL,
                        .ranks_per_relay = per_relay,
                        .threads = (uint32_t)threads,
                        .time_limit = time_limit};
    return rank_run(&rank);
}

const Command command_run = {
    .name = "run",
    .operand = "SPACE.yaml",
    .summary = "run a campaign, or go on with it where it stopped",
    .details =
        "Under mpirun or srun every rank trains; without them there is one. Where FILE.h5 holds the same\n"
        "campaign, finished trials stay and the rest is done, on any number of ranks. Where it holds\n"
        "another one, nothing is changed and the difference is named.\n"
        "\n"
        "With --shard, jobs that know nothing of each other do a stage together. The next stage needs all "
        "of\n"
        "them: winnow merge joins their files, and --from takes up what it made:\n"
        "  winnow run SPACE.yaml --shard 1/4                          and 2/4, 3/4, 4/4\n"
        "  winnow merge results/coarse.h5 results/<name>.shard-*.h5\n"
        "  winnow run SPACE.yaml --shard 1/4 --from results/coarse.h5 -o results/fine-1.h5   and so on\n",
    .example = "mpirun -n 8 winnow run search_spaces/fashion_mnist_mlp.yaml -o results/fashion.h5",
    .exit_codes =
        "  0   the campaign is complete, or the shard's part of the stage is done\n"
        "  75  stopped early, by a signal, the time limit or the loss of ranks: the same command goes on\n"
        "  2   wrong usage, configuration or data; nothing was begun\n"
        "  1   anything else, and a campaign in which no trial came to its end\n",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .on_all_ranks = true,
    .run = run,
};

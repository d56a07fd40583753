#include <stdio.h>

#include "base/text.h"
#include "cli/command.h"
#include "rank/merge.h"

static void print_outcome(const char *output, const MergeOutcome *o) {
    printf("%s: %llu of %llu trials, from the first to stage %u of %u\n", output,
           (unsigned long long)o->finished, (unsigned long long)o->planned, o->stage + 1, o->stage_count);
    if (o->unfinished > 0)
        printf("%s begun and not finished: they begin anew\n",
               text_count(o->unfinished, "trial was", "trials were"));
    if (o->stage_missing > 0)
        printf("%s of these stages missing: winnow run SPACE.yaml -o %s does them, or a shard does\n",
               text_count(o->stage_missing, "trial is", "trials are"), output);
    else if (o->stage + 1 < o->stage_count)
        printf("next: winnow run SPACE.yaml -o %s, or shards of it with --shard I/N --from %s\n", output,
               output);
    else
        printf("next: winnow run SPACE.yaml -o %s chooses the ensemble\n", output);
}

static Status run(const Arguments *arguments) {
    MergeOutcome outcome;
    TRY(merge_files(arguments->operand, arguments->more, arguments->more_count, &outcome));
    print_outcome(arguments->operand, &outcome);
    return STATUS_OK;
}

const Command command_merge = {
    .name = "merge",
    .operand = "OUT.h5 SHARD.h5 ..",
    .summary = "join the files of shards to one that the campaign goes on from",
    .details =
        "The files must be of one configuration and of the same data; they are only read, each with its\n"
        "journal where its run was stopped. Where OUT.h5 is there already, what it holds is kept. A trial\n"
        "that stands in several files counts once. In the end OUT.h5 holds what one job alone would have\n"
        "written so far: winnow run goes on from it, as one job or in shards again.\n",
    .example = "winnow merge results/coarse.h5 results/fashion-mlp.shard-*.h5",
    .exit_codes = "  0   OUT.h5 is written\n"
                  "  1   a file cannot be read or written\n"
                  "  2   wrong usage, or files that do not belong together; nothing was changed\n",
    .run = run,
};

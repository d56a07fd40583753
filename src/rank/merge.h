/* Results files of one campaign's shards, joined to one file that the campaign goes on from. */
#ifndef WINNOW_RANK_MERGE_H
#define WINNOW_RANK_MERGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct MergeOutcome {
    uint64_t finished, planned;  /* trials that have a row; of the whole campaign */
    uint64_t unfinished;         /* trials that were begun in some shard and have no row: they begin anew */
    uint32_t stage, stage_count; /* the newest stage that began, from 0 */
    uint64_t stage_missing;      /* its trials, and those of earlier ones, that no file has */
} MergeOutcome;

/* Join `inputs` [count >= 1] (each with its journal where it has one; they are only read) to `output`, which
 * is written whole and replaced by rename. Where `output` is there already, what it holds is taken in first.
 * STATUS_INPUT where one of them is missing, or of another configuration or other data, or they contradict
 * each other: each is named, and nothing is changed. STATUS_ENVIRONMENT where one cannot be read, or `output`
 * has a journal or is locked: its campaign is under way. Says on the log what was lost or taken twice. */
Status merge_files(const char *output, const char *const *inputs, size_t count,
                   MergeOutcome *outcome) MUST_CHECK;

#endif

/* Lets a campaign that winnow run has begun go on under a larger configuration, with made-up trials in its
 * journal, worse than its own ones: for tests of what many rows cost.
 * usage: grow_campaign FILE.h5 SPACE.yaml ROWS [SHARD/SHARDS] */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "scale/made_up_trials.h"
#include "store/campaign_state.h"

#define FILE_MAX (1 << 20)
#define BEST_ACCURACY 0.7

typedef struct Growth {
    const char *file;
    Config *config;
    Ledger *ledger;
    Journal *journal;
    Shard shard;
} Growth;

static void require(Status status) {
    if (status == STATUS_OK) return;
    fprintf(stderr, "grow_campaign: %s\n", status_text());
    exit(1);
}

static Status append(void *context, Record *record) {
    Growth *g = context;
    Status status = journal_append(g->journal, record);
    if (status == STATUS_OK) return ledger_apply(g->ledger, record);
    record_release(record);
    return status;
}

static void open_all(Growth *g, const char *space) {
    char *yaml;
    size_t length;
    CampaignState state;
    require(file_read(space, FILE_MAX, &yaml, &length));
    require(config_parse(&g->config, space, yaml, length));
    free(yaml);
    require(campaign_state_read(g->file, false, &state));
    if (state.ledger == NULL || state.from_journal) {
        fprintf(stderr, "grow_campaign: %s must stand there without a journal\n", g->file);
        exit(1);
    }
    g->ledger = state.ledger;
    state.ledger = NULL;
    campaign_state_release(&state);
    require(campaign_state_begin(g->file, g->ledger, &g->journal));
}

static double start(Growth *g) {
    const StartRecord *last = &g->ledger->starts[g->ledger->start_count - 1];
    Record record = {.kind = RECORD_START, .as.start = *last};
    record.as.start.time = g->ledger->end.time + 1;
    record.as.start.ranks = MADE_UP_RANKS;
    record.as.start.new_config = true;
    require(memory_text(&record.as.start.config_text, g->config->source.text));
    double time = record.as.start.time;
    require(append(g, &record));
    return time;
}

/* Those of the first stage; the others wait for its end. */
static void add_trials(Growth *g, uint64_t rows, double begun) {
    const StartRecord *last = &g->ledger->starts[g->ledger->start_count - 1];
    MadeUpTrials trials = {.config = g->config,
                           .plan = plan_of(g->config),
                           .ledger = g->ledger,
                           .best = BEST_ACCURACY,
                           .arithmetic = last->arithmetic,
                           .visit = append,
                           .context = g};
    for (size_t i = 0; i < MADE_UP_RANKS; i++)
        trials.clock[i] = begun;
    for (uint64_t id = 0; id < trials.plan.first[1] && g->ledger->finished_count < rows; id++) {
        bool finished = id < g->ledger->trial_count && g->ledger->trials[id].finished;
        if (!finished && plan_in_shard(&trials.plan, id, g->shard)) require(made_up_trial(&trials, id));
    }
}

static void end_shard(Growth *g) {
    Record record = {.kind = RECORD_END, .as.end = {.outcome = OUTCOME_SHARD}};
    record.as.end.time = g->ledger->leases[g->ledger->lease_count - 1].end;
    require(append(g, &record));
}

int main(int count, char **words) {
    Growth growth = {.shard = SHARD_ALL};
    bool part = count == 5 && sscanf(words[4], "%u/%u", &growth.shard.index, &growth.shard.count) == 2;
    if (count != 4 && !part) {
        fputs("usage: grow_campaign FILE.h5 SPACE.yaml ROWS [SHARD/SHARDS]\n", stderr);
        return 2;
    }
    if (part) growth.shard.index--;
    growth.file = words[1];
    open_all(&growth, words[2]);
    double begun = start(&growth);
    add_trials(&growth, strtoull(words[3], NULL, 10), begun);
    if (part) end_shard(&growth);
    require(journal_sync(growth.journal));
    journal_close(&growth.journal);
    ledger_destroy(&growth.ledger);
    config_destroy(&growth.config);
    return 0;
}

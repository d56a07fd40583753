#include "rank/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "campaign/config.h"
#include "campaign/plan.h"
#include "rank/kept_networks.h"
#include "rank/member_network.h"
#include "store/campaign_state.h"
#include "store/lock.h"
#include "store/merge_ledgers.h"
#include "store/parts.h"
#include "store/paths.h"
#include "store/results.h"
#include "store/results_guard.h"

#define WRITING_SECONDS 3600 /* of computing; more than any file needs */

typedef struct Joining {
    const char *output;
    const char *
        *files; /* owned [file_count]: the output where it was there, then the inputs; borrowed names */
    size_t file_count;
    const char *first_file; /* whose configuration counts */
    Config *config;         /* owned */
    Ledger *ledger;         /* owned */
    MergeSources sources;
} Joining;

/* --- reading --- */

static Status ledger_config(const char *file, const Ledger *ledger, Config **config) {
    const CampaignRecord *campaign = &ledger->campaign;
    Status status =
        config_parse(config, campaign->config_name, campaign->config_text, strlen(campaign->config_text));
    return status == STATUS_OK
               ? STATUS_OK
               : status_within(STATUS_ENVIRONMENT, "%s: the configuration stored in it", file);
}

static Status check_config(Joining *j, const char *file, const Ledger *ledger) {
    if (j->config == NULL) {
        j->first_file = file;
        return ledger_config(file, ledger, &j->config);
    }
    Config *config = NULL;
    TRY(ledger_config(file, ledger, &config));
    Status status = STATUS_OK;
    if (config->hash != j->config->hash) {
        if (config_continues(j->config, config) == STATUS_OK) /* else it names the difference */
            (void)status_fail(STATUS_INPUT,
                              "they have different stages; go on with both under the same ones");
        status = status_within(STATUS_INPUT, "%s and %s are of two configurations", j->first_file, file);
    } else if (j->config->ensemble.snapshots && !config->ensemble.snapshots) {
        status = status_fail(STATUS_INPUT,
                             "%s has ensemble: {snapshots: true}, and %s has not kept any; begin with the "
                             "latter: the first file's configuration counts",
                             j->first_file, file);
    }
    config_destroy(&config);
    return status;
}

static Status take_ledger(Joining *j, uint32_t number, const CampaignState *state) {
    const char *file = j->files[number];
    if (state->ledger == NULL)
        return status_fail(STATUS_ENVIRONMENT, "%s: there is no such file; winnow run --shard writes it",
                           file);
    if (file == j->output && state->complete)
        return status_fail(STATUS_INPUT, "%s holds a complete campaign; give the merged file another name",
                           file);
    for (size_t i = 0; i < state->note_count; i++)
        log_warning("%s", state->notes[i]);
    TRY(check_config(j, file, state->ledger));
    Status status = merge_ledgers(j->ledger, state->ledger, number, &j->sources);
    return status == STATUS_OK ? STATUS_OK : status_within(status, "%s", file);
}

static Status take_file(Joining *j, uint32_t number) {
    CampaignState state;
    TRY(campaign_state_read(j->files[number], false, &state));
    Status status = take_ledger(j, number, &state);
    campaign_state_release(&state);
    return status;
}

static Status take_all(Joining *j) {
    TRY(ledger_create(&j->ledger));
    for (uint32_t i = 0; i < j->file_count; i++)
        TRY(take_file(j, i));
    if (j->sources.mixed)
        log_warning(
            "some trials stand in two files with different bits, computed by different arithmetic; the "
            "first file counts");
    return STATUS_OK;
}

/* --- the networks of the pool --- */

/* Into the output's own folder, from the file that has it. What is not to be had is found missing there. */
static Status bring_network(Joining *j, uint64_t trial) {
    LedgerTrial *entry = &j->ledger->trials[trial];
    if (!entry->kept) return STATUS_OK;
    const char *file = j->files[j->sources.source[trial]];
    MemberBlob blob = {0};
    if (member_load(file, entry->member, &blob) != STATUS_OK) {
        log_warning("%s", status_text());
        status_clear();
        return STATUS_OK;
    }
    ByteWriter bytes = {0};
    member_blob_encode(&blob, &bytes);
    Status status = bytes_writer_status(&bytes);
    if (status == STATUS_OK) {
        *entry->member = member_record_of(trial, blob.epoch, bytes.data, bytes.length);
        status = parts_write(j->output, entry->member->blob, bytes.data, bytes.length);
    }
    bytes_writer_release(&bytes);
    member_blob_release(&blob);
    return status;
}

static Status bring_networks(Joining *j) {
    uint64_t *ids = NULL;
    size_t count = 0;
    size_t pool = j->config->has_ensemble ? j->config->ensemble.pool : 1;
    TRY(ledger_best(j->ledger, j->config->metric, pool, &ids, &count));
    Status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        status = bring_network(j, ids[i]);
    free(ids);
    bool changed = false;
    return status == STATUS_OK ? kept_networks_check(j->output, false, j->config, &j->ledger, &changed)
                               : status;
}

/* --- writing --- */

static void count(const Joining *j, MergeOutcome *outcome) {
    Plan plan = plan_of(j->config);
    const Ledger *ledger = j->ledger;
    *outcome = (MergeOutcome){.finished = ledger->finished_count,
                              .planned = plan_trials(&plan),
                              .stage_count = (uint32_t)plan.stage_count};
    if (ledger->stage_count > 0) outcome->stage = (uint32_t)ledger->stage_count - 1;
    for (size_t i = 0; i < ledger->trial_count; i++)
        outcome->unfinished += ledger->trials[i].drawn && !ledger->trials[i].finished;
    for (uint64_t id = 0; id < plan.first[outcome->stage + 1]; id++)
        outcome->stage_missing += id >= ledger->trial_count || !ledger->trials[id].finished;
}

static Status end_ledger(Joining *j) {
    Record record = {.kind = RECORD_END};
    record.as.end = (EndRecord){.time = clock_unix(), .outcome = OUTCOME_MERGED};
    text_copy(record.as.end.reason, sizeof(record.as.end.reason), "joined from the files of shards");
    return ledger_apply(j->ledger, &record);
}

static Status write_file(void *context) {
    const Joining *j = context;
    return results_write(j->output, j->ledger, j->config);
}

static Status join(Joining *j, MergeOutcome *outcome) {
    TRY(take_all(j));
    TRY(bring_networks(j));
    count(j, outcome);
    TRY(end_ledger(j));
    Text died = {0};
    text_add(&died, "writing %s crashed, as HDF5 does where a disk is full", j->output);
    Status status = guard_try(write_file, j, WRITING_SECONDS, text_of(&died));
    text_release(&died);
    TRY(status);
    return results_verify(j->output);
}

/* --- the output --- */

/* Its journal would be the truth of another state than the file's. */
static Status check_no_journal(const char *output) {
    char *journal = NULL;
    TRY(campaign_path(&journal, output, ".journal"));
    bool there = file_exists(journal);
    free(journal);
    if (!there) return STATUS_OK;
    return status_fail(
        STATUS_ENVIRONMENT,
        "%s has a journal beside it: a campaign is under way there. Give the merged file another "
        "name; this one can be among the files that are joined",
        output);
}

static Status list_files(Joining *j, const char *const *inputs, size_t count) {
    TRY(memory_new(&j->files, count + 1, sizeof(*j->files)));
    if (file_exists(j->output)) j->files[j->file_count++] = j->output;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(inputs[i], j->output) != 0) j->files[j->file_count++] = inputs[i];
    }
    return STATUS_OK;
}

static Status merge_locked(Joining *j, const char *const *inputs, size_t count, MergeOutcome *outcome) {
    TRY(check_no_journal(j->output));
    TRY(list_files(j, inputs, count));
    Status status = join(j, outcome);
    parts_remove_all(j->output);
    free(j->files);
    config_destroy(&j->config);
    ledger_destroy(&j->ledger);
    merge_sources_release(&j->sources);
    return status;
}

Status merge_files(const char *output, const char *const *inputs, size_t count, MergeOutcome *outcome) {
    Joining joining = {.output = output};
    char *folder = NULL;
    Lock lock;
    TRY(file_folder_of(&folder, output));
    Status status = file_make_folders(folder);
    free(folder);
    TRY(status);
    TRY(lock_take(&lock, output));
    status = merge_locked(&joining, inputs, count, outcome);
    lock_release(&lock);
    return status;
}

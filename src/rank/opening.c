#include "rank/opening.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "campaign/channel.h"
#include "campaign/plan.h"
#include "engine/blas.h"
#include "rank/aside.h"
#include "rank/campaign_record.h"
#include "rank/decisions_from.h"
#include "rank/kept_networks.h"
#include "rank/open_leases.h"
#include "rank/output_file.h"
#include "rank/preflight.h"
#include "rank/same_campaign.h"
#include "store/campaign_state.h"
#include "store/live.h"
#include "store/parts.h"
#include "store/paths.h"
#include "store/results.h"

Status opening_read(Opening *o, const RankOptions *options) {
    TRY(config_read(&o->config, options->space));
    for (size_t i = 0; i < o->config->note_count; i++)
        log_note("%s", o->config->notes[i]);
    if (options->output != NULL) {
        TRY(memory_text(&o->file, options->output));
    } else {
        Text path = {0};
        text_add(&path, "results/%s", o->config->name);
        if (options->shard.count > 1)
            text_add(&path, ".shard-%u-of-%u", options->shard.index + 1, options->shard.count);
        text_add(&path, ".h5");
        Status status = memory_text(&o->file, text_of(&path));
        text_release(&path);
        TRY(status);
    }
    TRY(dataset_load(&o->dataset, &o->config->data, o->config->seed));
    return config_check_data(o->config, o->dataset);
}

/* --- what the journal begins with --- */

static Status append(Opening *o, Record *record) {
    return record_append(o->ledger, o->journal, record);
}

static Status append_campaign(Opening *o) {
    Text versions = {0};
    text_add(&versions, "winnow %s; %s; %s; %s, kernels %s", WINNOW_VERSION, channel_mpi_version(),
             results_library_version(), blas_version(), blas_kernel());
    Status status = campaign_record_append(o->ledger, o->journal, o->config, text_of(&versions));
    text_release(&versions);
    return status;
}

/* Rows and labels of a part. */
static Status copy_part(const Examples *part, uint64_t *count, uint32_t **index, uint16_t **labels) {
    TRY(memory_new(index, part->count, sizeof(uint32_t)));
    TRY(memory_new(labels, part->count, sizeof(uint16_t)));
    *count = part->count;
    for (size_t i = 0; i < part->count; i++) {
        (*index)[i] = part->index[i];
        (*labels)[i] = part->labels[part->index[i]];
    }
    return STATUS_OK;
}

static Status fill_data(DataRecord *r, const Dataset *dataset) {
    Examples train = dataset_part(dataset, PART_TRAIN);
    Examples validation = dataset_part(dataset, PART_VALIDATION);
    Examples selection = dataset_part(dataset, PART_SELECTION);
    r->data_hash = dataset_hash(dataset);
    r->shape = dataset_shape(dataset);
    r->train_count = train.count;
    r->test_count = dataset_part(dataset, PART_TEST).count;
    TRY(copy_part(&validation, &r->validation_count, &r->validation_index, &r->validation_labels));
    if (selection.count > 0)
        TRY(copy_part(&selection, &r->selection_count, &r->selection_index, &r->selection_labels));
    TRY(memory_new(&r->mean, train.period, sizeof(float)));
    TRY(memory_new(&r->deviation, train.period, sizeof(float)));
    r->period = train.period;
    memcpy(r->mean, train.mean, train.period * sizeof(float));
    memcpy(r->deviation, train.deviation, train.period * sizeof(float));
    TRY(memory_new(&r->class_names, dataset_classes(dataset), sizeof(char *)));
    r->classes = (uint32_t)dataset_classes(dataset);
    for (uint32_t c = 0; c < r->classes; c++)
        TRY(memory_text(&r->class_names[c], dataset_class_name(dataset, c)));
    return STATUS_OK;
}

static Status append_data(Opening *o) {
    Record record = {.kind = RECORD_DATA};
    Status status = fill_data(&record.as.data, o->dataset);
    if (status != STATUS_OK) {
        record_release(&record);
        return status;
    }
    return append(o, &record);
}

static Status append_start(Opening *o, uint32_t ranks) {
    Record record = {.kind = RECORD_START};
    StartRecord *r = &record.as.start;
    r->time = clock_unix();
    r->ranks = ranks;
    r->process = (uint32_t)getpid();
    if (gethostname(r->host, sizeof(r->host)) != 0) text_copy(r->host, sizeof(r->host), "?");
    r->host[sizeof(r->host) - 1] = '\0';
    text_copy(r->arithmetic, sizeof(r->arithmetic), arithmetic_id());
    r->new_config = strcmp(o->ledger->campaign.config_text, o->config->source.text) != 0;
    Status status = memory_text(&r->config_text, r->new_config ? o->config->source.text : "");
    if (status != STATUS_OK) {
        record_release(&record);
        return status;
    }
    return append(o, &record);
}

/* --- going on with what is there --- */

static bool same_ensemble(const Config *a, const Config *b) {
    const EnsembleRules *x = &a->ensemble, *y = &b->ensemble;
    return a->has_ensemble == b->has_ensemble && x->method == y->method && x->size == y->size &&
           x->pool == y->pool && x->snapshots == y->snapshots && x->sorted == y->sorted &&
           x->bags == y->bags && x->bag_part == y->bag_part;
}

/* Does the ledger hold all that the configuration asks for? Where no trial came to its end, the stages after
 * that one never begin. */
static bool all_done(const Opening *o, const Config *old) {
    if (!o->ledger->ended || !outcome_is_complete(o->ledger->end.outcome)) return false;
    if (!same_ensemble(old, o->config)) return false;
    Plan plan = plan_of(o->config);
    size_t stages =
        o->ledger->end.outcome == OUTCOME_NONE_FINISHED && o->ledger->stage_count < plan.stage_count
            ? o->ledger->stage_count
            : plan.stage_count;
    return o->ledger->finished_count >= plan.first[stages];
}

/* An ensemble that was chosen by other rules does not count. */
static Status check_ensemble(Opening *o) {
    if (!o->ledger->has_ensemble) return STATUS_OK;
    const char *text = o->ledger->ensemble_config;
    Config *then = NULL;
    TRY(config_parse(&then, o->ledger->campaign.config_name, text, strlen(text)));
    if (!same_ensemble(then, o->config)) ledger_forget_ensemble(o->ledger);
    config_destroy(&then);
    return STATUS_OK;
}

static Status find_what_is_left(Opening *o, bool from_journal) {
    Config *old = NULL;
    TRY(same_campaign_check(o->config, o->dataset, o->file, o->ledger, &old));
    o->complete = !from_journal && all_done(o, old);
    config_destroy(&old);
    return o->complete ? STATUS_OK : check_ensemble(o);
}

/* What was grown beyond this configuration would stay outside of its plan. */
static Status check_plan(const Opening *o) {
    Plan plan = plan_of(o->config);
    if (o->ledger->trial_count <= plan_trials(&plan)) return STATUS_OK;
    return status_fail(STATUS_INPUT,
                       "%s: the campaign has come to trial %zu, and this configuration ends at trial %llu; "
                       "run the one that it was last continued with, or begin anew with --fresh",
                       o->file, o->ledger->trial_count - 1, (unsigned long long)plan_trials(&plan) - 1);
}

/* --strict: what stands was computed as this start would. */
static Status check_arithmetic(const Opening *o) {
    for (size_t id = 0; id < o->ledger->trial_count; id++) {
        const LedgerTrial *trial = &o->ledger->trials[id];
        const LedgerRow *row = trial->finished ? &trial->record : trial->report;
        if (row == NULL || strcmp(row->arithmetic, arithmetic_id()) == 0) continue;
        return status_fail(
            STATUS_ENVIRONMENT,
            "--strict: trial %zu of %s was computed as %s, and rank 0 computes as %s; run it on "
            "nodes of the first kind, or go on without it",
            id, o->file, row->arithmetic, arithmetic_id());
    }
    return STATUS_OK;
}

static Status set_journal_aside(const Opening *o) {
    char *name = NULL;
    TRY(campaign_state_set_aside(o->file, &name));
    if (name != NULL) log_note("the damaged journal is kept as %s", name);
    free(name);
    return STATUS_OK;
}

/* Nothing is left to do: what a kill at the very end left goes, and so does a journal that tells nothing. */
static Status leave_complete(const Opening *o, const CampaignState *state, const char *journal_path) {
    if (state->repaired) {
        TRY(set_journal_aside(o));
        (void)unlink(journal_path);
    }
    parts_remove_all(o->file);
    return STATUS_OK;
}

/* The journal that is there, or a new one where something had to be pieced together or taken out. */
static Status open_journal(Opening *o, const CampaignState *state, const char *journal_path) {
    bool changed = false;
    TRY(kept_networks_check(o->file, state->file_sound, o->config, &o->ledger, &changed));
    if (state->from_journal && !state->repaired && !changed) {
        uint64_t cut = state->reading.file_length - state->reading.good_length;
        if (cut > 0)
            log_warning(
                "%s ends in %s of a record that is not whole, as a kill leaves them; they are cut off",
                journal_path, text_count(cut, "byte", "bytes"));
        return journal_open(&o->journal, journal_path, state->reading.good_length);
    }
    if (state->repaired) TRY(set_journal_aside(o));
    return campaign_state_begin(o->file, o->ledger, &o->journal);
}

static Status go_on(Opening *o, CampaignState *state, const RankOptions *options, const char *journal_path,
                    uint32_t ranks) {
    if (state->from_journal && !state->repaired) TRY(campaign_state_check_file(o->file, state));
    for (size_t i = 0; i < state->note_count; i++)
        log_warning("%s", state->notes[i]);
    o->ledger = state->ledger;
    state->ledger = NULL;
    o->published = state->file_sound;
    TRY(find_what_is_left(o, state->from_journal));
    if (options->decisions_from != NULL)
        TRY(decisions_from_check(options->decisions_from, o->config, o->dataset, o->file, o->ledger));
    if (options->strict) TRY(check_arithmetic(o));
    if (o->complete) return leave_complete(o, state, journal_path);
    TRY(check_plan(o));
    TRY(open_journal(o, state, journal_path));
    kept_checkpoints_check(o->file, o->ledger);
    log_note("%s: going on after %s", o->file,
             text_count(o->ledger->finished_count, "finished trial", "finished trials"));
    if (!o->ledger->has_data) {
        log_warning("what the journal said of the data is lost: they are taken to be those of before");
        TRY(append_data(o));
    }
    TRY(open_leases_end(o->file, o->journal, o->ledger));
    TRY(append_start(o, ranks));
    return journal_sync(o->journal);
}

static Status append_to(void *context, Record *record) {
    return append(context, record);
}

static Status begin(Opening *o, const char *decisions_from, uint32_t ranks) {
    /* Before there is a file that binds the user to this configuration. */
    TRY(preflight_check_memory(o->config, o->dataset));
    TRY(ledger_create(&o->ledger));
    TRY(append_campaign(o));
    TRY(append_data(o));
    if (decisions_from != NULL) TRY(decisions_from_file(decisions_from, o->config, o->dataset, append_to, o));
    TRY(campaign_state_begin(o->file, o->ledger, &o->journal));
    TRY(append_start(o, ranks));
    return journal_sync(o->journal);
}

/* A job that Slurm has put into the queue again would set its own work aside. */
static bool is_requeued(void) {
    const char *count = getenv("SLURM_RESTART_COUNT");
    return count != NULL && strtol(count, NULL, 10) > 0;
}

/* --- beginning with what another file holds --- */

static Status check_from(const Opening *o, const char *from) {
    CampaignState state;
    TRY(campaign_state_read(from, false, &state));
    Status status = STATUS_OK;
    Config *old = NULL;
    if (state.ledger == NULL)
        status =
            status_fail(STATUS_ENVIRONMENT, "--from %s: there is no such file; winnow merge writes it", from);
    else if (state.from_journal || state.repaired)
        status = status_fail(STATUS_INPUT,
                             "--from %s: a journal is beside it, so its campaign still runs or was stopped; "
                             "winnow merge makes a file of what it holds, or let it end first",
                             from);
    else
        status = same_campaign_check(o->config, o->dataset, from, state.ledger, &old);
    config_destroy(&old);
    campaign_state_release(&state);
    return status;
}

/* Under the lock. A job that is started again goes on with its own file. */
static Status take_from(const Opening *o, const char *from, const char *journal_path) {
    if (from == NULL) return STATUS_OK;
    if (file_exists(o->file) || file_exists(journal_path)) {
        log_note("%s is there already: --from %s is not needed", o->file, from);
        return STATUS_OK;
    }
    TRY(check_from(o, from));
    char *bytes = NULL;
    size_t length = 0;
    TRY(file_read(from, PTRDIFF_MAX, &bytes, &length));
    Status status = file_write_whole(o->file, bytes, length);
    free(bytes);
    return status;
}

/* The ledger has room for a bounded number of trials that others do, and early stopping needs all. */
static Status check_shard(const Opening *o, Shard shard) {
    Plan plan = plan_of(o->config);
    for (size_t s = 0; s < plan.stage_count; s++) {
        if (shard.count > 1 && plan_stopping(o->config, s).rung_count > 0)
            return status_fail(
                STATUS_INPUT,
                "--shard %u/%u: early_terminate compares the trials of stage %s with each other, and "
                "a part of them cannot tell; leave out either",
                shard.index + 1, shard.count, o->config->stages[s].name);
        uint64_t own = plan_shard_trials(&plan, s, shard), trials = o->config->stages[s].trials;
        if (trials - own <= LEDGER_TRIAL_GAP + LEDGER_TRIAL_GAP_MORE * own) continue;
        return status_fail(STATUS_INPUT,
                           "--shard %u/%u: stage %s has %llu trials, which are too many for so many parts; "
                           "take fewer, larger ones",
                           shard.index + 1, shard.count, o->config->stages[s].name,
                           (unsigned long long)trials);
    }
    return STATUS_OK;
}

static Status begin_or_go_on(Opening *o, const RankOptions *options, const char *journal_path,
                             uint32_t ranks) {
    if (options->fresh && is_requeued())
        log_warning("--fresh is ignored: Slurm has started this job again, and its campaign goes on");
    else if (options->fresh)
        TRY(aside_set_all(o->file));
    TRY(take_from(o, options->from, journal_path));
    CampaignState state = {0};
    TRY(campaign_state_read(o->file, false, &state));
    Status status = state.ledger != NULL ? go_on(o, &state, options, journal_path, ranks)
                                         : begin(o, options->decisions_from, ranks);
    campaign_state_release(&state);
    TRY(status);
    if (!o->complete) parts_sweep(o->file, o->ledger);
    live_remove(o->file);
    return STATUS_OK;
}

Status opening_begin(Opening *o, const RankOptions *options, uint32_t ranks) {
    TRY(output_file_check(o->file, o->config));
    TRY(check_shard(o, options->shard));
    char *folder;
    TRY(file_folder_of(&folder, o->file));
    Status status = file_make_folders(folder);
    free(folder);
    TRY(status);
    if (!options->no_lock) {
        TRY(lock_take(&o->lock, o->file));
        o->locked = true;
    }
    char *journal_path;
    TRY(campaign_path(&journal_path, o->file, ".journal"));
    status = begin_or_go_on(o, options, journal_path, ranks);
    free(journal_path);
    return status;
}

Status opening_close(Opening *o) {
    journal_close(&o->journal);
    TRY(results_verify(o->file));
    char *journal_path;
    TRY(campaign_path(&journal_path, o->file, ".journal"));
    Status status = STATUS_OK;
    if (unlink(journal_path) != 0)
        status = status_fail_errno(STATUS_ENVIRONMENT, "cannot remove %s", journal_path);
    free(journal_path);
    if (status == STATUS_OK) parts_remove_all(o->file);
    return status;
}

void opening_release(Opening *o) {
    journal_close(&o->journal);
    ledger_destroy(&o->ledger);
    if (o->locked) lock_release(&o->lock);
    dataset_destroy(&o->dataset);
    config_destroy(&o->config);
    free(o->file);
    *o = (Opening){0};
}

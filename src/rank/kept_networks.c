#include "rank/kept_networks.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "store/campaign_state.h"
#include "store/parts.h"
#include "store/results.h"

/* Write the file's network as the blob that its record tells of; false where it is another one. */
static bool restore(const char *file, const MemberRecord *record, const MemberBlob *blob) {
    ByteWriter bytes = {0};
    member_blob_encode(blob, &bytes);
    MemberRecord found = {0};
    bool same = bytes_writer_status(&bytes) == STATUS_OK;
    if (same) found = member_record_of(blob->trial, blob->epoch, bytes.data, bytes.length);
    same = same && found.length == record->length && found.hash == record->hash &&
           parts_write(file, record->blob, bytes.data, bytes.length) == STATUS_OK;
    bytes_writer_release(&bytes);
    return same;
}

/* The results file's network serves where no blob is named, and replaces one that is bad. */
static bool is_in_file(const char *file, const MemberRecord *record) {
    MemberBlob blob = {0};
    if (results_read_member(file, record->trial, &blob) != STATUS_OK) return false;
    bool sound = blob.epoch == record->epoch;
    if (sound && record->blob[0] != '\0') {
        sound = restore(file, record, &blob);
        if (sound)
            log_warning(
                "the network of trial %llu was damaged or missing in %s.parts; it is restored from %s",
                (unsigned long long)record->trial, file, file);
    }
    member_blob_release(&blob);
    return sound;
}

static bool is_sound(const char *file, bool file_sound, const LedgerTrial *trial) {
    const MemberRecord *record = trial->member;
    if (!trial->kept) return false;
    MemberBlob blob = {0};
    bool sound = record->blob[0] != '\0' && parts_read_member(file, record, &blob) == STATUS_OK;
    member_blob_release(&blob);
    sound = sound || (file_sound && is_in_file(file, record));
    status_clear();
    return sound;
}

/* --- a ledger without some rows --- */

typedef enum Place { PLACE_OUTSIDE, PLACE_IN_POOL, PLACE_LOST } Place;

typedef struct Filter {
    Ledger *out;
    const uint8_t *places; /* [trials] Place */
} Filter;

/* A network outside the pool may be removed already. It must not count as kept where rows above it go. */
static Status take_kept(void *context, Record *record) {
    const Filter *filter = context;
    bool keep = true;
    switch (record->kind) {
    case RECORD_MEMBER: keep = filter->places[record->as.member.trial] == PLACE_IN_POOL; break;
    case RECORD_TRIAL: keep = filter->places[record->as.trial.trial] != PLACE_LOST; break;
    case RECORD_ENSEMBLE:
    case RECORD_END: keep = false; break; /* they are made again */
    default: break;
    }
    if (keep) return ledger_apply(filter->out, record);
    record_release(record);
    return STATUS_OK;
}

static Status take_out(Ledger **ledger, const uint8_t *places) {
    Filter filter = {.places = places};
    TRY(ledger_create(&filter.out));
    Status status = ledger_replay(*ledger, take_kept, &filter);
    if (status != STATUS_OK) {
        ledger_destroy(&filter.out);
        return status;
    }
    ledger_destroy(ledger);
    *ledger = filter.out;
    return STATUS_OK;
}

static void remove_replaced(const char *file, const Ledger *ledger, const uint8_t *places) {
    for (size_t i = 0; i < ledger->trial_count; i++) {
        const LedgerTrial *trial = &ledger->trials[i];
        if (trial->finished && trial->kept && places[i] == PLACE_OUTSIDE && trial->member->blob[0] != '\0')
            parts_remove(file, trial->member->blob);
    }
}

static void find_places(const char *file, bool file_sound, const Ledger *ledger, const uint64_t *ids,
                        size_t count, uint8_t *places, size_t *lost) {
    for (size_t i = 0; i < count; i++) {
        bool sound = is_sound(file, file_sound, &ledger->trials[ids[i]]);
        places[ids[i]] = sound ? PLACE_IN_POOL : PLACE_LOST;
        if (sound) continue;
        ++*lost;
        log_warning("the network of trial %llu is damaged or missing in %s.parts; the trial is trained again",
                    (unsigned long long)ids[i], file);
    }
}

Status kept_networks_check(const char *file, bool file_sound, const Config *config, Ledger **ledger,
                           bool *changed) {
    uint64_t *ids = NULL;
    uint8_t *places = NULL;
    size_t count = 0, lost = 0;
    size_t pool = config->has_ensemble ? config->ensemble.pool : 1;
    TRY(ledger_best(*ledger, config->metric, pool, &ids, &count));
    Status status = memory_new(&places, (*ledger)->trial_count, sizeof(*places));
    if (status == STATUS_OK) {
        find_places(file, file_sound, *ledger, ids, count, places, &lost);
        remove_replaced(file, *ledger, places);
        if (lost > 0) status = take_out(ledger, places);
    }
    *changed = lost > 0;
    free(places);
    free(ids);
    return status;
}

static bool is_there(const char *file, const CheckpointRecord *record) {
    Text path = {0};
    struct stat about;
    text_add(&path, "%s.parts/%s", file, record->blob);
    bool there = !path.failed && stat(text_of(&path), &about) == 0 && S_ISREG(about.st_mode) &&
                 (uint64_t)about.st_size == record->length;
    text_release(&path);
    return there;
}

void kept_checkpoints_check(const char *file, Ledger *ledger) {
    for (size_t i = 0; i < ledger->trial_count; i++) {
        LedgerTrial *trial = &ledger->trials[i];
        if (trial->finished || trial->checkpoint == NULL || is_there(file, trial->checkpoint)) continue;
        log_warning(
            "the checkpoint of trial %zu after epoch %u is not in %s.parts as it was stored; the trial "
            "begins anew",
            i, trial->checkpoint->epoch, file);
        free(trial->checkpoint);
        trial->checkpoint = NULL;
    }
}

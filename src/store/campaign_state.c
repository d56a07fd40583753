#include "store/campaign_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "store/paths.h"
#include "store/pieces.h"
#include "store/results.h"

/* What is read, and from where. */
typedef struct Look {
    const char *file, *journal; /* paths */
    bool unverified;
    CampaignState *state;
} Look;

static __attribute__((format(printf, 2, 3))) Status note(CampaignState *state, const char *format, ...) {
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0) return status_fail(STATUS_ENVIRONMENT, "out of memory");
    size_t capacity = state->note_count;
    Status status = memory_grow(&state->notes, &capacity, state->note_count + 1, sizeof(char *));
    if (status != STATUS_OK) {
        free(text);
        return status;
    }
    state->notes[state->note_count++] = text;
    return STATUS_OK;
}

/* --- the results file beside a journal --- */

/* The file's ledger, where it can be read; else NULL, and `why` says so. */
typedef struct FileLedger {
    Ledger *ledger; /* owned */
    bool complete;
    char why[256];
} FileLedger;

static void read_file(const Look *look, FileLedger *found) {
    *found = (FileLedger){0};
    if (!file_exists(look->file)) {
        (void)snprintf(found->why, sizeof(found->why), "there is no %s", look->file);
    } else if (results_read(look->file, look->unverified, &found->ledger, &found->complete) != STATUS_OK) {
        text_copy(found->why, sizeof(found->why), status_text());
        status_clear();
    }
}

static Status refuse_both(const char *journal_why, const char *file_why) {
    return status_fail(STATUS_ENVIRONMENT,
                       "neither journal nor results file can be used: %s; %s. Nothing was changed: restore a "
                       "copy of either, or begin anew with winnow run --fresh, which keeps both under other "
                       "names",
                       journal_why, file_why);
}

/* There is a journal, and nothing of it can be used. */
static Status fall_back(const Look *look, const char *why) {
    CampaignState *state = look->state;
    FileLedger file;
    char journal_why[512];
    text_copy(journal_why, sizeof(journal_why), why);
    read_file(look, &file);
    if (file.ledger == NULL) return refuse_both(journal_why, file.why);
    state->ledger = file.ledger;
    state->complete = file.complete;
    state->file_sound = !look->unverified;
    state->repaired = true;
    return note(state, "%s; going by %s as it was published, with %s: what was recorded since is lost",
                journal_why, look->file,
                text_count(state->ledger->finished_count, "finished trial", "finished trials"));
}

/* --- a damaged journal --- */

static Status note_damage(const Look *look, const JournalReading *reading) {
    char refused[96] = "";
    if (reading->refused > 0) {
        (void)snprintf(refused, sizeof(refused), ", with %s that leaned on lost ones",
                       text_count(reading->refused, "whole record", "whole records"));
    }
    return note(look->state, "%s is damaged at byte %llu: %s in %s lost%s; %s behind that could be read",
                look->journal, (unsigned long long)reading->damaged_at,
                text_count(reading->lost_bytes, "byte", "bytes"),
                text_count(reading->damage_count, "place is", "places are"), refused,
                text_count(reading->kept_after, "record", "records"));
}

/* A whole journal that lacks what was published from it: cut at the end of a record, or an older copy. */
static Status note_shortened(const Look *look) {
    return note(look->state, "%s is shorter than it was when %s was published", look->journal, look->file);
}

/* The journal on top of what the file holds. */
static Status join(const Look *look, JournalLedger *journal, FileLedger *file) {
    CampaignState *state = look->state;
    size_t before = journal->ledger->finished_count;
    state->ledger = file->ledger;
    file->ledger = NULL;
    state->file_sound = !look->unverified;
    TRY(pieces_join(look->journal, state->ledger, &state->reading));
    TRY(state->reading.damage_count > 0 ? note_damage(look, &state->reading) : note_shortened(look));
    size_t gained = state->ledger->finished_count - before;
    if (gained == 0) return STATUS_OK;
    return note(state, "%s that the journal has lost came from %s",
                text_count(gained, "finished trial", "finished trials"), look->file);
}

static Status piece_together(const Look *look, JournalLedger *journal) {
    CampaignState *state = look->state;
    FileLedger file;
    char why[512];
    state->reading = journal->reading;
    state->from_journal = true;
    state->repaired = true;
    read_file(look, &file);
    if (file.ledger != NULL && pieces_same_campaign(journal, file.ledger)) return join(look, journal, &file);
    if (file.ledger != NULL)
        (void)snprintf(file.why, sizeof(file.why), "%s holds another campaign", look->file);
    ledger_destroy(&file.ledger);
    if (journal->campaign_lost) {
        (void)snprintf(why, sizeof(why), "%s is damaged at byte %llu, where it said which campaign it is of",
                       look->journal, (unsigned long long)journal->reading.damaged_at);
        return refuse_both(why, file.why);
    }
    TRY(note_damage(look, &state->reading));
    state->ledger = journal->ledger;
    journal->ledger = NULL;
    pieces_forget_conclusions(state->ledger);
    return note(state, "the results file cannot make it good: %s", file.why);
}

/* --- all together --- */

/* `published` rows are in the file. One of another campaign says nothing of this journal. */
static bool is_shortened(const Look *look, const JournalLedger *journal, uint64_t published) {
    double created = 0;
    if (published <= journal->ledger->finished_count) return false;
    bool same = results_verify(look->file) == STATUS_OK &&
                results_created(look->file, &created) == STATUS_OK &&
                created == journal->ledger->campaign.created;
    status_clear();
    return same;
}

static Status use_journal(const Look *look, JournalLedger *journal, uint64_t published) {
    CampaignState *state = look->state;
    char why[512];
    state->barren_starts = journal->barren_starts;
    if (journal->ledger == NULL) {
        (void)snprintf(why, sizeof(why), "%s holds no whole record", look->journal);
        return fall_back(look, why);
    }
    if (journal->reading.damage_count > 0 || journal->campaign_lost || is_shortened(look, journal, published))
        return piece_together(look, journal);
    state->reading = journal->reading;
    state->from_journal = true;
    state->ledger = journal->ledger;
    journal->ledger = NULL;
    return STATUS_OK;
}

static Status refuse_irregular(const char *file) {
    struct stat about;
    if (stat(file, &about) != 0 || S_ISREG(about.st_mode)) return STATUS_OK;
    if (S_ISDIR(about.st_mode))
        return status_fail(STATUS_ENVIRONMENT, "%s is a folder; name a file in it that winnow run wrote",
                           file);
    return status_fail(STATUS_ENVIRONMENT, "%s is a device or a pipe; name a file that winnow run wrote",
                       file);
}

static Status read_file_alone(const Look *look) {
    CampaignState *state = look->state;
    if (!file_exists(look->file)) return STATUS_OK;
    TRY(refuse_irregular(look->file));
    if (results_read(look->file, look->unverified, &state->ledger, &state->complete) == STATUS_OK) {
        state->file_sound = !look->unverified;
        if (state->ledger->ended) return STATUS_OK;
        return note(
            state,
            "%s was published while its campaign ran, and its journal is not there: what was recorded "
            "since is not known",
            look->file);
    }
    if (look->unverified) return STATUS_ENVIRONMENT;
    char why[512];
    text_copy(why, sizeof(why), status_text());
    if (results_verify(look->file) == STATUS_OK) return status_restore(STATUS_ENVIRONMENT, why);
    return status_fail(STATUS_ENVIRONMENT,
                       "%s, and there is no journal to rebuild it from; restore a copy, read what can be "
                       "read with --unverified, or begin anew with winnow run --fresh",
                       why);
}

static Status read_all(const Look *look) {
    if (!file_exists(look->journal)) return read_file_alone(look);
    /* Before the journal, which may grow meanwhile and be published again. */
    uint64_t published = 0;
    if (file_exists(look->file) && results_rows(look->file, &published) != STATUS_OK) status_clear();
    JournalLedger journal;
    Status status = pieces_read(look->journal, &journal);
    if (status == STATUS_OK) {
        status = use_journal(look, &journal, published);
        ledger_destroy(&journal.ledger);
        return status;
    }
    if (!file_exists(look->journal)) { /* gone meanwhile: the campaign is complete */
        status_clear();
        return read_file_alone(look);
    }
    return journal.reading.foreign ? fall_back(look, status_text()) : status;
}

Status campaign_state_read(const char *file, bool unverified, CampaignState *state) {
    *state = (CampaignState){.reading.damaged_at = UINT64_MAX};
    char *journal = NULL;
    TRY(campaign_path(&journal, file, ".journal"));
    Look look = {.file = file, .journal = journal, .unverified = unverified, .state = state};
    Status status = read_all(&look);
    free(journal);
    if (status != STATUS_OK) campaign_state_release(state);
    return status;
}

Status campaign_state_check_file(const char *file, CampaignState *state) {
    state->file_sound = false;
    if (!file_exists(file)) return STATUS_OK;
    double created = 0;
    Status status = results_verify(file);
    if (status == STATUS_OK) status = results_created(file, &created);
    if (status != STATUS_OK) {
        TRY(note(state, "%s; it is written anew from the journal", status_text()));
        status_clear();
        return STATUS_OK;
    }
    if (created != state->ledger->campaign.created) {
        return status_fail(STATUS_ENVIRONMENT,
                           "%s holds another campaign than the journal beside it; move the one that is not "
                           "meant away, or begin anew with --fresh, which keeps both under other names",
                           file);
    }
    state->file_sound = true;
    return STATUS_OK;
}

void campaign_state_release(CampaignState *state) {
    ledger_destroy(&state->ledger);
    for (size_t i = 0; i < state->note_count; i++)
        free(state->notes[i]);
    free(state->notes);
    *state = (CampaignState){.reading.damaged_at = UINT64_MAX};
}

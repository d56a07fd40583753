#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "fixtures.h"
#include "store/campaign_state.h"
#include "store/parts.h"
#include "store/results.h"
#include "suite.h"
#include "suites.h"

#define FILE_NAME "results.h5"

static void publish(const Ledger *ledger) {
    Config *config = fixture_config();
    Status status = results_write(FILE_NAME, ledger, config);
    if (status != STATUS_OK) fprintf(stderr, "\n  %s\n", status_text());
    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
    fixture_config_free(config);
}

static Ledger *read_back(bool *complete) {
    Ledger *ledger = NULL;
    Status status = results_read(FILE_NAME, false, &ledger, complete);
    if (status != STATUS_OK) fprintf(stderr, "\n  %s\n", status_text());
    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
    return ledger;
}

static void round_trip_of(bool complete) {
    bool found_complete = !complete;
    fixture_clean(FILE_NAME);
    Ledger *ledger = fixture_ledger(FILE_NAME, complete);
    publish(ledger);
    CU_ASSERT_EQUAL(results_verify(FILE_NAME), STATUS_OK);
    Ledger *found = read_back(&found_complete);
    CU_ASSERT_EQUAL(found_complete, complete);
    CU_ASSERT_EQUAL(found->trial_count, FIXTURE_DRAWN);
    CU_ASSERT_EQUAL(found->finished_count, FIXTURE_TRIALS);
    CU_ASSERT_EQUAL(found->has_ensemble, complete);
    CU_ASSERT(fixture_equal(ledger, found, true));
    ledger_destroy(&found);
    ledger_destroy(&ledger);
    fixture_clean(FILE_NAME);
}

static void round_trip(void) {
    round_trip_of(true);
}

static void round_trip_midway(void) {
    round_trip_of(false);
}

/* As campaigns are that have none, and all were before there could be one. */
static void round_trip_without_selection(void) {
    bool complete = false;
    fixture_clean(FILE_NAME);
    Ledger *ledger = fixture_ledger(FILE_NAME, true);
    EnsembleRecord *e = &ledger->ensemble;
    ledger->data.selection_count = 0;
    e->on_selection = false;
    e->selection_accuracy = e->selection_loss = e->single_selection_accuracy = e->single_selection_loss = 0;
    e->single_optimism = e->pool_optimism = (Optimism){0};
    publish(ledger);
    Ledger *found = read_back(&complete);
    CU_ASSERT(complete && !found->ensemble.on_selection && found->data.selection_count == 0);
    CU_ASSERT_PTR_NULL(found->data.selection_index);
    CU_ASSERT(fixture_equal(ledger, found, true));
    ledger_destroy(&found);
    ledger_destroy(&ledger);
    fixture_clean(FILE_NAME);
}

static Status apply(void *context, Record *record) {
    return ledger_apply(context, record);
}

static void replay_is_the_same(void) {
    Ledger *ledger = fixture_ledger(NULL, true), *again = NULL;
    CU_ASSERT_EQUAL_FATAL(ledger_create(&again), STATUS_OK);
    CU_ASSERT_EQUAL(ledger_replay(ledger, apply, again), STATUS_OK);
    CU_ASSERT(fixture_equal(ledger, again, false));
    CU_ASSERT_EQUAL(again->lease_count, ledger->lease_count);
    CU_ASSERT_EQUAL(again->finished_count, ledger->finished_count);
    ledger_destroy(&again);
    ledger_destroy(&ledger);
}

/* Only the campaign record is known: what is published before the first lease. */
static void empty_campaign(void) {
    bool complete = true;
    fixture_clean(FILE_NAME);
    Ledger *full = fixture_ledger(NULL, true), *ledger = NULL;
    CU_ASSERT_EQUAL_FATAL(ledger_create(&ledger), STATUS_OK);
    Record record = {.kind = RECORD_CAMPAIGN, .as.campaign = full->campaign};
    memset(&full->campaign, 0, sizeof(full->campaign));
    CU_ASSERT_EQUAL(ledger_apply(ledger, &record), STATUS_OK);
    publish(ledger);
    Ledger *found = read_back(&complete);
    CU_ASSERT(!complete);
    CU_ASSERT(fixture_equal(ledger, found, true));
    ledger_destroy(&found);
    ledger_destroy(&ledger);
    ledger_destroy(&full);
    fixture_clean(FILE_NAME);
}

static void members_read_back(void) {
    fixture_clean(FILE_NAME);
    Ledger *ledger = fixture_ledger(FILE_NAME, true);
    publish(ledger);
    static const uint64_t kept[] = {1, 6, 7};
    for (size_t i = 0; i < 3; i++) {
        MemberBlob blob = {0}, expected = fixture_member(kept[i]);
        ByteWriter a = {0}, b = {0};
        CU_ASSERT_EQUAL_FATAL(results_read_member(FILE_NAME, kept[i], &blob), STATUS_OK);
        member_blob_encode(&blob, &a);
        member_blob_encode(&expected, &b);
        CU_ASSERT(a.length == b.length && memcmp(a.data, b.data, a.length) == 0);
        bytes_writer_release(&a);
        bytes_writer_release(&b);
        member_blob_release(&blob);
        member_blob_release(&expected);
    }
    MemberBlob blob = {0};
    CU_ASSERT(fixture_failed(results_read_member(FILE_NAME, FIXTURE_SUPERSEDED, &blob),
                             "network of trial 4 is not in the file"));
    ledger_destroy(&ledger);
    fixture_clean(FILE_NAME);
}

/* The same ledger, written from the folder of parts and from the file before: the same bytes. */
static void equal_files(void) {
    fixture_clean(FILE_NAME);
    Ledger *ledger = fixture_ledger(FILE_NAME, true);
    size_t first = 0, second = 0;
    publish(ledger);
    unsigned char *a = fixture_read(FILE_NAME, &first);
    parts_remove_all(FILE_NAME);
    publish(ledger);
    unsigned char *b = fixture_read(FILE_NAME, &second);
    CU_ASSERT(first == second && memcmp(a, b, first) == 0);
    CU_ASSERT(!file_exists(FILE_NAME ".tmp"));
    free(a);
    free(b);
    ledger_destroy(&ledger);
    fixture_clean(FILE_NAME);
}

static void missing_member(void) {
    Config *config = fixture_config();
    fixture_clean(FILE_NAME);
    Ledger *ledger = fixture_ledger(FILE_NAME, true);
    parts_remove_all(FILE_NAME);
    CU_ASSERT(fixture_failed(results_write(FILE_NAME, ledger, config), "results.h5.parts/member-1"));
    CU_ASSERT(!file_exists(FILE_NAME));
    CU_ASSERT(!file_exists(FILE_NAME ".tmp"));
    ledger_destroy(&ledger);
    fixture_config_free(config);
}

/* Another campaign's file of the same name is no source of networks. */
static void other_campaign(void) {
    Config *config = fixture_config();
    fixture_clean(FILE_NAME);
    Ledger *ledger = fixture_ledger(FILE_NAME, true);
    publish(ledger);
    parts_remove_all(FILE_NAME);
    ledger->campaign.created += 1;
    CU_ASSERT(fixture_failed(results_write(FILE_NAME, ledger, config), "results.h5.parts/member-1"));
    CU_ASSERT_EQUAL(results_verify(FILE_NAME), STATUS_OK);
    ledger_destroy(&ledger);
    fixture_config_free(config);
    fixture_clean(FILE_NAME);
}

/* With its stages lost a ledger still gives all the values that were drawn. */
static void replayed_draws(void) {
    Ledger *ledger = fixture_ledger(NULL, false), *found = NULL;
    size_t stages = ledger->stage_count;
    ledger->stage_count = 0;
    CU_ASSERT_EQUAL_FATAL(ledger_create(&found), STATUS_OK);
    CU_ASSERT_EQUAL(ledger_replay(ledger, apply, found), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(found->trial_count, ledger->trial_count);
    ledger->stage_count = stages;
    for (uint32_t stage = 0; stage < stages; stage++) { /* as the coordinator begins them anew */
        ByteWriter bytes = {0};
        Record record = {.kind = RECORD_STAGE, .as.stage = ledger->stages[stage]};
        record_encode(&record, &bytes);
        CU_ASSERT_EQUAL_FATAL(record_decode(&record, bytes.data, bytes.length), STATUS_OK);
        CU_ASSERT_EQUAL(ledger_apply(found, &record), STATUS_OK);
        bytes_writer_release(&bytes);
    }
    CU_ASSERT(fixture_equal(ledger, found, false));
    ledger_destroy(&found);
    ledger_destroy(&ledger);
}

/* Strikes count from the newest checkpoint on; a trial that is over needs none. */
static void replayed_strikes(void) {
    Ledger *ledger = fixture_ledger(NULL, false), *found = NULL;
    const LeaseOutcome outcomes[] = {LEASE_CRASHED, LEASE_LOST, LEASE_CRASHED};
    for (uint64_t i = 0; i < 3; i++) {
        if (i == 2) {
            Record checkpoint = {.kind = RECORD_CHECKPOINT,
                                 .as.checkpoint = {.trial = 9, .epoch = 1, .blob = "checkpoint-9-1-1"}};
            CU_ASSERT_EQUAL(ledger_apply(ledger, &checkpoint), STATUS_OK);
        }
        Record lease = {.kind = RECORD_LEASE,
                        .as.lease = {.lease = 20 + i, .trial = 9, .outcome = (uint8_t)outcomes[i]}};
        CU_ASSERT_EQUAL(ledger_apply(ledger, &lease), STATUS_OK);
    }
    CU_ASSERT_EQUAL_FATAL(ledger->trials[9].strikes, 1);
    CU_ASSERT_EQUAL_FATAL(ledger_create(&found), STATUS_OK);
    CU_ASSERT_EQUAL(ledger_replay(ledger, apply, found), STATUS_OK);
    CU_ASSERT_EQUAL(found->trials[9].strikes, 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(found->trials[9].checkpoint);
    CU_ASSERT_STRING_EQUAL(found->trials[9].checkpoint->blob, "checkpoint-9-1-1");
    CU_ASSERT_EQUAL(found->trials[3].strikes, ledger->trials[3].strikes);
    CU_ASSERT_EQUAL(found->lease_count, ledger->lease_count);
    CU_ASSERT_EQUAL(found->leases[15].lease, 0); /* numbers that were lost stay so */
    ledger_destroy(&found);
    ledger_destroy(&ledger);
}

static void report(Ledger *ledger, uint64_t trial, uint32_t epochs) {
    Record record = {.kind = RECORD_REPORT,
                     .as.trial = {.trial = trial,
                                  .outcome = {.status = TRIAL_STOPPED, .epochs = epochs},
                                  .curve_count = epochs}};
    CU_ASSERT_EQUAL_FATAL(memory_new(&record.as.trial.curve, epochs, sizeof(EpochRow)), STATUS_OK);
    CU_ASSERT_EQUAL(ledger_apply(ledger, &record), STATUS_OK);
}

/* Of a trial that waits at a rung; one that is over has its row. */
static void replayed_reports(void) {
    Ledger *ledger = fixture_ledger(NULL, false), *found = NULL;
    report(ledger, 9, 1);
    report(ledger, 9, 3);
    report(ledger, 1, 3);
    CU_ASSERT_EQUAL_FATAL(ledger_create(&found), STATUS_OK);
    CU_ASSERT_EQUAL(ledger_replay(ledger, apply, found), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(found->trials[9].report);
    CU_ASSERT_EQUAL(found->trials[9].report->curve_count, 3);
    CU_ASSERT_PTR_NULL(found->trials[1].report);
    CU_ASSERT_EQUAL(found->decision_count, FIXTURE_DECISIONS);
    CU_ASSERT_EQUAL(found->trials[5].stopped_at, 2);
    CU_ASSERT_EQUAL(found->trials[4].promoted, 1);
    ledger_destroy(&found);
    ledger_destroy(&ledger);
}

static void wrong_configuration(void) {
    Config *config = fixture_config();
    Ledger *ledger = fixture_ledger(NULL, true);
    config->space.count--;
    CU_ASSERT(fixture_failed(results_write(FILE_NAME, ledger, config), "not of its configuration"));
    config->space.count++;
    config->space.parameters[3].value_count = 1;
    CU_ASSERT(fixture_failed(results_write(FILE_NAME, ledger, config), "a value of batch_size"));
    config->space.parameters[3].value_count = 2;
    (void)snprintf(config->space.parameters[4].name, PARAMETER_NAME_SIZE, "epochs");
    CU_ASSERT(fixture_failed(results_write(FILE_NAME, ledger, config), "/trials cannot be made"));
    CU_ASSERT(!file_exists(FILE_NAME) && !file_exists(FILE_NAME ".tmp"));
    ledger_destroy(&ledger);
    fixture_config_free(config);
}

/* Long tables go through many batches, compressed. */
static void many_trials(void) {
    enum { TRIALS = 4000 };
    bool complete = false;
    fixture_clean(FILE_NAME);
    Ledger *ledger = fixture_ledger(FILE_NAME, true);
    for (uint64_t id = FIXTURE_DRAWN; id < TRIALS; id++) {
        Record draw = {
            .kind = RECORD_DRAW,
            .as.draw = {.trial = id, .parameter_count = 8, .draw = draw_unpack(ledger->trials[id % 9].draw)}};
        CU_ASSERT_EQUAL_FATAL(ledger_apply(ledger, &draw), STATUS_OK);
        Record trial = {.kind = RECORD_TRIAL, .as.trial = ledger_row_record(&ledger->trials[id % 9].record)};
        TrialRecord *row = &trial.as.trial;
        row->curve = NULL;
        CU_ASSERT_EQUAL_FATAL(memory_new(&row->curve, 3, sizeof(EpochRow)), STATUS_OK);
        for (uint32_t i = 0; i < 3; i++)
            row->curve[i] = (EpochRow){.epoch = i + 1, .val_loss = 1.0 / (double)(id + i)};
        row->trial = id;
        row->outcome.status = TRIAL_STOPPED;
        row->curve_count = 3;
        CU_ASSERT_EQUAL_FATAL(ledger_apply(ledger, &trial), STATUS_OK);
    }
    publish(ledger);
    size_t length = 0;
    free(fixture_read(FILE_NAME, &length));
    CU_ASSERT(length < 1500000);
    Ledger *found = read_back(&complete);
    CU_ASSERT_EQUAL(found->finished_count, TRIALS - 1);
    CU_ASSERT(fixture_equal(ledger, found, true));
    ledger_destroy(&found);
    ledger_destroy(&ledger);
    fixture_clean(FILE_NAME);
}

static void new_configuration(void) {
    bool complete = false;
    fixture_clean(FILE_NAME);
    Ledger *ledger = fixture_ledger(FILE_NAME, true);
    Record record = {.kind = RECORD_START, .as.start = {.time = 1.9e9, .ranks = 2, .new_config = true}};
    CU_ASSERT_EQUAL_FATAL(memory_text(&record.as.start.config_text, "seed: 7\n"), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(ledger_apply(ledger, &record), STATUS_OK);
    publish(ledger);
    Ledger *found = read_back(&complete);
    CU_ASSERT_STRING_EQUAL(found->campaign.config_text, "seed: 7\n");
    CU_ASSERT(fixture_equal(ledger, found, true));
    ledger_destroy(&found);
    ledger_destroy(&ledger);
    fixture_clean(FILE_NAME);
}

/* In a child, as the publisher is one: HDF5 may crash when it cannot write. */
static int publish_on_full_disk(const Ledger *ledger, rlim_t bytes) {
    Config *config = fixture_config();
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = bytes};
    (void)signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 9;
    return results_write(FILE_NAME, ledger, config) == STATUS_OK ? 0 : 1;
}

static void full_disk(void) {
    fixture_clean(FILE_NAME);
    Ledger *ledger = fixture_ledger(FILE_NAME, true);
    publish(ledger);
    size_t length = 0, now = 0;
    unsigned char *before = fixture_read(FILE_NAME, &length);
    size_t published = 0, changed = 0;
    for (size_t part = 0; part <= 12; part++) {
        int status = 0;
        pid_t child = fork();
        if (child == 0) _exit(publish_on_full_disk(ledger, length * part / 12));
        CU_ASSERT_EQUAL_FATAL(waitpid(child, &status, 0), child);
        published += WIFEXITED(status) && WEXITSTATUS(status) == 0;
        unsigned char *after = fixture_read(FILE_NAME, &now);
        changed += now != length || memcmp(before, after, length) != 0;
        free(after);
    }
    CU_ASSERT_EQUAL(published, 1); /* with room for all of it */
    CU_ASSERT_EQUAL(changed, 0);
    free(before);
    ledger_destroy(&ledger);
    fixture_clean(FILE_NAME);
}

static void version(void) {
    CU_ASSERT(strncmp(results_library_version(), "HDF5 1.", 7) == 0);
}

void suite_results(void) {
    static const TestCase tests[] = {
        {"a complete campaign is read back as it was written", round_trip},
        {"so is one that is still running", round_trip_midway},
        {"a campaign without a selection part reads back without one", round_trip_without_selection},
        {"replayed records give the same ledger", replay_is_the_same},
        {"replayed draws are whole where no stage is known", replayed_draws},
        {"replayed strikes count from the newest checkpoint", replayed_strikes},
        {"reports and decisions are replayed", replayed_reports},
        {"a campaign without any trial is a valid file", empty_campaign},
        {"kept networks are read back bit for bit, others are not there", members_read_back},
        {"networks come from the old file where the folder is gone, and equal ledgers give equal files",
         equal_files},
        {"a network that is nowhere is an error, and leaves no file", missing_member},
        {"another campaign's file is no source of networks", other_campaign},
        {"a configuration that is not the campaign's is refused", wrong_configuration},
        {"four thousand trials go through batches and compression", many_trials},
        {"a changed configuration is the one that the file holds", new_configuration},
        {"a full disk leaves the old file as it was", full_disk},
        {"the library's version is told", version},
    };
    SUITE("results", tests);
}

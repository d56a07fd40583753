#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "rank/jobs/checkpoint.h"
#include "rank/suites.h"
#include "rank/trial.h"
#include "store/parts.h"
#include "suite.h"

static Heard whole; /* the trial without an interruption */

static void see_the_whole(void) {
    if (whole.ended) return;
    Host host;
    trial_host(&host, TRIAL_FILE, "3600");
    trial_begin(&host, 1, NULL);
    whole = trial_listen(&host, 0);
    host_stop(&host);
    CU_ASSERT_TRUE_FATAL(whole.has_result && whole.end.exit_code == 0 && whole.has_network);
    CU_ASSERT_TRUE(whole.begun && whole.from_epoch == 0 && whole.note[0] == '\0' && !whole.has_checkpoint);
    CU_ASSERT_EQUAL_FATAL(whole.row.curve_count, TRIAL_EPOCHS);
}

static bool same_row(const EpochRow *a, const EpochRow *b) {
    return a->epoch == b->epoch && a->learning_rate == b->learning_rate && a->train_loss == b->train_loss &&
           a->train_accuracy == b->train_accuracy && a->val_loss == b->val_loss &&
           a->val_accuracy == b->val_accuracy && a->update_ratio == b->update_ratio;
}

static void equals_the_whole(const Heard *heard) {
    CU_ASSERT_TRUE_FATAL(heard->has_result);
    CU_ASSERT_TRUE(heard->has_network && heard->end.exit_code == 0 && heard->end.signal == 0);
    const TrainOutcome *a = &heard->row.outcome, *b = &whole.row.outcome;
    CU_ASSERT_EQUAL(a->weights_hash, b->weights_hash);
    CU_ASSERT_TRUE(a->epochs == b->epochs && a->best_epoch == b->best_epoch && a->val_loss == b->val_loss);
    CU_ASSERT_EQUAL_FATAL(heard->row.curve_count, TRIAL_EPOCHS);
    for (uint32_t i = 0; i < TRIAL_EPOCHS; i++)
        CU_ASSERT_TRUE(same_row(&heard->row.curve[i], &whole.row.curve[i]));
    CU_ASSERT_EQUAL(heard->rows, TRIAL_EPOCHS - heard->from_epoch);
}

/* Interrupted after some epochs, in a host process of its own. */
static Heard interrupted(const char *file) {
    Host host;
    trial_host(&host, file, "3600");
    trial_begin(&host, 7, NULL);
    Heard heard = trial_listen(&host, 3);
    host_stop(&host);
    CU_ASSERT_TRUE(!heard.has_result && heard.end.exit_code == 0 && heard.end.signal == 0);
    CU_ASSERT_TRUE_FATAL(heard.has_checkpoint && heard.checkpoints == 1);
    CU_ASSERT_EQUAL(heard.checkpoint.lease, 7);
    CU_ASSERT_EQUAL(heard.checkpoint.record.trial, 1);
    CU_ASSERT_EQUAL(heard.checkpoint.record.epoch, heard.rows);
    CU_ASSERT_TRUE(heard.rows >= 3 && heard.rows < TRIAL_EPOCHS);
    return heard;
}

static Heard gone_on(const char *file, const CheckpointMessage *from) {
    Host host;
    trial_host(&host, file, "3600");
    trial_begin(&host, 8, from);
    Heard heard = trial_listen(&host, 0);
    host_stop(&host);
    CU_ASSERT_TRUE(heard.begun);
    return heard;
}

static void goes_on_from_the_folder(void) {
    see_the_whole();
    parts_remove_all(TRIAL_FILE);
    Heard first = interrupted(TRIAL_FILE);
    CU_ASSERT_TRUE(first.checkpoint.stored && first.checkpoint.blob == NULL);
    Heard second = gone_on(TRIAL_FILE, &first.checkpoint);
    CU_ASSERT_EQUAL(second.from_epoch, first.rows);
    CU_ASSERT_STRING_EQUAL(second.note, "");
    equals_the_whole(&second);
    CU_ASSERT_TRUE(second.row.outcome.seconds > first.checkpoint.record.seconds);
    heard_release(&first);
    heard_release(&second);
}

static void goes_on_from_bytes(void) {
    see_the_whole();
    Heard first = interrupted("");
    CU_ASSERT_TRUE_FATAL(!first.checkpoint.stored && first.checkpoint.blob != NULL);
    CU_ASSERT_EQUAL(first.checkpoint.length, first.checkpoint.record.length);
    Heard second = gone_on("", &first.checkpoint);
    CU_ASSERT_EQUAL(second.from_epoch, first.rows);
    equals_the_whole(&second);
    heard_release(&first);
    heard_release(&second);
}

/* To a rung, and to the next: a state, then what it amounts to, each time. */
static void waits_at_rungs(const char *file) {
    see_the_whole();
    const uint32_t rungs[] = {4, 5, TRIAL_EPOCHS};
    CheckpointMessage from = {0};
    Heard heard = {0};
    for (size_t i = 0; i < 3; i++) {
        Host host;
        trial_host(&host, file, "3600");
        trial_begin_until(&host, 20 + i, i > 0 ? &from : NULL, rungs[i]);
        Heard next = trial_listen(&host, 0);
        host_stop(&host);
        CU_ASSERT_EQUAL(next.from_epoch, i > 0 ? rungs[i - 1] : 0);
        heard_release(&heard);
        heard = next;
        if (rungs[i] == TRIAL_EPOCHS) break;
        CU_ASSERT_TRUE_FATAL(heard.has_result && heard.has_checkpoint && heard.saved_first);
        CU_ASSERT_FALSE(heard.has_network);
        CU_ASSERT_EQUAL(heard.row.outcome.status, TRIAL_STOPPED);
        CU_ASSERT_EQUAL(heard.row.outcome.epochs, rungs[i]);
        CU_ASSERT_EQUAL_FATAL(heard.row.curve_count, rungs[i]);
        CU_ASSERT_TRUE(same_row(&heard.row.curve[rungs[i] - 1], &whole.row.curve[rungs[i] - 1]));
        CU_ASSERT_EQUAL(heard.checkpoint.record.epoch, rungs[i]);
        from = heard.checkpoint;
    }
    equals_the_whole(&heard);
    heard_release(&heard);
}

static void waits_at_rungs_with_its_state_in_the_folder(void) {
    parts_remove_all(TRIAL_FILE);
    waits_at_rungs(TRIAL_FILE);
}

static void waits_at_rungs_with_its_state_sent(void) {
    waits_at_rungs("");
}

/* Its report was lost after its state had been saved: nothing is left to train. */
static void reports_from_a_state_at_the_rung(void) {
    Heard first = interrupted("");
    Host host;
    trial_host(&host, "", "3600");
    trial_begin_until(&host, 30, &first.checkpoint, first.checkpoint.record.epoch);
    Heard second = trial_listen(&host, 0);
    host_stop(&host);
    CU_ASSERT_TRUE(second.has_result && second.rows == 0 && !second.has_checkpoint);
    CU_ASSERT_EQUAL(second.row.outcome.status, TRIAL_STOPPED);
    CU_ASSERT_EQUAL(second.row.outcome.epochs, first.checkpoint.record.epoch);
    heard_release(&first);
    heard_release(&second);
}

static void interrupted_twice(void) {
    see_the_whole();
    Heard first = interrupted("");
    Host host;
    trial_host(&host, "", "3600");
    trial_begin(&host, 9, &first.checkpoint);
    Heard second = trial_listen(&host, 2);
    CU_ASSERT_TRUE_FATAL(second.has_checkpoint && !second.has_result);
    CU_ASSERT_EQUAL(second.checkpoint.record.epoch, first.rows + second.rows);
    trial_begin(&host, 10, &second.checkpoint); /* the same host process serves on */
    Heard third = trial_listen(&host, 0);
    host_stop(&host);
    equals_the_whole(&third);
    heard_release(&first);
    heard_release(&second);
    heard_release(&third);
}

/* From the start, with a word of why, and the same bits. */
static void begins_anew(const char *file, const CheckpointMessage *from) {
    Heard heard = gone_on(file, from);
    CU_ASSERT_EQUAL(heard.from_epoch, 0);
    CU_ASSERT_TRUE(strlen(heard.note) > 10);
    equals_the_whole(&heard);
    heard_release(&heard);
}

static void a_damaged_file_is_no_checkpoint(void) {
    see_the_whole();
    parts_remove_all(TRIAL_FILE);
    Heard first = interrupted(TRIAL_FILE);
    char path[256];
    (void)snprintf(path, sizeof(path), TRIAL_FILE ".parts/%s", first.checkpoint.record.blob);
    FILE *file = fopen(path, "r+b");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fseek(file, (long)first.checkpoint.record.length / 2, SEEK_SET), 0);
    int byte = fgetc(file);
    CU_ASSERT_EQUAL(fseek(file, -1, SEEK_CUR), 0);
    CU_ASSERT_NOT_EQUAL(fputc(byte ^ 4, file), EOF);
    CU_ASSERT_EQUAL(fclose(file), 0);
    begins_anew(TRIAL_FILE, &first.checkpoint);
    CU_ASSERT_EQUAL(unlink(path), 0);
    begins_anew(TRIAL_FILE, &first.checkpoint);
    heard_release(&first);
}

static void bad_bytes_are_no_checkpoint(void) {
    see_the_whole();
    Heard first = interrupted("");
    CheckpointMessage bad = first.checkpoint;
    bad.length--;
    begins_anew("", &bad);
    bad = first.checkpoint;
    bad.blob = NULL;
    bad.length = 0;
    begins_anew("", &bad);
    bad = first.checkpoint;
    bad.record.epoch++;
    begins_anew("", &bad);
    bad = first.checkpoint;
    bad.blob[bad.length / 2] ^= 1;
    begins_anew("", &bad);
    heard_release(&first);
}

/* Sums and lengths are right, the arithmetic is another's. */
static void another_arithmetic_is_no_checkpoint(void) {
    see_the_whole();
    Heard first = interrupted("");
    CheckpointBlob blob;
    ByteWriter writer = {0};
    CU_ASSERT_EQUAL_FATAL(checkpoint_blob_decode(&blob, first.checkpoint.blob, first.checkpoint.length),
                          STATUS_OK);
    (void)snprintf(blob.arithmetic, sizeof(blob.arithmetic), "abacus");
    checkpoint_blob_encode(&blob, &writer);
    CheckpointMessage other = {.blob = writer.data, .length = writer.length};
    other.record = checkpoint_record_of(&blob, 7, 1.0, writer.data, writer.length);
    Heard heard = gone_on("", &other);
    CU_ASSERT_EQUAL(heard.from_epoch, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.note, "abacus"));
    equals_the_whole(&heard);
    bytes_writer_release(&writer);
    checkpoint_blob_release(&blob);
    heard_release(&first);
    heard_release(&heard);
}

/* With no limit but the cost, some are saved as it goes; the newest of them leads to the same bits. */
static void saves_as_it_goes(void) {
    see_the_whole();
    parts_remove_all(TRIAL_FILE);
    Host host;
    trial_host(&host, "", "0");
    trial_begin(&host, 11, NULL);
    Heard first = trial_listen(&host, 0);
    host_stop(&host);
    CU_ASSERT_TRUE_FATAL(first.has_checkpoint);
    equals_the_whole(&first);
    Heard second = gone_on("", &first.checkpoint);
    CU_ASSERT_EQUAL(second.from_epoch, first.checkpoint.record.epoch);
    equals_the_whole(&second);
    heard_release(&first);
    heard_release(&second);
}

/* Nobody reads what a trial says: it stands still with its first checkpoint, in place of training on with all
 * that it has to say piling up behind it. What it is told meanwhile is not overheard. */
static void waits_until_its_checkpoint_has_left(void) {
    int descriptor, waiting = 0, state = 0, peer;
    pid_t trial = trial_alone(&descriptor);
    for (int i = 0; i < 60000 && waiting < 2000; i++) { /* more than its first two words */
        CU_ASSERT_EQUAL_FATAL(ioctl(descriptor, FIONREAD, &waiting), 0);
        clock_sleep(0.001);
    }
    CU_ASSERT_TRUE_FATAL(waiting >= 2000);
    Channel *channel;
    CU_ASSERT_EQUAL_FATAL(channel_socket_create(&channel, descriptor), STATUS_OK);
    Message message = {.kind = MESSAGE_SAVE};
    CU_ASSERT_EQUAL_FATAL(message_send(channel, 0, &message), STATUS_OK);
    uint32_t rows = 0, checkpoints = 0, results = 0;
    for (bool got; message_receive(channel, &peer, &message, &got) == STATUS_OK;) {
        if (!got) continue;
        rows += message.kind == MESSAGE_PROGRESS && message.as.progress.has_row;
        checkpoints += message.kind == MESSAGE_CHECKPOINT && message.as.checkpoint.record.epoch == 1;
        results += message.kind == MESSAGE_RESULT;
        message_release(&message);
    }
    CU_ASSERT_TRUE(rows == 1 && checkpoints == 1 && results == 0);
    CU_ASSERT_EQUAL(waitpid(trial, &state, 0), trial);
    CU_ASSERT_EQUAL(state, 0);
    channel_destroy(&channel);
}

/* Saving is bounded by cost and by the wish of the configuration. */
static void it_is_saved_when_due(void) {
    Config config = {.limits = {.checkpoint_seconds = 60}};
    JobContext context = {.config = &config};
    Checkpoints checkpoints = {.context = &context, .last = 1000};
    CU_ASSERT_FALSE(checkpoint_due(&checkpoints, 1059.9));
    CU_ASSERT_TRUE(checkpoint_due(&checkpoints, 1060.1));
    checkpoints.cost = 0.5;
    CU_ASSERT_TRUE(checkpoint_due(&checkpoints, 1060.1));
    checkpoints.cost = 2;
    CU_ASSERT_FALSE(checkpoint_due(&checkpoints, 1199.9));
    CU_ASSERT_TRUE(checkpoint_due(&checkpoints, 1200.1));
    config.limits.checkpoint_seconds = 0;
    CU_ASSERT_FALSE(checkpoint_due(&checkpoints, 1199.9));
    CU_ASSERT_TRUE(checkpoint_due(&checkpoints, 1200.1));
    config.limits.checkpoint_seconds = INFINITY;
    CU_ASSERT_FALSE(checkpoint_due(&checkpoints, 1e12));
}

/* The file would be larger than this host process may make one. */
static void a_full_disk_is_no_failure_of_the_trial(void) {
    see_the_whole();
    parts_remove_all(TRIAL_FILE);
    Host host;
    trial_host(&host, TRIAL_FILE, "0");
    struct rlimit small = {1024, 1024};
    CU_ASSERT_EQUAL_FATAL(prlimit(host.process, RLIMIT_FSIZE, &small, NULL), 0);
    trial_begin(&host, 12, NULL);
    Heard heard = trial_listen(&host, 0);
    CU_ASSERT_FALSE(heard.has_checkpoint);
    equals_the_whole(&heard);
    heard_release(&heard);
    trial_begin(&host, 13, NULL);
    heard = trial_listen(&host, 3); /* told to save: it cannot, and ends */
    CU_ASSERT_TRUE(!heard.has_checkpoint && !heard.has_result && heard.end.exit_code == 0);
    heard_release(&heard);
    host_stop(&host);
}

void suite_checkpoints(void) {
    static const TestCase tests[] = {
        {"a trial stopped between epochs goes on from its file with the same bits", goes_on_from_the_folder},
        {"a trial goes on from bytes that came with the lease", goes_on_from_bytes},
        {"a trial waits at rungs, its state in the folder, and ends with the same bits",
         waits_at_rungs_with_its_state_in_the_folder},
        {"the same with its state sent", waits_at_rungs_with_its_state_sent},
        {"a state at the rung is reported without training", reports_from_a_state_at_the_rung},
        {"a trial interrupted twice ends with the same bits", interrupted_twice},
        {"a damaged or missing file: from epoch 0, with a word of why", a_damaged_file_is_no_checkpoint},
        {"damaged or missing bytes: from epoch 0, with a word of why", bad_bytes_are_no_checkpoint},
        {"a checkpoint of another arithmetic is named and not used", another_arithmetic_is_no_checkpoint},
        {"a trial that is never stopped saves its state now and then", saves_as_it_goes},
        {"a trial waits until its checkpoint has left", waits_until_its_checkpoint_has_left},
        {"it is saved no more often than asked for, and at 1 % of the time", it_is_saved_when_due},
        {"a trial that cannot save trains on", a_full_disk_is_no_failure_of_the_trial},
    };
    SUITE("checkpoints of trials", tests);
}

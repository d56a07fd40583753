#include "rank/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "rank/host_child.h"
#include "rank/suites.h"
#include "search/sampler.h"
#include "suite.h"

#define PATIENCE 60.0 /* seconds */

static const char configuration[] =
    "name: tiny\n"
    "seed: 5\n"
    "data: {format: synthetic, kind: blobs, examples: 8000, classes: 4, features: 20, validation: 400}\n"
    "network: [{dense: 64}, relu, {dropout: 0.2}, {dense: 4}]\n"
    "parameters:\n"
    "  optimizer: {value: adam}\n"
    "  learning_rate: {distribution: log_uniform_values, min: 1e-4, max: 1e-2}\n"
    "stages: [{name: only, trials: 2, epochs: %d}]\n"
    "ensemble: false\n"
    "limits: {checkpoint_seconds: %s}\n";

static void write_configuration(char text[1024], const char *checkpoints) {
    (void)snprintf(text, 1024, configuration, TRIAL_EPOCHS, checkpoints);
}

static Config *parse(const char *checkpoints) {
    char text[1024];
    Config *config = NULL;
    write_configuration(text, checkpoints);
    CU_ASSERT_EQUAL_FATAL(config_parse(&config, "tiny.yaml", text, strlen(text)), STATUS_OK);
    return config;
}

static uint64_t hash_of_data(const char *checkpoints) {
    Config *config = parse(checkpoints);
    Dataset *dataset = NULL;
    CU_ASSERT_EQUAL_FATAL(dataset_load(&dataset, &config->data, config->seed), STATUS_OK);
    uint64_t hash = dataset_hash(dataset);
    dataset_destroy(&dataset);
    config_destroy(&config);
    return hash;
}

void trial_host(Host *host, const char *file, const char *checkpoints) {
    char text[1024], name[] = "tiny.yaml", nowhere[] = "", path[64];
    write_configuration(text, checkpoints);
    (void)snprintf(path, sizeof(path), "%s", file);
    SetupMessage setup = {.config_name = name,
                          .config_text = text,
                          .segment = nowhere,
                          .file = path,
                          .threads = 1,
                          .data_hash = hash_of_data(checkpoints)};
    *host = (Host){0};
    CU_ASSERT_EQUAL_FATAL(host_start(host), STATUS_OK);
    Status status = host_set_up(host, &setup, PATIENCE);
    if (status != STATUS_OK) (void)fprintf(stderr, "%s\n", status_text());
    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
}

static void fill_job(JobMessage *job, const Config *config, uint64_t lease) {
    *job = (JobMessage){.kind = JOB_TRIAL};
    LeaseMessage *words = &job->lease;
    words->lease = lease;
    words->until_epoch = TRIAL_EPOCHS;
    words->trial = words->number = 1;
    words->parameter_count = (uint32_t)config->space.count;
    Ranges ranges = space_ranges(&config->space);
    Sampler sampler = config_sampler(config, 0);
    CU_ASSERT_EQUAL_FATAL(space_draw(&config->space, &ranges, &sampler, 1, &words->draw), STATUS_OK);
}

void trial_begin(Host *host, uint64_t lease, const CheckpointMessage *from) {
    trial_begin_until(host, lease, from, TRIAL_EPOCHS);
}

void trial_begin_until(Host *host, uint64_t lease, const CheckpointMessage *from, uint32_t until_epoch) {
    Config *config = parse("60");
    Message message = {.kind = MESSAGE_JOB};
    LeaseMessage *words = &message.as.job.lease;
    fill_job(&message.as.job, config, lease);
    words->until_epoch = until_epoch;
    if (from != NULL) {
        words->checkpoint = from->record;
        words->blob = from->blob;
        words->length = from->length;
    }
    CU_ASSERT_EQUAL_FATAL(host_send(host, &message), STATUS_OK);
    config_destroy(&config);
}

static void run_alone(Config *config, int descriptor) __attribute__((noreturn));
static void run_alone(Config *config, int descriptor) {
    char nowhere[] = "";
    JobContext context = {.config = config, .file = nowhere};
    JobMessage job;
    Channel *out = NULL;
    fill_job(&job, config, 1);
    bool ready = dataset_load(&context.dataset, &config->data, config->seed) == STATUS_OK &&
                 channel_socket_create(&out, descriptor) == STATUS_OK;
    Status status = ready ? job_trial(&context, &job, out) : STATUS_ENVIRONMENT;
    if (ready) host_flush(out);
    _exit((int)status);
}

pid_t trial_alone(int *descriptor) {
    int pair[2], room = 4096;
    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    CU_ASSERT_EQUAL_FATAL(setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)), 0);
    Config *config = parse("0");
    pid_t process = fork();
    if (process == 0) {
        close(pair[0]);
        run_alone(config, pair[1]);
    }
    CU_ASSERT_TRUE_FATAL(process > 0);
    config_destroy(&config);
    close(pair[1]);
    *descriptor = pair[0];
    return process;
}

Message host_next(Host *host) {
    Message message = {0};
    bool got = false;
    for (double end = clock_monotonic() + PATIENCE; !got && clock_monotonic() < end;) {
        Status status = host_receive(host, &message, &got);
        if (status != STATUS_OK) (void)fprintf(stderr, "%s\n", status_text());
        CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
        if (!got) clock_sleep(0.001);
    }
    CU_ASSERT_TRUE_FATAL(got);
    return message;
}

static void on_progress(Heard *heard, const ProgressMessage *progress) {
    CU_ASSERT_EQUAL(progress->trial, 1);
    if (progress->has_row) heard->rows++;
    if (!progress->begun) return;
    CU_ASSERT_TRUE(!heard->begun && heard->rows == 0); /* the first word */
    heard->begun = true;
    heard->from_epoch = progress->from_epoch;
    (void)snprintf(heard->note, sizeof(heard->note), "%s", progress->note);
}

/* Takes over what it owns. */
static void on_message(Heard *heard, Message *message) {
    switch (message->kind) {
    case MESSAGE_PROGRESS: on_progress(heard, &message->as.progress); break;
    case MESSAGE_CHECKPOINT:
        free(heard->checkpoint.blob);
        heard->checkpoint = message->as.checkpoint;
        heard->has_checkpoint = true;
        heard->checkpoints++;
        return;
    case MESSAGE_RESULT:
        heard->row = message->as.result.record;
        heard->has_result = true;
        heard->saved_first = heard->has_checkpoint;
        return;
    case MESSAGE_NETWORK: heard->has_network = message->as.network.blob != NULL; break;
    case MESSAGE_JOB_ENDED:
        heard->ended = true;
        heard->end = message->as.job_ended;
        break;
    default: CU_FAIL("a message that no trial sends"); break;
    }
    message_release(message);
}

Heard trial_listen(Host *host, uint32_t save_after) {
    Heard heard = {0};
    bool told = save_after == 0;
    while (!heard.ended) {
        Message message = host_next(host);
        on_message(&heard, &message);
        if (told || heard.rows < save_after) continue;
        Message save = {.kind = MESSAGE_SAVE};
        CU_ASSERT_EQUAL_FATAL(host_send(host, &save), STATUS_OK);
        told = true;
    }
    return heard;
}

void heard_release(Heard *heard) {
    free(heard->checkpoint.blob);
    free(heard->row.curve);
    *heard = (Heard){0};
}

#include "rank/bench/made_up_campaign.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "rank/bench/campaign_beginning.h"
#include "rank/bench/made_up_training.h"
#include "store/parts.h"

static const char space[] = "name: bench\n"
                            "data: {format: synthetic, kind: blobs}\n"
                            "network: [{dense: $hidden}, relu, {dropout: $dropout}, {dense: 3}]\n"
                            "parameters:\n"
                            "  optimizer: {values: [nesterov, adam]}\n"
                            "  learning_rate: {distribution: log_uniform_values, min: 1e-4, max: 1}\n"
                            "  momentum: {distribution: reverse_log_uniform_values, min: 0.5, max: 0.99}\n"
                            "  weight_decay: {distribution: log_uniform_values, min: 1e-6, max: 1e-2}\n"
                            "  lr_schedule: {value: step}\n"
                            "  lr_decay: {min: 0.3, max: 1.0}\n"
                            "  batch_size: {values: [32, 64, 128]}\n"
                            "  hidden: {distribution: q_log_uniform_values, min: 64, max: 512, q: 32}\n"
                            "  dropout: {min: 0.0, max: 0.5}\n"
                            "stages:\n";

static Status read_config(Config **config, const MadeUpPlan *plan) {
    Text text = {0};
    text_add(&text, "%s", space);
    for (uint32_t stage = 0; stage < plan->stages; stage++) {
        uint64_t trials = plan->trials / plan->stages + (stage < plan->trials % plan->stages);
        text_add(&text, "  - {name: stage%u, trials: %" PRIu64 ", epochs: %d}\n", stage + 1, trials,
                 MADE_UP_EPOCHS);
    }
    if (plan->pool > 0)
        text_add(&text, "ensemble: {pool: %u}\n", plan->pool);
    else
        text_add(&text, "ensemble: false\n");
    Status status = text.failed ? status_fail(STATUS_ENVIRONMENT, "out of memory")
                                : config_parse(config, "bench", text_of(&text), text.length);
    text_release(&text);
    return status;
}

/* --- the folder --- */

static Status make_folder(MadeUpCampaign *c, const char *folder) {
    if (folder == NULL) folder = file_exists("results") ? "results" : ".";
    Text text = {0};
    text_add(&text, "%s/winnow-bench-XXXXXX", folder);
    Status status = memory_text(&c->folder, text_of(&text));
    text_release(&text);
    TRY(status);
    if (mkdtemp(c->folder) != NULL) return STATUS_OK;
    status = status_fail_errno(STATUS_ENVIRONMENT, "cannot make a folder for the journal in %s", folder);
    free(c->folder);
    c->folder = NULL;
    return status;
}

static Status path_within(char **out, const char *folder, const char *name) {
    Text text = {0};
    text_add(&text, "%s/%s", folder, name);
    Status status = memory_text(out, text_of(&text));
    text_release(&text);
    return status;
}

static Status make_files(MadeUpCampaign *c) {
    TRY(path_within(&c->file, c->folder, "bench.h5"));
    TRY(path_within(&c->unfinished, c->folder, "bench.h5.tmp"));
    TRY(path_within(&c->journal_path, c->folder, "bench.h5.journal"));
    TRY(path_within(&c->bare_path, c->folder, "bare"));
    TRY(journal_create(&c->journal, c->journal_path));
    c->bare = open(c->bare_path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
    return c->bare >= 0 ? STATUS_OK : status_fail_errno(STATUS_ENVIRONMENT, "cannot create %s", c->bare_path);
}

Status made_up_campaign_begin(MadeUpCampaign *c, const char *folder, const MadeUpPlan *plan) {
    *c = (MadeUpCampaign){.bare = -1};
    TRY(read_config(&c->config, plan));
    TRY(ledger_create(&c->ledger));
    TRY(make_folder(c, folder));
    TRY(make_files(c));
    return campaign_beginning(c->config, c->ledger, c->journal);
}

Status made_up_campaign_bare_append(MadeUpCampaign *c, size_t length, double *seconds) {
    uint8_t *bytes;
    TRY(memory_new(&bytes, length, 1));
    double start = clock_monotonic();
    Status status = file_write_all(c->bare, bytes, length, c->bare_path);
    if (status == STATUS_OK && fdatasync(c->bare) != 0)
        status = status_fail_errno(STATUS_ENVIRONMENT, "cannot sync %s", c->bare_path);
    *seconds = clock_monotonic() - start;
    free(bytes);
    return status;
}

void made_up_campaign_release(MadeUpCampaign *c) {
    journal_close(&c->journal);
    if (c->bare >= 0) close(c->bare);
    if (c->journal_path != NULL) unlink(c->journal_path);
    if (c->bare_path != NULL) unlink(c->bare_path);
    if (c->file != NULL) {
        parts_remove_all(c->file);
        unlink(c->file);
    }
    if (c->unfinished != NULL) unlink(c->unfinished);
    if (c->folder != NULL) rmdir(c->folder);
    free(c->file);
    free(c->unfinished);
    free(c->journal_path);
    free(c->bare_path);
    free(c->folder);
    ledger_destroy(&c->ledger);
    config_destroy(&c->config);
}

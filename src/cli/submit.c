#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "batch/quote.h"
#include "batch/submission.h"
#include "campaign/config.h"
#include "cli/campaign_file.h"
#include "cli/command.h"
#include "rank/output_file.h"

#define NODES_MAX 1000000
#define TASKS_MAX 10000000
#define LEAST_SECONDS 300 /* a job stops up to 150 seconds before its end, and first has to read its data */
#define PATH_SIZE 4096

enum {
    OPTION_OUTPUT,
    OPTION_NODES,
    OPTION_TASKS,
    OPTION_TIME,
    OPTION_PARTITION,
    OPTION_ACCOUNT,
    OPTION_SCHEDULER,
    OPTION_DRY_RUN
};
static const OptionSpec options[] = {
    [OPTION_OUTPUT] = {"output", 'o', "FILE.h5", "the results file (default: results/<name>.h5)"},
    [OPTION_NODES] = {"nodes", 'N', "N", "on so many nodes (default: 1)"},
    [OPTION_TASKS] = {"ntasks", 'n', "T", "ranks in all, one a core; required"},
    [OPTION_TIME] = {"time", 't', "TIME", "of one job, as the scheduler spells it; required"},
    [OPTION_PARTITION] = {"partition", 'p', "P", "partition or queue (default: the scheduler's)"},
    [OPTION_ACCOUNT] = {"account", 'A', "A", "account or project (default: the scheduler's)"},
    [OPTION_SCHEDULER] = {"scheduler", 0, "S", "slurm, pbs or lsf (default: what is on PATH)"},
    [OPTION_DRY_RUN] = {"dry-run", 0, NULL, "print the script, write and submit nothing"},
};

/* Everything that a job is made of; what it borrows from here goes with submission_release. */
typedef struct Submission {
    const Scheduler *scheduler;
    Job job;
    Text file, log, script;
    char winnow[PATH_SIZE], launch[PATH_SIZE + 64];
} Submission;

static void submission_release(Submission *s) {
    text_release(&s->file);
    text_release(&s->log);
    text_release(&s->script);
}

/* A line's end would end the line of the script that it stands in. */
static Status check_word(const char *word, const char *name) {
    if (word == NULL) return STATUS_OK;
    if (word[0] == '\0') return status_fail(STATUS_INPUT, "submit: %s is empty", name);
    for (; *word != '\0'; word++) {
        if (iscntrl((unsigned char)*word))
            return status_fail(
                STATUS_INPUT,
                "submit: %s holds a line's end or another control character, which has no place "
                "in a batch script",
                name);
    }
    return STATUS_OK;
}

static Status check_words(const Arguments *arguments) {
    TRY(check_word(arguments->operand, "SPACE.yaml"));
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (options[i].argument != NULL) TRY(check_word(arguments->option[i], options[i].name));
    }
    for (size_t i = 0; i < arguments->rest_count; i++)
        TRY(check_word(arguments->rest[i], "an option after --"));
    return STATUS_OK;
}

static Status find_scheduler(const Scheduler **out, const char *name) {
    if (name != NULL) return scheduler_named(out, name);
    const char *path = getenv("PATH");
    return scheduler_on_path(out, path != NULL ? path : "");
}

static Status read_time(Submission *s, const char *text) {
    if (text == NULL)
        return status_fail(STATUS_INPUT, "submit: --time is missing: how long one job may run, as %s",
                           s->scheduler->walltime.forms);
    uint64_t seconds;
    TRY(walltime_seconds(&s->scheduler->walltime, text, "--time", &seconds));
    if (seconds < LEAST_SECONDS)
        return status_fail(
            STATUS_INPUT,
            "--time \"%s\" is %s; a job needs 5 minutes at least, to read data, train and stop in "
            "order before its end",
            text, text_duration((double)seconds));
    s->job.time = text;
    return STATUS_OK;
}

static Status read_size(Job *job, const Arguments *arguments) {
    job->nodes = 1;
    if (arguments->option[OPTION_NODES] != NULL)
        TRY(option_number(arguments->option[OPTION_NODES], "--nodes", 1, NODES_MAX, &job->nodes));
    if (arguments->option[OPTION_TASKS] == NULL)
        return status_fail(STATUS_INPUT,
                           "submit: --ntasks is missing: how many ranks in all, one a core of the %s",
                           job->nodes == 1 ? "node" : "nodes");
    return option_number(arguments->option[OPTION_TASKS], "--ntasks", job->nodes, TASKS_MAX, &job->tasks);
}

/* Beside the results: "<file without .h5>.<ending>". */
static void name_beside(Text *out, const char *file, const char *ending) {
    size_t length = strlen(file);
    if (length > 3 && strcmp(file + length - 3, ".h5") == 0) length -= 3;
    text_add(out, "%.*s.%s", (int)length, file, ending);
}

static Status name_files(Submission *s, const char *output, const Config *config) {
    if (output != NULL) /* commands would take a '-' for an option's */
        text_add(&s->file, "%s%s", output[0] == '-' ? "./" : "", output);
    else
        text_add(&s->file, "results/%s.h5", config->name);
    name_beside(&s->log, text_of(&s->file), "log");
    name_beside(&s->script, text_of(&s->file), s->scheduler->ending);
    if (s->file.failed || s->log.failed || s->script.failed)
        return status_fail(STATUS_ENVIRONMENT, "out of memory");
    s->job.file = s->file.data;
    s->job.log = s->log.data;
    s->job.script = s->script.data;
    return output_file_check(s->job.file, config);
}

/* The program that runs, and what launches it: beside it where it is installed, else in its checkout. */
static Status find_programs(Submission *s) {
    ssize_t length = readlink("/proc/self/exe", s->winnow, sizeof(s->winnow) - 1);
    if (length < 0) return status_fail_errno(STATUS_ENVIRONMENT, "cannot find out where winnow stands");
    s->winnow[length] = '\0';
    int folder = (int)(strrchr(s->winnow, '/') - s->winnow);
    const char *const places[] = {"winnow-launch", "../../../../scripts/launch"};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        (void)snprintf(s->launch, sizeof(s->launch), "%.*s/%s", folder, s->winnow, places[i]);
        char *path = access(s->launch, X_OK) == 0 ? realpath(s->launch, NULL) : NULL;
        if (path == NULL) continue;
        text_copy(s->launch, sizeof(s->launch), path);
        free(path);
        s->job.winnow = s->winnow;
        s->job.launch = s->launch;
        return STATUS_OK;
    }
    return status_fail(
        STATUS_ENVIRONMENT,
        "%s has no winnow-launch beside it, and no checkout with scripts/launch around it; install "
        "winnow with cmake --install",
        s->winnow);
}

/* What the results file holds by now must go on under this configuration. */
static Status check_present_file(const char *file, const Config *config) {
    if (!file_exists(file)) return STATUS_OK;
    CampaignFile present;
    TRY(campaign_file_open(&present, file, false));
    Status status = config_continues(present.config, config);
    campaign_file_close(&present);
    if (status != STATUS_OK) return status_within(status, "%s holds another campaign", file);
    return STATUS_OK;
}

static Status prepare(Submission *s, const Arguments *arguments, const Config *config) {
    s->job.name = config->name;
    s->job.space = arguments->operand;
    s->job.partition = arguments->option[OPTION_PARTITION];
    s->job.account = arguments->option[OPTION_ACCOUNT];
    s->job.extra = arguments->rest;
    s->job.extra_count = arguments->rest_count;
    TRY(name_files(s, arguments->option[OPTION_OUTPUT], config));
    TRY(check_present_file(s->job.file, config));
    return find_programs(s);
}

static Status make_folder_of(const char *path) {
    char *folder;
    TRY(file_folder_of(&folder, path));
    Status status = file_make_folders(folder);
    free(folder);
    return status;
}

/* "  log     tail -F 'my results.log'" */
static void print_command(const char *label, const char *command, const char *word, const char *note) {
    Text quoted = {0};
    quote_for_shell(&quoted, word);
    printf("  %-6s  %s%s%s\n", label, command, text_of(&quoted), note);
    text_release(&quoted);
}

static Status submit_script(const Submission *s, const Text *script) {
    TRY(make_folder_of(s->job.script));
    TRY(file_write_whole(s->job.script, script->data, script->length));
    (void)fflush(stdout);
    char id[JOB_ID_SIZE];
    Status status = submission_run(s->scheduler, s->job.script, id);
    if (status != STATUS_OK) return status_within(status, "the script is in %s", s->job.script);
    printf("\njob %s, which goes on until the campaign is complete\n\n", id);
    print_command("script", "", s->job.script, "");
    print_command("queue", s->scheduler->query, id, "");
    print_command("log", "tail -F ", s->job.log, "");
    print_command("state", "winnow status ", s->job.file, "");
    print_command("end", s->scheduler->end, id, "   (nothing is lost; the same winnow submit goes on)");
    return STATUS_OK;
}

static Status submit(const Arguments *arguments, const Config *config, Submission *s) {
    TRY(prepare(s, arguments, config));
    Text script = {0};
    Status status = scheduler_script(&script, s->scheduler, &s->job);
    if (status == STATUS_OK) {
        fputs(script.data, stdout);
        if (arguments->option[OPTION_DRY_RUN] == NULL) status = submit_script(s, &script);
    }
    text_release(&script);
    return status;
}

static Status run(const Arguments *arguments) {
    Submission s = {0};
    TRY(check_words(arguments));
    TRY(find_scheduler(&s.scheduler, arguments->option[OPTION_SCHEDULER]));
    TRY(read_size(&s.job, arguments));
    TRY(read_time(&s, arguments->option[OPTION_TIME]));
    Config *config;
    TRY(config_read(&config, arguments->operand));
    Status status = submit(arguments, config, &s);
    submission_release(&s);
    config_destroy(&config);
    return status;
}

const Command command_submit = {
    .name = "submit",
    .operand = "SPACE.yaml",
    .rest = "options of the scheduler",
    .summary = "run a campaign as a batch job that comes back until it is complete",
    .details =
        "Writes the job's script beside the results, shows it, and hands it to Slurm, PBS or LSF. The job "
        "stops\n"
        "in order before its time is over and goes back into the queue; it ends when the campaign is "
        "complete,\n"
        "or fails. A wrong configuration is found before it queues; winnow check also reads the data.\n"
        "The job runs in the folder of this command, with this winnow: both must be there on the nodes.\n"
        "Times: Slurm MINUTES, HOURS:MINUTES:SECONDS, DAYS-HOURS ..; PBS HOURS:MINUTES:SECONDS ..; LSF "
        "HOURS:MINUTES.\n",
    .example = "winnow submit search_spaces/fashion_mnist_mlp.yaml --nodes 2 --ntasks 64 --time 4:00:00 -- "
               "--mem-per-cpu=2G",
    .exit_codes = "  0   submitted, or printed with --dry-run\n"
                  "  1   there is no scheduler, or it refuses the job\n"
                  "  2   wrong usage or configuration; nothing was submitted\n",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .run = run,
};

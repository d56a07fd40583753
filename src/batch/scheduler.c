#include "batch/scheduler.h"

#include <string.h>
#include <unistd.h>

#include "batch/scheduler_lines.h"

const Scheduler *const schedulers[] = {&scheduler_slurm, &scheduler_pbs, &scheduler_lsf, NULL};

Status scheduler_named(const Scheduler **out, const char *name) {
    for (size_t i = 0; schedulers[i] != NULL; i++) {
        if (strcmp(schedulers[i]->name, name) != 0) continue;
        *out = schedulers[i];
        return STATUS_OK;
    }
    return status_fail(STATUS_INPUT, "--scheduler \"%s\" must be slurm, pbs or lsf", name);
}

/* Is there a program of that name in one of the folders? */
static bool is_on_path(const char *command, const char *path) {
    bool found = false;
    for (const char *folder = path; !found && *folder != '\0';) {
        size_t length = strcspn(folder, ":");
        Text program = {0};
        text_add(&program, "%.*s/%s", (int)length, folder, command);
        found = length > 0 && access(text_of(&program), X_OK) == 0;
        text_release(&program);
        folder += length + (folder[length] == ':');
    }
    return found;
}

Status scheduler_on_path(const Scheduler **out, const char *path) {
    for (size_t i = 0; schedulers[i] != NULL; i++) {
        if (!is_on_path(schedulers[i]->command, path)) continue;
        *out = schedulers[i];
        return STATUS_OK;
    }
    return status_fail(
        STATUS_ENVIRONMENT,
        "there is no sbatch, qsub or bsub on PATH; submit where the batch system is, or see the "
        "script alone with --scheduler slurm|pbs|lsf --dry-run");
}

Status scheduler_script(Text *out, const Scheduler *scheduler, const Job *job) {
    ScriptLines lines = {0};
    lines_variable(&lines, "space=", job->space);
    lines_variable(&lines, "file=", job->file);
    lines_variable(&lines, "launch=", job->launch);
    lines_variable(&lines, "export WINNOW=", job->winnow);
    scheduler->fill(&lines, job);
    Status status = script_fill(out, scheduler->script, &lines);
    script_release(&lines);
    return status;
}

const char *scheduler_job_id(char *printed) {
    char *begin = strchr(printed, '<');
    begin = begin != NULL ? begin + 1 : printed;
    begin[strcspn(begin, ">; \t\n")] = '\0';
    return begin;
}

#include "batch/submission.h"

#include <stdio.h>
#include <sys/wait.h>

#include "batch/quote.h"

/* All that it prints, of which the beginning is kept. */
static Status run(const char *command, char *printed, size_t size) {
    FILE *output = popen(command, "re"); // NOLINT(cert-env33-c): a shell, for the '<' of bsub
    if (output == NULL) return status_fail_errno(STATUS_ENVIRONMENT, "cannot run %s", command);
    size_t length = fread(printed, 1, size - 1, output);
    printed[length] = '\0';
    while (getc(output) != EOF) {
    }
    int code = pclose(output);
    if (code == -1) return status_fail_errno(STATUS_ENVIRONMENT, "cannot wait for %s", command);
    if (code != 0)
        return status_fail(STATUS_ENVIRONMENT, "%s took no job: it ended with %d", command,
                           WIFEXITED(code) ? WEXITSTATUS(code) : 128 + WTERMSIG(code));
    return STATUS_OK;
}

Status submission_run(const Scheduler *scheduler, const char *script, char id[JOB_ID_SIZE]) {
    Text command = {0};
    text_add(&command, "%s", scheduler->submit);
    quote_for_shell(&command, script);
    char printed[1024];
    Status status = command.failed ? status_fail(STATUS_ENVIRONMENT, "out of memory")
                                   : run(command.data, printed, sizeof(printed));
    if (status == STATUS_OK) {
        text_copy(id, JOB_ID_SIZE, scheduler_job_id(printed));
        if (id[0] == '\0') status = status_fail(STATUS_ENVIRONMENT, "%s told no job's id", command.data);
    }
    text_release(&command);
    return status;
}

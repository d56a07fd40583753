#include "store/results_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

#define TEXT_SIZE 4096

static _Noreturn void be_child(int answer, Status (*attempt)(void *context), void *context,
                               unsigned seconds) {
    struct rlimit cpu = {.rlim_cur = seconds, .rlim_max = seconds}, core = {0};
    (void)setrlimit(RLIMIT_CPU, &cpu);
    (void)setrlimit(RLIMIT_CORE, &core);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0) {
        (void)dup2(nowhere, STDOUT_FILENO); /* what it says when it dies is nobody's business */
        (void)dup2(nowhere, STDERR_FILENO);
    }
    Status status = attempt(context);
    const char *text = status_text();
    if (status != STATUS_OK && file_write_all(answer, text, strlen(text), "pipe") != STATUS_OK) _exit(1);
    _exit(status == STATUS_OK ? 0 : 1);
}

/* What the child says until it closes its end. */
static void listen_to(int answer, char text[TEXT_SIZE]) {
    size_t length = 0;
    while (length < TEXT_SIZE - 1) {
        ssize_t got = read(answer, text + length, TEXT_SIZE - 1 - length);
        if (got > 0) length += (size_t)got;
        if (got == 0 || (got < 0 && errno != EINTR)) break;
    }
    text[length] = '\0';
}

Status guard_try(Status (*attempt)(void *context), void *context, unsigned seconds, const char *died) {
    int answer[2];
    char text[TEXT_SIZE];
    if (pipe2(answer, O_CLOEXEC) != 0)
        return status_fail_errno(STATUS_ENVIRONMENT, "cannot make a pipe to a process of its own");
    pid_t child = fork();
    if (child == 0) be_child(answer[1], attempt, context, seconds);
    int failure = errno;
    close(answer[1]);
    int end = 0;
    if (child > 0) {
        listen_to(answer[0], text);
        while (waitpid(child, &end, 0) < 0 && errno == EINTR)
            continue;
    }
    close(answer[0]);
    errno = failure;
    if (child < 0) return status_fail_errno(STATUS_ENVIRONMENT, "cannot start a process");
    if (WIFEXITED(end) && WEXITSTATUS(end) == 0) return STATUS_OK;
    if (WIFEXITED(end) && text[0] != '\0') return status_restore(STATUS_ENVIRONMENT, text);
    return status_fail(STATUS_ENVIRONMENT, "%s", died);
}

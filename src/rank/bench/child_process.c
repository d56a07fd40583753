#include "rank/bench/child_process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/stop.h"
#include "campaign/wire.h"
#include "rank/host_child.h"

#define LOOK_MILLISECONDS 100 /* at whether a stop is asked for */

/* What a child says before its figures. */
typedef struct ChildEnd {
    Status status;
    char text[ERROR_TEXT_SIZE];
} ChildEnd;

static _Noreturn void be_child(ChildWork work, void *context, void *figures, size_t size, int out,
                               pid_t parent) {
    host_die_with_parent(parent);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    ChildEnd end = {.status = work(context, figures)};
    if (end.status != STATUS_OK) (void)snprintf(end.text, sizeof(end.text), "%s", status_text());
    Status written = file_write_all(out, &end, sizeof(end), "a pipe");
    if (written == STATUS_OK && end.status == STATUS_OK)
        written = file_write_all(out, figures, size, "a pipe");
    _exit(written == STATUS_OK ? 0 : 1);
}

/* False where it ends before, or a stop is asked for, also just before the wait. */
static bool read_all(int descriptor, void *bytes, size_t size) {
    struct pollfd wait = {.fd = descriptor, .events = POLLIN};
    for (size_t have = 0; have < size;) {
        if (stop_asked() != 0) return false;
        if (poll(&wait, 1, LOOK_MILLISECONDS) <= 0) continue;
        ssize_t got = read(descriptor, (char *)bytes + have, size - have);
        if (got == 0 || (got < 0 && errno != EINTR)) return false;
        if (got > 0) have += (size_t)got;
    }
    return true;
}

static Status await(pid_t child, int in, void *figures, size_t size) {
    ChildEnd end;
    bool whole = read_all(in, &end, sizeof(end)) && (end.status != STATUS_OK || read_all(in, figures, size));
    if (!whole) kill(child, SIGKILL);
    int how = 0;
    while (waitpid(child, &how, 0) < 0 && errno == EINTR)
        ;
    if (stop_asked() != 0) return status_fail(STATUS_ENVIRONMENT, "ended by a signal");
    if (!whole && WIFSIGNALED(how))
        return status_fail(STATUS_ENVIRONMENT, "its process was ended by signal %d (%s)", WTERMSIG(how),
                           strsignal(WTERMSIG(how)));
    if (!whole) return status_fail(STATUS_ENVIRONMENT, "its process ended without a word");
    return end.status == STATUS_OK ? STATUS_OK : status_restore(end.status, end.text);
}

Status child_process_run(ChildWork work, void *context, void *figures, size_t size) {
    int ends[2];
    if (pipe(ends) != 0) return status_fail_errno(STATUS_ENVIRONMENT, "cannot make a pipe");
    fflush(NULL);
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        close(ends[0]);
        be_child(work, context, figures, size, ends[1], parent);
    }
    close(ends[1]);
    Status status = child > 0 ? await(child, ends[0], figures, size)
                              : status_fail_errno(STATUS_ENVIRONMENT, "cannot start a process");
    close(ends[0]);
    return status;
}

#include "report/page/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "report/page/html.h"

#define SCRIPT "figures.gp"
#define SAID "gnuplot.said"
#define SAID_MAX ((size_t)1 << 20)
#define SAID_SHOWN 400

void gnuplot_quoted(Text *script, const char *text) {
    size_t length = strlen(text), room = 3 * length + 8;
    char *clean = NULL;
    if (memory_new(&clean, room, 1) != STATUS_OK) {
        script->failed = true;
        return;
    }
    label_text(clean, room, text, length + 1);
    text_add(script, "'");
    for (const char *at = clean; *at != '\0'; at++)
        text_add(script, *at == '\'' ? "''" : "%c", *at);
    text_add(script, "'");
    free(clean);
}

/* LC_ALL=C: numbers with a point. */
static Status make_environment(char ***out) {
    static char locale[] = "LC_ALL=C";
    size_t count = 0, kept = 0;
    while (environ[count] != NULL)
        count++;
    TRY(memory_new(out, count + 2, sizeof(char *)));
    for (size_t i = 0; i < count; i++) {
        bool other = strncmp(environ[i], "LC_ALL=", 7) != 0 && strncmp(environ[i], "GNUTERM=", 8) != 0;
        if (other) (*out)[kept++] = environ[i];
    }
    (*out)[kept] = locale;
    return STATUS_OK;
}

/* 0, or the error of the program that could not be started. */
static int start(const char *folder, pid_t *child, char **environment) {
    static char program[] = "gnuplot", defaults[] = "-d", script[] = SCRIPT;
    char *const words[] = {program, defaults, script, NULL};
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) return error;
    error = posix_spawn_file_actions_addchdir_np(&actions, folder);
    if (error == 0)
        error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (error == 0)
        error = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, SAID, O_WRONLY | O_CREAT | O_TRUNC,
                                                 0600);
    if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    if (error == 0) error = posix_spawnp(child, program, &actions, NULL, words, environment);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static Status fail_missing(int error) {
    errno = error;
    if (error == ENOENT)
        return status_fail(STATUS_ENVIRONMENT,
                           "the figures of a report need the program gnuplot, which is not on PATH; install "
                           "it (Debian: gnuplot-nox) or load its module");
    return status_fail_errno(STATUS_ENVIRONMENT, "cannot start gnuplot");
}

static Status fail_said(const char *folder, int state) {
    Text path = {0};
    char *said = NULL;
    size_t length = 0;
    text_add(&path, "%s/" SAID, folder);
    if (file_read(text_of(&path), SAID_MAX, &said, &length) != STATUS_OK) length = 0;
    text_release(&path);
    char shown[SAID_SHOWN] = "";
    if (length > 0) label_text(shown, sizeof(shown), said, SAID_SHOWN);
    free(said);
    if (WIFSIGNALED(state))
        return status_fail(STATUS_ENVIRONMENT,
                           "gnuplot was ended by signal %d; the figures need gnuplot 5.2 or later",
                           WTERMSIG(state));
    return status_fail(STATUS_ENVIRONMENT,
                       "gnuplot ended with code %d; the figures need gnuplot 5.2 or later; it said: %s",
                       WEXITSTATUS(state), shown);
}

Status gnuplot_run(const char *folder, const Text *script) {
    Text path = {0};
    text_add(&path, "%s/" SCRIPT, folder);
    Status status = script->failed || path.failed
                        ? status_fail(STATUS_ENVIRONMENT, "out of memory")
                        : file_write_whole(text_of(&path), text_of(script), script->length);
    text_release(&path);
    TRY(status);
    char **environment = NULL;
    TRY(make_environment(&environment));
    pid_t child = 0;
    int error = start(folder, &child, environment);
    free(environment);
    if (error != 0) return fail_missing(error);
    int state = 0;
    while (waitpid(child, &state, 0) < 0) {
        if (errno != EINTR) return status_fail_errno(STATUS_ENVIRONMENT, "lost sight of gnuplot");
    }
    return WIFEXITED(state) && WEXITSTATUS(state) == 0 ? STATUS_OK : fail_said(folder, state);
}

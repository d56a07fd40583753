/* Preloaded into a run: the process kills itself just before its KILL_AT-th call of those that decide what
 * stands on disk. KILL_WHO: "main" is the process that was started, "job" each of those that it forks. */
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pid_t first;
static int calls;

__attribute__((constructor)) static void begin(void) {
    first = getpid();
}

static void count(void) {
    const char *at = getenv("KILL_AT"), *who = getenv("KILL_WHO");
    if (at == NULL || who == NULL || (strcmp(who, "main") == 0) != (getpid() == first)) return;
    if (++calls == atoi(at)) kill(getpid(), SIGKILL);
}

/* The next library's function of that name. */
static void find(const char *name, void *function) {
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL) abort();
    memcpy(function, &found, sizeof(found));
}

#define COUNTED(name, parameters, arguments)                                                                 \
    int name parameters;                                                                                     \
    int name parameters {                                                                                    \
        int(*next) parameters;                                                                               \
        count();                                                                                             \
        find(#name, &next);                                                                                  \
        return next arguments;                                                                               \
    }
COUNTED(fsync, (int descriptor), (descriptor))
COUNTED(fdatasync, (int descriptor), (descriptor))
COUNTED(rename, (const char *from, const char *to), (from, to))
COUNTED(unlink, (const char *path), (path))
COUNTED(rmdir, (const char *path), (path))

#include "rank/signals.h"

#include <signal.h>
#include <unistd.h>

#include "base/status.h"
#include "base/stop.h"

static const int stopping[] = {SIGUSR1, SIGTERM, SIGINT, SIGHUP};

static void note(int number) {
    if (number == SIGINT && stop_asked() == SIGINT) _exit(STATUS_RESUMABLE); /* what is synced is safe */
    stop_ask(number);
}

static void handle_all(void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(stopping) / sizeof(stopping[0]); i++) {
        struct sigaction before;
        bool nohup =
            stopping[i] == SIGHUP && sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler == SIG_IGN;
        if (!nohup) sigaction(stopping[i], &action, NULL);
    }
}

void signals_install(void) {
    handle_all(note);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* so that write(2) fails with EFBIG instead */
}

void signals_ignore(void) {
    handle_all(SIG_IGN);
    stop_ask(0);
}

static void give_up(int number) {
    static const char text[] =
        "winnow: the ranks did not come together in time, perhaps since one of them died; "
        "the same command continues\n";
    (void)number;
    ssize_t written = write(STDERR_FILENO, text, sizeof(text) - 1);
    (void)written; /* nobody to tell */
    _exit(STATUS_RESUMABLE);
}

void signals_meet_within(unsigned seconds) {
    struct sigaction action = {.sa_handler = give_up};
    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    alarm(seconds);
}

void signals_met(void) {
    alarm(0);
}

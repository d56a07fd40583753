#include "cli/terminal.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#undef lines /* term.h's word for a number of the terminal */
#undef columns

#define CONTROL_L 12

/* Those that wait for terminal_wait, so that they never meet a half-written screen. */
static const int heeded[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH};
#define HEEDED_COUNT (sizeof(heeded) / sizeof(heeded[0]))

struct Terminal {
    bool utf8;
    int signal; /* that ended it; 0 for none */
    sigset_t mask_before;
    struct sigaction before[HEEDED_COUNT];
    struct termios mode_before;
    FrameShape shape; /* that `shown` was made for */
    Frame shown;      /* what stands on the screen */
};

static volatile sig_atomic_t asked; /* the newest signal */

static void on_signal(int number) {
    asked = number;
}

static void take_signals(Terminal *t) {
    sigset_t held;
    sigemptyset(&held);
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < HEEDED_COUNT; i++) {
        sigaddset(&held, heeded[i]);
        (void)sigaction(heeded[i], &action, &t->before[i]);
    }
    (void)sigprocmask(SIG_BLOCK, &held, &t->mask_before);
}

static void give_signals_back(const Terminal *t) {
    for (size_t i = 0; i < HEEDED_COUNT; i++)
        (void)sigaction(heeded[i], &t->before[i], NULL);
    (void)sigprocmask(SIG_SETMASK, &t->mask_before, NULL);
}

/* --- writing: all that belongs together is put together first --- */

static Text pending;

static int put_byte(int byte) {
    text_add(&pending, "%c", byte);
    return byte;
}

/* What terminfo says of this terminal; nothing where it cannot do it. */
static bool can(const char *name) {
    return tigetstr(name) != NULL;
}

static void put(const char *name) {
    if (can(name)) (void)tputs(tigetstr(name), 1, put_byte);
}

static void put_move(int row) {
    (void)tputs(tparm(tigetstr("cup"), (long)row, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L), 1, put_byte);
}

static Status write_pending(void) {
    Status status = pending.failed
                        ? status_fail(STATUS_ENVIRONMENT, "out of memory")
                        : file_write_all(STDOUT_FILENO, text_of(&pending), pending.length, "the terminal");
    text_release(&pending);
    return status;
}

/* --- the screen, ours and the user's --- */

static Status enter(Terminal *t) {
    struct termios mode = t->mode_before;
    mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    mode.c_cc[VMIN] = 1;
    mode.c_cc[VTIME] = 0;
    (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &mode);
    frame_release(&t->shown);
    t->shape = (FrameShape){0};
    put("smcup");
    put("civis");
    return write_pending();
}

static void leave(const Terminal *t) {
    if (!can("rmcup")) put_move(t->shape.height - 1);
    put("sgr0");
    put("cnorm");
    put("rmcup");
    if (!can("rmcup")) text_add(&pending, "\n");
    if (write_pending() != STATUS_OK) status_clear(); /* it is gone */
    (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &t->mode_before);
}

static bool is_able(void) {
    int error;
    if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1) return false;
    if (setupterm(NULL, STDOUT_FILENO, &error) != OK) return false;
    if (can("cup") && can("el") && can("clear")) return true;
    (void)del_curterm(cur_term);
    return false;
}

Status terminal_open(Terminal **out) {
    *out = NULL;
    if (!is_able()) return STATUS_OK;
    TRY(memory_new(out, 1, sizeof(**out)));
    Terminal *t = *out;
    (void)setlocale(LC_CTYPE, "");
    t->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    (void)tcgetattr(STDIN_FILENO, &t->mode_before);
    asked = 0;
    take_signals(t);
    Status status = enter(t);
    if (status != STATUS_OK) terminal_close(out);
    return status;
}

void terminal_close(Terminal **terminal) {
    Terminal *t = *terminal;
    *terminal = NULL;
    if (t == NULL) return;
    leave(t);
    give_signals_back(t);
    frame_release(&t->shown);
    (void)del_curterm(cur_term);
    free(t);
}

FrameShape terminal_shape(const Terminal *t) {
    struct winsize size;
    FrameShape shape = {.width = 80, .height = 24, .utf8 = t->utf8};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        shape.width = size.ws_col;
        shape.height = size.ws_row;
    }
    return shape;
}

/* Bytes of the text that `room` columns hold, and how many columns they take: some characters take two. */
static size_t fitting(const char *text, int room, int *taken) {
    size_t at = 0, length = strlen(text);
    mbstate_t state = {0};
    *taken = 0;
    while (at < length) {
        wchar_t wide;
        size_t bytes = mbrtowc(&wide, text + at, length - at, &state);
        if (bytes == 0 || bytes > length - at) break; /* no text of this locale */
        int here = wcwidth(wide);
        if (here < 0 || *taken + here > room) break;
        *taken += here;
        at += bytes;
    }
    return at;
}

/* The last place of the screen stays free: a terminal may scroll when it is written. */
static void put_line(const Terminal *t, int row, const FrameLine *line) {
    int taken, room = t->shape.width - (row + 1 == t->shape.height);
    size_t length = fitting(line->text, room, &taken);
    put_move(row);
    if (line->style == FRAME_STRONG) put("bold");
    if (line->style == FRAME_FAINT) put("dim");
    text_add(&pending, "%.*s", (int)length, line->text);
    if (line->style != FRAME_PLAIN) put("sgr0");
    if (taken < t->shape.width) put("el");
}

static bool same_line(const FrameLine *a, const FrameLine *b) {
    return a->style == b->style && strcmp(a->text, b->text) == 0;
}

Status terminal_show(Terminal *t, Frame *frame, FrameShape shape) {
    static char nothing[] = "";
    const FrameLine blank = {.style = FRAME_PLAIN, .text = nothing};
    if (shape.width != t->shape.width || shape.height != t->shape.height) {
        frame_release(&t->shown);
        t->shape = shape;
        put("clear");
    }
    for (size_t row = 0; row < frame->count || row < t->shown.count; row++) {
        const FrameLine *now = row < frame->count ? &frame->lines[row] : &blank;
        const FrameLine *then = row < t->shown.count ? &t->shown.lines[row] : &blank;
        if (!same_line(now, then)) put_line(t, (int)row, now);
    }
    frame_release(&t->shown);
    t->shown = *frame;
    *frame = (Frame){0};
    return write_pending();
}

/* --- waiting --- */

static TerminalEvent read_keys(Terminal *t) {
    char keys[64];
    ssize_t count = read(STDIN_FILENO, keys, sizeof(keys));
    if (count <= 0) {
        t->signal = SIGHUP;
        return TERMINAL_ENDED;
    }
    if (memchr(keys, 'q', (size_t)count) != NULL || memchr(keys, 'Q', (size_t)count) != NULL)
        return TERMINAL_QUIT;
    if (memchr(keys, CONTROL_L, (size_t)count) == NULL) return TERMINAL_KEY;
    t->shape = (FrameShape){0};
    return TERMINAL_RESIZED;
}

/* Ctrl-Z: the user's screen until the program is to go on. */
static TerminalEvent stop_for_a_while(Terminal *t) {
    leave(t);
    (void)raise(SIGSTOP);
    if (enter(t) == STATUS_OK) return TERMINAL_RESIZED;
    status_clear();
    t->signal = SIGHUP;
    return TERMINAL_ENDED;
}

TerminalEvent terminal_wait(Terminal *t, double seconds) {
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    double whole = floor(seconds);
    struct timespec time = {.tv_sec = (time_t)whole, .tv_nsec = (long)((seconds - whole) * 1e9)};
    asked = 0;
    int found = ppoll(&input, 1, &time, &t->mask_before);
    switch (asked) {
    case 0: break;
    case SIGWINCH: return TERMINAL_RESIZED;
    case SIGTSTP: return stop_for_a_while(t);
    case SIGINT: return TERMINAL_QUIT;
    default: t->signal = asked; return TERMINAL_ENDED;
    }
    return found > 0 ? read_keys(t) : TERMINAL_TIME;
}

int terminal_signal(const Terminal *t) {
    return t->signal;
}

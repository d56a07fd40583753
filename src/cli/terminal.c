#define NCURSES_WIDECHAR 1
#include "cli/terminal.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/memory.h"

#define CONTROL_C 3
#define CONTROL_L 12

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
#define ENDING_COUNT (sizeof(ending) / sizeof(ending[0]))

struct Terminal {
    SCREEN *screen;
    bool utf8;
    int signal;                            /* that ended it; 0 for none */
    sigset_t before;                       /* the mask */
    struct sigaction action[ENDING_COUNT]; /* before */
};

static volatile sig_atomic_t asked; /* the newest of those signals */

static void on_signal(int number) {
    asked = number;
}

/* The signals wait until terminal_wait lets them in, so that they never meet a half-drawn screen. A new size
 * waits with them. */
static void take_signals(Terminal *t) {
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGWINCH);
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    asked = 0;
    for (size_t i = 0; i < ENDING_COUNT; i++) {
        sigaddset(&held, ending[i]);
        (void)sigaction(ending[i], &action, &t->action[i]);
    }
    (void)sigprocmask(SIG_BLOCK, &held, &t->before);
}

static void give_signals_back(const Terminal *t) {
    for (size_t i = 0; i < ENDING_COUNT; i++)
        (void)sigaction(ending[i], &t->action[i], NULL);
    (void)sigprocmask(SIG_SETMASK, &t->before, NULL);
}

Status terminal_open(Terminal **out) {
    *out = NULL;
    if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1) return STATUS_OK;
    TRY(memory_new(out, 1, sizeof(**out)));
    Terminal *t = *out;
    (void)setlocale(LC_CTYPE, "");
    t->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    take_signals(t);
    t->screen = newterm(NULL, stdout, stdin);
    if (t->screen != NULL && tigetstr("cup") != NULL) {
        (void)cbreak();
        (void)noecho();
        (void)nonl();
        (void)curs_set(0);
        (void)nodelay(stdscr, TRUE);
        return STATUS_OK;
    }
    terminal_close(out);
    return STATUS_OK;
}

void terminal_close(Terminal **terminal) {
    Terminal *t = *terminal;
    *terminal = NULL;
    if (t == NULL) return;
    if (t->screen != NULL) {
        (void)endwin();
        delscreen(t->screen);
    }
    give_signals_back(t);
    free(t);
}

FrameShape terminal_shape(const Terminal *t) {
    return (FrameShape){.width = getmaxx(stdscr), .height = getmaxy(stdscr), .utf8 = t->utf8};
}

static attr_t attribute_of(FrameStyle style) {
    switch (style) {
    case FRAME_STRONG: return A_BOLD;
    case FRAME_FAINT: return A_DIM;
    case FRAME_PLAIN: break;
    }
    return A_NORMAL;
}

/* As many characters as the line has columns for: some take two. */
static void draw_line(int row, const FrameLine *line, wchar_t *wide, size_t room) {
    size_t count = mbstowcs(wide, line->text, room);
    if (count == (size_t)-1) return; /* no text of this locale */
    int columns = 0, width = getmaxx(stdscr);
    size_t fits = 0;
    while (fits < count) {
        int here = wcwidth(wide[fits]);
        if (here < 0) wide[fits] = L'?', here = 1;
        if (columns + here > width) break;
        columns += here;
        fits++;
    }
    (void)attrset((int)attribute_of(line->style));
    (void)mvaddnwstr(row, 0, wide, (int)fits);
}

Status terminal_show(Terminal *t, const Frame *frame) {
    (void)t;
    size_t longest = 0;
    for (size_t i = 0; i < frame->count; i++) {
        size_t length = strlen(frame->lines[i].text);
        if (length > longest) longest = length;
    }
    wchar_t *wide;
    TRY(memory_new(&wide, longest + 1, sizeof(*wide)));
    (void)erase();
    for (size_t i = 0; i < frame->count; i++)
        draw_line((int)i, &frame->lines[i], wide, longest + 1);
    (void)refresh();
    free(wide);
    return STATUS_OK;
}

/* The keys that have come. */
static TerminalEvent read_keys(Terminal *t, bool gone) {
    TerminalEvent event = TERMINAL_TIME;
    int key = getch();
    if (key == ERR && gone) {
        t->signal = SIGHUP;
        return TERMINAL_ENDED;
    }
    for (; key != ERR; key = getch()) {
        if (key == 'q' || key == 'Q' || key == CONTROL_C) return TERMINAL_QUIT;
        if (key == CONTROL_L) (void)clearok(curscr, TRUE);
        if (key == CONTROL_L || key == KEY_RESIZE) event = TERMINAL_RESIZED;
    }
    return event;
}

TerminalEvent terminal_wait(Terminal *t, double seconds) {
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    double whole = floor(seconds);
    struct timespec time = {.tv_sec = (time_t)whole, .tv_nsec = (long)((seconds - whole) * 1e9)};
    int found = ppoll(&input, 1, &time, &t->before);
    if (asked != 0) {
        t->signal = asked;
        return t->signal == SIGINT ? TERMINAL_QUIT : TERMINAL_ENDED;
    }
    if (found == 0) return TERMINAL_TIME;
    return read_keys(t, found > 0);
}

int terminal_signal(const Terminal *t) {
    return t->signal;
}

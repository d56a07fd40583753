#include "cli/watch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/status_view.h"
#include "cli/terminal.h"
#include "cli/watch_figures.h"

#define LONGEST_WAIT 30.0
#define SHARE 50.0 /* processor time of a look goes so often into the wait for the next */
#define LINE_SECONDS 30.0

typedef struct Watch {
    CampaignFile *campaign;
    const char *file;
    bool unverified;
    CampaignStanding standing;
    WatchFigures figures; /* of the newest look that succeeded */
    double wait;          /* until the next one */
} Watch;

static Status see(Watch *w) {
    StatusView view;
    Status status = status_view_of(w->campaign, w->file, &view);
    if (status == STATUS_OK) {
        WatchFigures figures;
        w->standing = view.standing;
        status = watch_figures_of(w->campaign, &view, w->file, clock_unix(), &figures);
        if (status == STATUS_OK) {
            watch_figures_release(&w->figures);
            w->figures = figures;
        }
    }
    status_view_release(&view);
    return status;
}

static Status look(Watch *w) {
    double begin = clock_processor();
    bool changed;
    Status status = campaign_file_refresh(w->campaign, w->file, w->unverified, &changed);
    if (status == STATUS_OK) status = see(w);
    double wait = SHARE * (clock_processor() - begin);
    w->wait = wait < WATCH_SECONDS ? WATCH_SECONDS : wait > LONGEST_WAIT ? LONGEST_WAIT : wait;
    return status;
}

/* --- on a terminal --- */

static Status draw(const Watch *w, Terminal *terminal) {
    FrameShape shape = terminal_shape(terminal);
    Frame frame;
    TRY(watch_frame(&w->figures, shape, &frame));
    return terminal_show(terminal, &frame, shape);
}

/* The figures stay those of before, with a word on why. */
static void tell_failure(Watch *w) {
    (void)snprintf(w->figures.notice, sizeof(w->figures.notice), "cannot be read, tried again and again: %s",
                   status_text());
    status_clear();
}

static Status watch_screen(Watch *w, Terminal *terminal, TerminalEvent *event) {
    do {
        TRY(draw(w, terminal));
        double until = clock_monotonic() + w->wait, left = w->wait;
        do {
            *event = terminal_wait(terminal, left);
            left = until - clock_monotonic();
        } while (*event == TERMINAL_KEY && left > 0);
        if (left <= 0 && look(w) != STATUS_OK) tell_failure(w);
    } while (*event != TERMINAL_QUIT && *event != TERMINAL_ENDED);
    return STATUS_OK;
}

static Status watch_terminal(Watch *w, Terminal *terminal) {
    TerminalEvent event = TERMINAL_QUIT;
    Status status = watch_screen(w, terminal, &event);
    int number = terminal_signal(terminal);
    terminal_close(&terminal);
    if (status == STATUS_OK && event == TERMINAL_ENDED) (void)raise(number);
    return status;
}

/* --- elsewhere --- */

/* What the newest line told. */
typedef struct Told {
    double time; /* steady seconds */
    char standing[WATCH_SENTENCE];
    uint64_t finished;
    double part;
    bool notice;
} Told;

static bool is_due(const Told *told, const WatchFigures *f, double now) {
    if (strcmp(told->standing, f->standing) != 0 || told->notice != (f->notice[0] != '\0')) return true;
    if (f->finished == told->finished && f->part == told->part) return false;
    return now - told->time >= LINE_SECONDS || f->part >= told->part + 0.1;
}

static Status tell(Told *told, const WatchFigures *f) {
    char *line;
    TRY(watch_line(f, &line));
    puts(line);
    free(line);
    *told = (Told){
        .time = clock_monotonic(), .finished = f->finished, .part = f->part, .notice = f->notice[0] != '\0'};
    text_copy(told->standing, sizeof(told->standing), f->standing);
    return STATUS_OK;
}

static Status watch_lines(Watch *w) {
    Told told = {0};
    while (standing_code(w->standing) == STATUS_RESUMABLE) {
        if (is_due(&told, &w->figures, clock_monotonic())) TRY(tell(&told, &w->figures));
        if (fflush(stdout) != 0) break; /* nobody reads on; main says so */
        clock_sleep(w->wait);
        TRY(look(w));
    }
    return STATUS_OK;
}

Status watch_campaign(CampaignFile *campaign, const char *file, bool unverified) {
    Watch w = {.campaign = campaign, .file = file, .unverified = unverified, .wait = WATCH_SECONDS};
    TRY(see(&w));
    Terminal *terminal;
    Status status = terminal_open(&terminal);
    if (status == STATUS_OK) status = terminal != NULL ? watch_terminal(&w, terminal) : watch_lines(&w);
    watch_figures_release(&w.figures);
    return status;
}

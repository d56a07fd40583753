#include "report/progress.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "report/gauge.h"

#define REDRAW_SECONDS 0.2
#define PLAIN_SECONDS 30.0
#define FEWEST_CELLS 10
#define MOST_CELLS 24
#define PERCENT_WIDTH 6
#define NARROWEST_WITH_BAR 60

struct Progress {
    MetricKind metric;
    int terminal;        /* a descriptor of the terminal that stderr ends at; -1: none */
    bool drawn;          /* a bar stands on the present line */
    bool measured;       /* the two fields below hold */
    double first_epochs; /* done when the run began */
    uint64_t first_finished;
    double began; /* steady seconds of the first show in training */
    double last_shown;
    double last_part;
};

/* Is that process a launcher that passes its ranks' stderr on to its own? */
static bool is_launcher(long process) {
    static const char *const names[] = {"mpirun", "orterun", "mpiexec", "prterun"};
    char path[64], name[32] = "";
    snprintf(path, sizeof(path), "/proc/%ld/comm", process);
    FILE *file = fopen(path, "r");
    if (file == NULL) return false;
    if (fgets(name, sizeof(name), file) == NULL) name[0] = '\0';
    fclose(file);
    name[strcspn(name, "\n")] = '\0';
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(name, names[i]) == 0) return true;
    }
    return false;
}

/* The terminal that stderr ends at: directly, or through a pipe to the launcher. -1 where there is none. */
static int terminal_open(void) {
    if (isatty(STDERR_FILENO) == 1) return dup(STDERR_FILENO);
    long parent = (long)getppid();
    if (!is_launcher(parent)) return -1;
    char path[64];
    snprintf(path, sizeof(path), "/proc/%ld/fd/2", parent);
    int descriptor = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0 || isatty(descriptor) == 1) return descriptor;
    close(descriptor);
    return -1;
}

Status progress_create(Progress **out, MetricKind metric, double now) {
    TRY(memory_new(out, 1, sizeof(**out)));
    (*out)->metric = metric;
    (*out)->terminal = terminal_open();
    (*out)->last_shown = now;
    return STATUS_OK;
}

static void clear_bar(Progress *p) {
    if (p->drawn) fputs("\r\033[K", stderr);
    p->drawn = false;
}

void progress_destroy(Progress **progress) {
    if (*progress == NULL) return;
    clear_bar(*progress);
    if ((*progress)->terminal >= 0) close((*progress)->terminal);
    free(*progress);
    *progress = NULL;
}

void progress_line(Progress *p, const char *line) {
    if (p != NULL) clear_bar(p);
    fprintf(stderr, "%s\n", line);
}

static int terminal_columns(const Progress *p) {
    struct winsize size;
    if (ioctl(p->terminal, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 80;
}

/* Everything but the bar itself, in one line of text. */
static void describe(const Progress *p, const CampaignView *view, double now, Text *out) {
    text_add(out, "%s %zu/%zu, %llu of %llu trials", view->stage, view->stage_number, view->stage_count,
             (unsigned long long)view->finished, (unsigned long long)view->trials);
    if (view->has_best && p->metric == METRIC_VAL_ACCURACY)
        text_add(out, ", best %.2f %% (#%llu)", 100 * view->best_metric,
                 (unsigned long long)view->best_trial);
    else if (view->has_best)
        text_add(out, ", best val_loss %.4f (#%llu)", view->best_metric,
                 (unsigned long long)view->best_trial);
    if (strcmp(view->doing, "training") != 0) {
        text_add(out, ", %s", view->doing);
        return;
    }
    double seconds = now - p->began, epochs = view->epochs_done - p->first_epochs;
    if (p->measured && seconds > 1 && epochs > 0) {
        text_add(out, ", %s left", text_duration(seconds / epochs * (view->epochs_all - view->epochs_done)));
        text_add(out, ", %.1f trials/min", 60 * (double)(view->finished - p->first_finished) / seconds);
    }
}

/* At most `room` bytes of the text: whole parts of it where that is possible. */
static int fitting(const char *text, int room) {
    int length = (int)strlen(text);
    if (length <= room) return length;
    for (int end = room; end > 0; end--) {
        if (text[end] == ',') return end;
    }
    return room;
}

static void draw_bar(Progress *p, const CampaignView *view, double part, double now) {
    Text text = {0};
    describe(p, view, now, &text);
    int room = terminal_columns(p) - 1 - PERCENT_WIDTH;
    fprintf(stderr, "\r\033[K");
    if (room >= NARROWEST_WITH_BAR) {
        int cells = room - 3 - (int)strlen(text_of(&text)); /* two brackets and a blank */
        cells = cells < FEWEST_CELLS ? FEWEST_CELLS : cells > MOST_CELLS ? MOST_CELLS : cells;
        Text bar = {0};
        gauge_bar(&bar, part, cells, false);
        fprintf(stderr, "%s ", text_of(&bar));
        text_release(&bar);
        room -= cells + 3;
    }
    if (room > 0) fprintf(stderr, "%3.0f %% %.*s", 100 * part, fitting(text_of(&text), room), text_of(&text));
    fflush(stderr);
    p->drawn = true;
    text_release(&text);
}

void progress_show(Progress *p, const CampaignView *view, double now) {
    if (!p->measured && strcmp(view->doing, "training") == 0) {
        p->measured = true;
        p->began = now;
        p->first_epochs = view->epochs_done;
        p->first_finished = view->finished;
    }
    double part = view->epochs_all > 0 ? view->epochs_done / view->epochs_all : 0;
    if (part > 1) part = 1;
    if (p->terminal >= 0) {
        if (p->drawn && now - p->last_shown < REDRAW_SECONDS) return;
        draw_bar(p, view, part, now);
    } else {
        if (strcmp(view->doing, "training") != 0) return;
        if (now - p->last_shown < PLAIN_SECONDS && part < p->last_part + 0.1) return;
        Text text = {0};
        describe(p, view, now, &text);
        fprintf(stderr, "%3.0f %%: %s\n", 100 * part, text_of(&text));
        text_release(&text);
        p->last_part = part;
    }
    p->last_shown = now;
}

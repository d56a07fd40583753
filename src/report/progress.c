#include "report/progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

#define REDRAW_SECONDS 0.2
#define PLAIN_SECONDS 30.0
#define BAR_CELLS 24
#define WIDEST 200

struct Progress {
    MetricKind metric;
    bool terminal;
    bool drawn;          /* a bar stands on the present line */
    bool measured;       /* the two fields below hold */
    double first_epochs; /* done when the run began */
    uint64_t first_finished;
    double began; /* steady seconds of the first show in training */
    double last_shown;
    double last_part;
};

Status progress_create(Progress **out, MetricKind metric, double now) {
    TRY(memory_new(out, 1, sizeof(**out)));
    (*out)->metric = metric;
    (*out)->terminal = isatty(STDERR_FILENO) == 1;
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
    free(*progress);
    *progress = NULL;
}

void progress_line(Progress *p, const char *line) {
    if (p != NULL) clear_bar(p);
    fprintf(stderr, "%s\n", line);
}

static int terminal_columns(void) {
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
        return size.ws_col < WIDEST ? size.ws_col : WIDEST;
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
        text_add(out, ", %.1f trials/min", 60 * (double)(view->finished - p->first_finished) / seconds);
        text_add(out, ", %s left", text_duration(seconds / epochs * (view->epochs_all - view->epochs_done)));
    }
}

static void draw_bar(Progress *p, const CampaignView *view, double part, double now) {
    Text text = {0};
    describe(p, view, now, &text);
    char cells[BAR_CELLS + 1];
    int full = (int)lround(part * BAR_CELLS);
    for (int i = 0; i < BAR_CELLS; i++)
        cells[i] = i < full ? '#' : '.';
    cells[BAR_CELLS] = '\0';
    int room = terminal_columns() - 1;
    char line[WIDEST + 1];
    snprintf(line, (size_t)room + 1, "[%s] %3.0f %% %s", cells, 100 * part, text_of(&text));
    fprintf(stderr, "\r\033[K%s", line);
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
    if (p->terminal) {
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

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/page/gnuplot.h"
#include "report/page/html.h"
#include "report/page/page.h"
#include "report/words.h"
#include "search/zoom.h"

#define STRIP 0.1      /* of the metric's axis, beyond its worst: for each kind of trials without a result */
#define BARS 0.22      /* above it: the stages' ranges */
#define BAR_MOST 0.055 /* of one of them */

/* A place beside x, the same for the same trial, so that trials of one choice do not hide each other. */
static double spread(uint64_t id) {
    double part = (double)id * 0.6180339887498949;
    return 0.6 * (part - floor(part) - 0.5);
}

/* The trials without a result, strip by strip from the worst result outwards. */
static const struct Strip {
    TrialStatus status;
    const char *name, *colour;
    double size;
    int mark;
} strips[] = {{TRIAL_STOPPED, "stopped", COLOUR_STOPPED, 0.5, MARK_STOPPED},
              {TRIAL_DIVERGED, "diverged", COLOUR_DIVERGED, 0.6, MARK_DIVERGED},
              {TRIAL_FAILED, "failed", COLOUR_FAILED, 0.7, MARK_FAILED}};
#define STRIP_COUNT (sizeof(strips) / sizeof(strips[0]))

/* The metric's axis with the strips beside it and the bars above it. */
typedef struct Panel {
    Axis x, y;
    double strip[STRIP_COUNT]; /* places of their middles; NaN for those without a trial */
    double bar;                /* height of a stage's bar; 0 for none */
    double top;                /* of the uppermost bar */
} Panel;

static uint64_t in_strip(const Page *page, const struct Strip *strip) {
    const Overview *o = &page->overview;
    return strip->status == TRIAL_STOPPED    ? o->stopped
           : strip->status == TRIAL_DIVERGED ? o->diverged
                                             : o->failed;
}

static Panel make_panel(const Page *page, size_t p) {
    Panel panel = {.x = axis_of_parameter(page->config, p, page_range(page, p)), .y = page_metric_axis(page)};
    double height = panel.y.high - panel.y.low, strip = STRIP * height;
    bool low = page->metric == METRIC_VAL_ACCURACY; /* the strips lie on the side of the worst */
    double *end = low ? &panel.y.low : &panel.y.high, step = low ? -strip : strip;
    double gap = step / 2; /* before the first strip */
    for (size_t i = 0; i < STRIP_COUNT; i++) {
        panel.strip[i] = NAN;
        if (in_strip(page, &strips[i]) == 0) continue;
        panel.strip[i] = *end + gap + step / 2;
        *end += gap + step;
        gap = 0;
    }
    size_t stages = page->ledger->stage_count;
    panel.bar = stages > 0 ? fmin(BAR_MOST, BARS / (double)stages) * height : 0;
    panel.top = panel.y.high + (double)(stages + 1) * panel.bar;
    panel.y.high = panel.top;
    return panel;
}

static void draw_range(Page *page, const Panel *panel, size_t p, size_t s) {
    const Parameter *parameter = &page->space->parameters[p];
    const Range *range = &page->ledger->stages[s].after.range[p];
    const char *colour = stage_look(page->ledger->stages[s].stage)->colour;
    double bar_top = panel->top - (double)s * panel->bar - 0.2 * panel->bar,
           bar_end = bar_top - 0.6 * panel->bar;
    if (!distribution_is_choice(parameter->distribution)) {
        double low = axis_place(&panel->x, range->min), high = axis_place(&panel->x, range->max);
        double least = 0.004 * (panel->x.high - panel->x.low);
        if (high - low < least) high = low + least;
        figure_box(&page->figures, low, panel->y.low, high, panel->top, colour, 0.06);
        figure_box(&page->figures, low, bar_end, high, bar_top, colour, 1);
        return;
    }
    for (size_t v = 0; v < parameter->value_count; v++) {
        if ((range->allowed >> v & 1) == 0) continue;
        double low = (double)v - 0.4, high = (double)v + 0.4;
        figure_box(&page->figures, low, panel->y.low, high, panel->top, colour, 0.06);
        figure_box(&page->figures, low, bar_end, high, bar_top, colour, 1);
    }
}

static void add_strip_tic(Axis *y, double at, const char *text) {
    if (y->tic_count >= AXIS_TICS_MAX) return;
    y->tics[y->tic_count].at = at;
    text_copy(y->tics[y->tic_count++].text, sizeof(y->tics[0].text), text);
}

/* The drawn trials of a stage (completed), or those of any that ended otherwise, in a strip; returns how
 * many. */
static size_t write_points(Page *page, const Panel *panel, size_t p, size_t stage, TrialStatus status,
                           double strip, size_t *block) {
    size_t count = 0;
    *block = figure_data_begin(&page->figures);
    for (size_t i = 0; i < page->count; i++) {
        const PageTrial *trial = &page->trials[i];
        if (!page->drawn[i] || trial->status != status) continue;
        if (status == TRIAL_COMPLETED && trial->stage != stage) continue;
        double x = axis_drawn(&panel->x, draw_value(trial->draw, p));
        double y = status == TRIAL_COMPLETED ? axis_place(&panel->y, trial->metric) : strip;
        if (isnan(x) || isnan(y)) continue;
        if (panel->x.scale == AXIS_CHOICES) x += spread(trial->id);
        text_add(&page->figures.script, "%.6g %.6g\n", x, y);
        count++;
    }
    figure_data_end(&page->figures);
    return count;
}

static void draw_points(Page *page, const Panel *panel, size_t p) {
    Figures *f = &page->figures;
    size_t block;
    for (size_t s = 0; s < page->config->stage_count; s++) {
        const Look *look = stage_look(s);
        char title[48];
        Text quoted = {0};
        label_text(title, sizeof(title), page->config->stages[s].name, 14);
        gnuplot_quoted(&quoted, title);
        if (write_points(page, panel, p, s, TRIAL_COMPLETED, NAN, &block) > 0)
            figure_plot(f, "$d%zu with points pt %d ps %g lw 1.2 lc rgb '%s' title %s", block, look->mark,
                        look->size, look->colour, text_of(&quoted));
        text_release(&quoted);
    }
    for (size_t i = 0; i < STRIP_COUNT; i++) {
        const struct Strip *strip = &strips[i];
        if (write_points(page, panel, p, 0, strip->status, panel->strip[i], &block) > 0)
            figure_plot(f, "$d%zu with points pt %d ps %g lw 1.6 lc rgb '%s' title '%s'", block, strip->mark,
                        strip->size, strip->colour, strip->name);
    }
}

static void draw_panel(Page *page, size_t p) {
    char name[FIGURE_NAME_SIZE], alt[160];
    const Parameter *parameter = &page->space->parameters[p];
    (void)snprintf(name, sizeof(name), "parameter-%s", parameter->name);
    (void)snprintf(alt, sizeof(alt), "%s of trials against %s", metric_name(page->metric), parameter->name);
    Panel panel = make_panel(page, p);
    page_figure_begin(page, "", name, PANEL_WIDTH, PANEL_HEIGHT);
    for (size_t i = 0; i < STRIP_COUNT; i++) {
        if (!isnan(panel.strip[i])) add_strip_tic(&panel.y, panel.strip[i], strips[i].name);
    }
    figure_axis(&page->figures, 'x', &panel.x);
    figure_axis(&page->figures, 'y', &panel.y);
    for (size_t s = 0; s < page->ledger->stage_count; s++)
        draw_range(page, &panel, p, s);
    draw_points(page, &panel, p);
    page_figure_end(page, alt, "");
}

/* --- the ranges as a table --- */

static void range_row(Page *page, size_t p, const StageRecord *stage) {
    const Parameter *parameter = &page->space->parameters[p];
    char range[SHORT_TEXT_SIZE];
    html_row_begin(&page->html);
    html_cell(&page->html, parameter->name);
    html_cell_key(&page->html, stage->stage, page->config->stages[stage->stage].name);
    range_short_text(parameter, &stage->after.range[p], range);
    html_cell(&page->html, range);
    html_cell(&page->html, distribution_name(parameter->distribution));
    text_add(&page->html, "<td class=\"w\">");
    html_text(&page->html, zoom_reason_text((ZoomReason)stage->reason[p]));
    text_add(&page->html, "</td>");
    html_row_end(&page->html);
}

static void table_of_ranges(Page *page) {
    if (page->ledger->stage_count == 0 || page->space->count == 0) return;
    html_table_begin(&page->html, "What each stage drew from, and why",
                     "parameter|=stage|drawn from|distribution|why");
    for (size_t p = 0; p < page->space->count; p++) {
        for (size_t s = 0; s < page->ledger->stage_count; s++) {
            bool fixed = page->space->parameters[p].distribution == DIST_CONSTANT;
            if (page->ledger->stages[s].stage < page->config->stage_count && (s == 0 || !fixed))
                range_row(page, p, &page->ledger->stages[s]);
        }
    }
    html_table_end(&page->html);
}

void section_parameters(Page *page) {
    page_heading(page, "parameters", "Each parameter, from coarse to fine");
    if (page->varied_count == 0) {
        text_add(&page->html, "<p>No parameter has more than one value: there was nothing to search.</p>");
    } else {
        text_add(
            &page->html,
            "<p>A mark is a trial, its colour and shape tell the stage. The bars at the top, and the shades "
            "below them, are what each stage drew from: the first stage above, later ones below it.%s",
            page->overview.stopped + page->overview.diverged + page->overview.failed > 0
                ? " Trials that were stopped early, diverged or failed have no result; they lie in strips of "
                  "their own, beyond the worst."
                : "");
        text_add(&page->html, "%s</p>\n<div class=\"panels\">\n", page_sample_words(page));
        for (size_t v = 0; v < page->varied_count; v++)
            draw_panel(page, page->varied[v]);
        text_add(&page->html, "</div>\n");
    }
    table_of_ranges(page);
    text_add(&page->html, "</section>\n");
}

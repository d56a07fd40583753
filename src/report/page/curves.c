#include <math.h>
#include <stdio.h>

#include "report/page/page.h"

#define QUIET_MAX 300 /* lines behind the best ones */
#define STRONG_MAX 5
#define POINTS_MAX 200 /* of a line */

static double figure_of(const Page *page, const EpochRow *row) {
    return metric_of(page->metric, row->val_accuracy, row->val_loss);
}

/* One line: every so many epochs, and the last. */
static void write_curve(Page *page, const Axis *y, const LedgerRow *record) {
    uint32_t step = (record->curve_count + POINTS_MAX - 1) / POINTS_MAX;
    for (uint32_t e = 0; e < record->curve_count; e++) {
        double place = axis_place(y, figure_of(page, &record->curve[e]));
        bool shown = e % step == 0 || e + 1 == record->curve_count;
        if (shown && isfinite(place))
            text_add(&page->figures.script, "%u %.6g\n", record->curve[e].epoch, place);
    }
    text_add(&page->figures.script, "\n");
}

/* The lowest and highest figures of all epochs, and the longest curve. */
typedef struct Extent {
    double worst, best;
    uint32_t epochs;
} Extent;

static Extent extent_of(const Page *page) {
    Extent extent = {NAN, NAN, 0};
    for (size_t i = 0; i < page->count; i++) {
        const LedgerRow *record = page->trials[i].record;
        if (record->curve_count > extent.epochs) extent.epochs = record->curve_count;
        for (uint32_t e = 0; e < record->curve_count; e++) {
            double value = figure_of(page, &record->curve[e]);
            if (!isfinite(value)) continue;
            if (isnan(extent.worst) || metric_better(page->metric, extent.worst, value)) extent.worst = value;
            if (metric_better(page->metric, value, extent.best)) extent.best = value;
        }
    }
    return extent;
}

static size_t draw_quiet(Page *page, const Axis *y) {
    size_t block = figure_data_begin(&page->figures), lines = 0, seen = 0;
    size_t step = page_line_step(page, QUIET_MAX);
    for (size_t i = 0; i < page->count; i++) {
        if (!page->drawn[i] || seen++ % step != 0 || page->trials[i].record->curve_count == 0) continue;
        write_curve(page, y, page->trials[i].record);
        lines++;
    }
    figure_data_end(&page->figures);
    figure_plot(&page->figures, "$d%zu with lines lw 0.8 lc rgb '#b4b4b4' %s", block,
                page->count > STRONG_MAX ? "title 'other trials'" : "notitle");
    return lines;
}

static void draw_strong(Page *page, const Axis *y, size_t rank) {
    const PageTrial *trial = page->best[rank];
    const Look *look = &looks[rank % LOOK_COUNT];
    size_t block = figure_data_begin(&page->figures);
    write_curve(page, y, trial->record);
    figure_data_end(&page->figures);
    figure_plot(&page->figures,
                "$d%zu with linespoints lw 2 dt %d pt %d ps 0.5 pi %u lc rgb '%s' title 'trial %llu'", block,
                look->dash, look->mark, 1 + trial->record->curve_count / 12, look->colour,
                (unsigned long long)trial->id);
}

static void draw(Page *page, Extent extent) {
    uint64_t examples = page->ledger->has_data ? page->ledger->data.validation_count : 0;
    Axis y = axis_of_metric(page->metric, extent.worst, extent.best, examples);
    Axis x = axis_plain(AXIS_COUNT, 0, extent.epochs, "epoch (passes over the training part)");
    x.high = (double)extent.epochs * 1.02;
    page_figure_begin(page, "wide", "learning-curves", WIDE, 400);
    figure_axis(&page->figures, 'x', &x);
    figure_axis(&page->figures, 'y', &y);
    size_t lines = draw_quiet(page, &y);
    size_t strong = page->best_count < STRONG_MAX ? page->best_count : STRONG_MAX;
    for (size_t rank = 0; rank < strong; rank++)
        draw_strong(page, &y, rank);
    char caption[256];
    int used = strong > 0
                   ? snprintf(caption, sizeof(caption), "Strong: the best %zu trials, each epoch's %s.",
                              strong, metric_name(page->metric))
                   : snprintf(caption, sizeof(caption), "Each epoch's %s; no trial has completed yet.",
                              metric_name(page->metric));
    if (lines < page->count && used > 0)
        (void)snprintf(caption + used, sizeof(caption) - (size_t)used, " Drawn are %zu of %zu trials.", lines,
                       page->count);
    page_figure_end(page, "Learning curves of the trials", caption);
}

void section_curves(Page *page) {
    page_heading(page, "curves", "Learning curves");
    Extent extent = extent_of(page);
    if (extent.epochs == 0 || isnan(extent.best))
        text_add(&page->html, "<p>No trial has ended an epoch yet.</p>");
    else
        draw(page, extent);
    text_add(&page->html, "</section>\n");
}

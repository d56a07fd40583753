#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/order.h"
#include "report/page/gnuplot.h"
#include "report/page/html.h"
#include "report/page/page.h"

/* About 1e-3 is healthy; half a decade either way is drawn as the band. */
#define HEALTHY_LOW 3.16e-4
#define HEALTHY_HIGH 3.16e-3
#define LINES_MAX 150
#define STRONG_MAX 5
#define POINTS_MAX 150
#define JUDGED 10

/* The median over the trial's epochs; NaN without any. `scratch` has room for them. */
static double median_ratio(const LedgerRow *record, double *scratch) {
    size_t count = 0;
    for (uint32_t e = 0; e < record->curve_count; e++) {
        double ratio = record->curve[e].update_ratio;
        if (isfinite(ratio) && ratio > 0) scratch[count++] = ratio;
    }
    if (count == 0) return NAN;
    return order_median(scratch, count);
}

/* Medians of all trials, and the lowest and highest ratio of all epochs. */
typedef struct Ratios {
    double *median; /* owned [page->count] */
    double low, high;
    uint32_t epochs;
} Ratios;

static Status ratios_of(const Page *page, Ratios *ratios) {
    *ratios = (Ratios){.low = HEALTHY_LOW, .high = HEALTHY_HIGH};
    for (size_t i = 0; i < page->count; i++) {
        const LedgerRow *record = page->trials[i].record;
        if (record->curve_count > ratios->epochs) ratios->epochs = record->curve_count;
        for (uint32_t e = 0; e < record->curve_count; e++) {
            double ratio = record->curve[e].update_ratio;
            if (!isfinite(ratio) || ratio < 1e-12) continue;
            if (ratio < ratios->low) ratios->low = ratio;
            if (ratio > ratios->high) ratios->high = ratio;
        }
    }
    double *scratch = NULL;
    TRY(memory_new(&ratios->median, page->count, sizeof(double)));
    TRY(memory_new(&scratch, ratios->epochs, sizeof(double)));
    for (size_t i = 0; i < page->count; i++)
        ratios->median[i] = median_ratio(page->trials[i].record, scratch);
    free(scratch);
    return STATUS_OK;
}

static void write_line(Page *page, const Axis *y, const LedgerRow *record) {
    uint32_t step = (record->curve_count + POINTS_MAX - 1) / POINTS_MAX;
    for (uint32_t e = 0; e < record->curve_count; e += step) {
        double ratio = record->curve[e].update_ratio;
        if (isfinite(ratio) && ratio > 0)
            text_add(&page->figures.script, "%u %.5g\n", record->curve[e].epoch, axis_place(y, ratio));
    }
    text_add(&page->figures.script, "\n");
}

static void draw_lines(Page *page, const Ratios *ratios) {
    Figures *f = &page->figures;
    Axis x = axis_plain(AXIS_COUNT, 0, ratios->epochs, "epoch (passes over the training part)");
    Axis y = axis_plain(AXIS_LOG, ratios->low, ratios->high, "update / weights (ratio, log scale)");
    x.high = 1.02 * (double)ratios->epochs;
    page_figure_begin(page, "", "update-ratio-by-epoch", 540, 360);
    figure_axis(f, 'x', &x);
    figure_axis(f, 'y', &y);
    figure_box(f, x.low, log10(HEALTHY_LOW), x.high, log10(HEALTHY_HIGH), "#009E73", 0.14);
    size_t block = figure_data_begin(f), seen = 0, step = page_line_step(page, LINES_MAX);
    for (size_t i = 0; i < page->count; i++) {
        if (page->drawn[i] && seen++ % step == 0 && page->trials[i].record->curve_count > 0)
            write_line(page, &y, page->trials[i].record);
    }
    figure_data_end(f);
    figure_plot(f, "$d%zu with lines lw 0.8 lc rgb '#b4b4b4' %s", block,
                page->count > STRONG_MAX ? "title 'other trials'" : "notitle");
    for (size_t rank = 0; rank < page->best_count && rank < STRONG_MAX; rank++) {
        const Look *look = &looks[rank % LOOK_COUNT];
        block = figure_data_begin(f);
        write_line(page, &y, page->best[rank]->record);
        figure_data_end(f);
        figure_plot(f, "$d%zu with linespoints lw 2 dt %d pt %d ps 0.5 pi %u lc rgb '%s' title 'trial %llu'",
                    block, look->dash, look->mark, 1 + page->best[rank]->record->curve_count / 10,
                    look->colour, (unsigned long long)page->best[rank]->id);
    }
    page_figure_end(page, "Update-to-weight ratio by epoch", "");
}

static void draw_medians(Page *page, const Ratios *ratios) {
    Figures *f = &page->figures;
    Axis x = axis_plain(AXIS_LOG, ratios->low, ratios->high, "median update / weights (ratio, log scale)");
    Axis y = page_metric_axis(page);
    page_figure_begin(page, "", "update-ratio-and-metric", 540, 360);
    figure_axis(f, 'x', &x);
    figure_axis(f, 'y', &y);
    figure_box(f, log10(HEALTHY_LOW), y.low, log10(HEALTHY_HIGH), y.high, "#009E73", 0.14);
    for (size_t s = 0; s < page->config->stage_count; s++) {
        const Look *look = stage_look(s);
        size_t block = figure_data_begin(f), count = 0;
        for (size_t i = 0; i < page->count; i++) {
            bool shown = page->drawn[i] && page->trials[i].stage == s && isfinite(page->trials[i].metric);
            if (!shown || isnan(ratios->median[i])) continue;
            text_add(&f->script, "%.5g %.5g\n", axis_place(&x, ratios->median[i]),
                     axis_place(&y, page->trials[i].metric));
            count++;
        }
        figure_data_end(f);
        if (count == 0) continue;
        char title[48];
        Text quoted = {0};
        label_text(title, sizeof(title), page->config->stages[s].name, 14);
        gnuplot_quoted(&quoted, title);
        figure_plot(f, "$d%zu with points pt %d ps %g lw 1.2 lc rgb '%s' title %s", block, look->mark,
                    look->size, look->colour, text_of(&quoted));
        text_release(&quoted);
    }
    page_figure_end(page, "Metric against the median update-to-weight ratio", "");
}

static void say(Page *page, const Ratios *ratios) {
    size_t within = 0, below = 0, judged = 0;
    for (size_t i = 0; i < page->best_count && judged < JUDGED; i++) {
        double ratio = ratios->median[page->best[i] - page->trials];
        if (isnan(ratio)) continue;
        judged++;
        within += ratio >= HEALTHY_LOW && ratio <= HEALTHY_HIGH;
        below += ratio < HEALTHY_LOW;
    }
    text_add(&page->html,
             "<p>How far a step moves the weights, against their size: about 0.001 is healthy (the band: "
             "0.0003 to 0.003); far less learns slowly, far more jumps about. Of the best %zu trials, %zu "
             "lie in the band (median over their epochs), %zu below it, %zu above it.</p>\n",
             judged, within, below, judged - within - below);
}

void section_updates(Page *page) {
    page_heading(page, "updates", "Size of the updates");
    Ratios ratios;
    if (ratios_of(page, &ratios) != STATUS_OK) page->html.failed = true;
    if (ratios.epochs == 0 || page->best_count == 0) {
        text_add(&page->html, "<p>No trial has completed yet.</p>");
    } else if (!page->html.failed) {
        say(page, &ratios);
        text_add(&page->html, "<div class=\"panels two\">\n");
        draw_lines(page, &ratios);
        draw_medians(page, &ratios);
        text_add(&page->html, "</div>\n");
        if (page_sample_words(page)[0] != '\0')
            text_add(&page->html, "<p class=\"soft\">%s</p>\n", page_sample_words(page) + 1);
    }
    free(ratios.median);
    text_add(&page->html, "</section>\n");
}

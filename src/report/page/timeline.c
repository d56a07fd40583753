#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "report/page/gnuplot.h"
#include "report/page/html.h"
#include "report/page/page.h"

#define ROWS_MAX 48
#define BARS_MAX 1500
#define BINS 120
#define HIGHEST_RANK ((uint32_t)1 << 24)

/* A unit in which the run time is a handy number. */
typedef struct TimeUnit {
    double seconds;
    const char *name;
} TimeUnit;

static TimeUnit unit_of(double seconds) {
    if (seconds < 180) return (TimeUnit){1, "run time (seconds)"};
    return seconds < 3 * 3600 ? (TimeUnit){60, "run time (minutes)"} : (TimeUnit){3600, "run time (hours)"};
}

static void draw_bars(Page *page, const TimeUnit *unit) {
    Figures *f = &page->figures;
    for (size_t s = 0; s < page->config->stage_count; s++) {
        size_t block = figure_data_begin(f), bars = 0;
        for (size_t i = 0; i < page->ledger->lease_count; i++) {
            const LeaseRecord *lease = &page->ledger->leases[i];
            double start, end;
            if (!utilisation_place(&page->utilisation, lease, &start, &end)) continue;
            if (lease->trial >= plan_trials(&page->plan) || plan_stage(&page->plan, lease->trial) != s)
                continue;
            start /= unit->seconds;
            end /= unit->seconds;
            text_add(&f->script, "%.6g %u %.6g %.6g %g %g\n", (start + end) / 2, lease->rank, start, end,
                     lease->rank - 0.36, lease->rank + 0.36);
            bars++;
        }
        figure_data_end(f);
        if (bars == 0) continue;
        char title[48];
        Text quoted = {0};
        label_text(title, sizeof(title), page->config->stages[s].name, 20);
        gnuplot_quoted(&quoted, title);
        figure_plot(f, "$d%zu with boxxyerror fc rgb '%s' fs solid 0.75 border rgb '#ffffff' lw 0.6 title %s",
                    block, stage_look(s)->colour, text_of(&quoted));
        text_release(&quoted);
    }
}

/* How busy groups of ranks were in pieces of the time. */
static Status draw_bins(Page *page, const TimeUnit *unit) {
    const Utilisation *u = &page->utilisation;
    uint32_t group = (u->ranks + ROWS_MAX - 1) / ROWS_MAX, rows = (u->ranks + group - 1) / group;
    double *busy = NULL, bin = u->run_seconds / BINS;
    TRY(memory_new(&busy, (size_t)rows * BINS, sizeof(double)));
    for (size_t i = 0; i < page->ledger->lease_count; i++) {
        const LeaseRecord *lease = &page->ledger->leases[i];
        double start, end;
        if (!utilisation_place(u, lease, &start, &end)) continue;
        uint32_t row = lease->rank / group;
        for (size_t b = (size_t)(start / bin); b < BINS && (double)b * bin < end; b++)
            busy[row * BINS + b] += fmin(end, (double)(b + 1) * bin) - fmax(start, (double)b * bin);
    }
    Figures *f = &page->figures;
    text_add(&f->script, "set palette maxcolors 32 defined (0 '#ffffff', 1 '#93c3df', 2 '#0072B2')\nset "
                         "cbrange [0:100]\nset cblabel 'busy (%% of the time)'\nset rmargin at screen "
                         "0.88\nset colorbox user origin graph 1.02, graph 0 size 0.015, graph 1\n");
    size_t block = figure_data_begin(f);
    for (size_t i = 0; i < (size_t)rows * BINS; i++) {
        double x = (double)(i % BINS) * bin / unit->seconds, width = bin / unit->seconds;
        uint32_t first = (uint32_t)(i / BINS) * group,
                 ranks = u->ranks - first < group ? u->ranks - first : group;
        double y = first - 0.5, part = fmin(100, 100 * busy[i] / (bin * ranks));
        if (part > 0)
            text_add(&f->script, "%.5g %.5g %.5g %.5g %.5g %.5g %.3g\n", x + width / 2, y + ranks / 2.0, x,
                     x + width, y, y + ranks, part);
    }
    figure_data_end(f);
    figure_plot(f, "$d%zu with boxxyerror lc palette fs solid 1 noborder notitle", block);
    free(busy);
    return STATUS_OK;
}

static void mark_starts(Page *page, const TimeUnit *unit) {
    const Utilisation *u = &page->utilisation;
    for (size_t i = 1; i < u->span_count && u->span_count <= 100; i++)
        text_add(&page->figures.script,
                 "set arrow from first %.6g, graph 0 to first %.6g, graph 1 nohead lw 1.2 dt 2 lc rgb "
                 "'#000000' front\n",
                 u->spans[i].before / unit->seconds, u->spans[i].before / unit->seconds);
}

static Status draw(Page *page) {
    const Utilisation *u = &page->utilisation;
    TimeUnit unit = unit_of(u->run_seconds);
    bool bars = u->ranks <= ROWS_MAX && page->ledger->lease_count <= BARS_MAX;
    uint32_t rows = u->ranks < ROWS_MAX ? u->ranks : ROWS_MAX;
    Axis x = axis_plain(AXIS_LINEAR, 0, u->run_seconds / unit.seconds, unit.name);
    Axis y = axis_plain(AXIS_LINEAR, -0.6, (double)u->ranks - 0.4, "rank (number)");
    y.tic_count = 0;
    uint32_t step = 1 + (u->ranks - 1) / 12;
    for (uint32_t rank = 0; rank < u->ranks && y.tic_count < AXIS_TICS_MAX; rank += step) {
        y.tics[y.tic_count].at = rank;
        (void)snprintf(y.tics[y.tic_count++].text, sizeof(y.tics[0].text), "%u", rank);
    }
    page_figure_begin(page, "wide", "timeline", WIDE, 130 + (rows < 12 ? 22 : 8) * (int)rows);
    figure_axis(&page->figures, 'x', &x);
    figure_axis(&page->figures, 'y', &y);
    mark_starts(page, &unit);
    if (bars)
        draw_bars(page, &unit);
    else
        TRY(draw_bins(page, &unit));
    page_figure_end(page, "What the ranks did over time",
                    bars ? "A bar is a trial on a rank. Dashed lines: a new start of the campaign; the time "
                           "between two starts is cut out."
                         : "How busy ranks were, in pieces of the time. Dashed lines: a new start of the "
                           "campaign; the time between two starts is cut out.");
    return STATUS_OK;
}

void section_utilisation(Page *page) {
    const Utilisation *u = &page->utilisation;
    page_heading(page, "utilisation", "What the ranks did");
    if (u->ranks == 0 || u->ranks > HIGHEST_RANK || !(u->run_seconds > 0) || page->ledger->lease_count == 0) {
        text_add(&page->html, "<p>No trial has been handed out yet.</p></section>\n");
        return;
    }
    text_add(&page->html,
             "<p>Ranks trained or judged networks in <strong>%.1f&nbsp;%%</strong> of the time in which the "
             "campaign ran: ",
             u->rank_seconds > 0 ? 100 * u->busy_seconds / u->rank_seconds : 0);
    html_text(&page->html, text_duration(u->run_seconds));
    text_add(&page->html,
             ", %s, %s. The rest went into reading data, the preflight, waiting for the last trials of a "
             "stage, and the ensemble.</p>\n",
             text_count(u->ranks, "rank", "ranks"), text_count(u->span_count, "start", "starts"));
    if (draw(page) != STATUS_OK) page->html.failed = true;
    text_add(&page->html, "</section>\n");
}

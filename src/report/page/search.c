#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "report/page/html.h"
#include "report/page/page.h"

#define STEPS_MAX 400 /* improvements drawn */

/* Best so far over trials in the order of their ids, or over the core-hours that they cost. */
static void write_best(Page *page, const Axis *y, bool by_cost) {
    double best = -INFINITY, spent = 0;
    for (size_t i = 0; i < page->count; i++) {
        const PageTrial *trial = &page->trials[i];
        spent += trial->record->outcome.seconds / 3600;
        bool last = i + 1 == page->count;
        if (trial->worth <= best && !(last && isfinite(best))) continue;
        if (trial->worth > best) best = trial->worth;
        text_add(&page->figures.script, "%.8g %.6g\n", by_cost ? spent : (double)(i + 1),
                 axis_place(y, metric_worth(page->metric, best)));
    }
}

static bool write_band(Page *page, const Axis *y, const BandPoint *points, double scale) {
    bool any = false;
    for (size_t i = 0; i < BAND_POINTS; i++) {
        if (!isfinite(points[i].low)) continue;
        any = true;
        text_add(&page->figures.script, "%.8g %.6g %.6g %.6g\n", points[i].at / scale,
                 axis_place(y, metric_worth(page->metric, points[i].low)),
                 axis_place(y, metric_worth(page->metric, points[i].middle)),
                 axis_place(y, metric_worth(page->metric, points[i].high)));
    }
    return any;
}

/* Where the stages begin, by trials or core-hours. */
static void mark_stages(Page *page, const Axis *y, bool by_cost) {
    double spent = 0;
    for (size_t i = 0; i + 1 < page->count; i++) {
        spent += page->trials[i].record->outcome.seconds / 3600;
        if (page->trials[i + 1].stage == page->trials[i].stage) continue;
        double at = by_cost ? spent : (double)(i + 1);
        char name[48];
        label_text(name, sizeof(name), page->config->stages[page->trials[i + 1].stage].name, 14);
        text_add(
            &page->figures.script,
            "set arrow from first %.8g, graph 0 to first %.8g, graph 1 nohead lw 1 dt 3 lc rgb '#707070'\n",
            at, at);
        figure_words(&page->figures, at,
                     y->low + (page->metric == METRIC_VAL_LOSS ? 0.95 : 0.05) * (y->high - y->low), name,
                     "left offset 0.4,0 textcolor rgb '#505050'");
    }
}

static void draw(Page *page, bool by_cost, const char *name, const char *alt) {
    const BandPoint *points = by_cost ? page->band.by_cost : page->band.by_trials;
    double worst = NAN, best = page->best[0]->metric,
           end = by_cost ? page->seconds / 3600 : (double)page->count;
    for (size_t i = 0; i < page->count && isnan(worst); i++)
        worst = page->trials[i].metric;
    for (size_t i = 0; page->has_band && i < BAND_POINTS; i++) {
        if (!isfinite(points[i].low)) continue;
        double low = metric_worth(page->metric, points[i].low);
        if (metric_better(page->metric, worst, low)) worst = low;
    }
    Axis y = axis_of_metric(page->metric, worst, best,
                            page->ledger->has_data ? page->ledger->data.validation_count : 0);
    Axis x = axis_plain(by_cost ? AXIS_LINEAR : AXIS_COUNT, 0, end > 0 ? end : 1,
                        by_cost ? "training (core-hours, all trials together)" : "trials (number, by id)");
    page_figure_begin(page, "", name, 540, 360);
    figure_axis(&page->figures, 'x', &x);
    figure_axis(&page->figures, 'y', &y);
    mark_stages(page, &y, by_cost);
    size_t block = figure_data_begin(&page->figures);
    bool band = page->has_band && write_band(page, &y, points, by_cost ? 3600 : 1);
    figure_data_end(&page->figures);
    if (band) {
        figure_plot(&page->figures,
                    "$d%zu using 1:2:4 with filledcurves fs solid 1 fc rgb '#dbe7f0' title 'random search, "
                    "90 %% of cases'",
                    block);
        figure_plot(&page->figures,
                    "$d%zu using 1:3 with lines lw 1.2 dt 2 lc rgb '#0072B2' title 'its median'", block);
    }
    block = figure_data_begin(&page->figures);
    write_best(page, &y, by_cost);
    figure_data_end(&page->figures);
    figure_plot(&page->figures, "$d%zu with steps lw 2.2 lc rgb '#000000' title 'this campaign'", block);
    page_figure_end(page, alt, "");
}

static void explain(Page *page) {
    const StageSpec *stage = &page->config->stages[0];
    bool stops = stage->stopping.kind != STOPPING_NONE;
    size_t first = 0;
    for (size_t i = 0; i < page->count; i++)
        first += page->trials[i].stage == 0;
    text_add(&page->html,
             "<p class=\"soft\">The band is a bootstrap: %zu times, trials are drawn with replacement from "
             "the %zu of stage <q>",
             page->band.resamples, first);
    html_text(&page->html, page->config->stages[0].name);
    text_add(
        &page->html,
        "</q>, each with what it cost, until as many trials (first figure) or core-hours (second one) are "
        "spent as this campaign took; shown is what 5, 50 and 95 %% of these searches reach at most. It is "
        "random search over that stage's ranges, for %s%u epochs a trial. It cannot find anything better "
        "than "
        "the best of those trials, and longer training would lift it, too.",
        stops ? "up to " : "", stage->epochs);
    if (stops)
        text_add(&page->html, " Trials that were stopped early cost it what they took, and find nothing.");
    if (page->config->sampler != SAMPLER_RANDOM)
        text_add(&page->html,
                 " The stage itself drew by <code>sampler: %s</code>, more evenly than by chance alone.",
                 sampler_name(page->config->sampler));
    text_add(&page->html, "</p>\n");
}

void section_search(Page *page) {
    page_heading(page, "search", "Best so far");
    if (page->best_count == 0) {
        text_add(&page->html, "<p>No trial has completed yet.</p></section>\n");
        return;
    }
    text_add(&page->html, "<div class=\"panels two\">\n");
    draw(page, false, "best-by-trials", "Best result so far against trials");
    draw(page, true, "best-by-core-hours", "Best result so far against core-hours");
    text_add(&page->html, "</div>\n");
    if (page->has_band) explain(page);
    text_add(&page->html, "</section>\n");
}

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/page/html.h"
#include "report/page/page.h"

#define AXES_MAX 11 /* the metric's comes beside them */
#define LINES_MAX 240
#define CLASSES 8     /* of lines, from the worst to the best */
#define STRONG_FEW 10 /* lines of the best class that may be thick */
#define ABSENT (-0.09)

/* From the worst to the best; the same lightness steps as the figures' palette. */
static const char *const colours[CLASSES] = {"#d8d8d8", "#d0d0d8", "#c3c6d2", "#aab4c8",
                                             "#8aa2c0", "#5f8db6", "#2f78ad", "#00598c"};

/* The parameters with the most to say: the ranked ones first, then the others. */
static size_t choose_axes(const Page *page, size_t chosen[AXES_MAX]) {
    size_t count = 0;
    for (size_t i = 0; i < page->ranked_count && count < AXES_MAX; i++)
        chosen[count++] = page->ranked[i];
    for (size_t v = 0; v < page->varied_count && count < AXES_MAX; v++) {
        bool known = false;
        for (size_t i = 0; i < count; i++)
            known |= chosen[i] == page->varied[v];
        if (!known) chosen[count++] = page->varied[v];
    }
    return count;
}

static double part_of(const Axis *axis, double place) {
    return isnan(place) ? ABSENT : (place - axis->low) / (axis->high - axis->low);
}

static void write_line(Page *page, const PageTrial *trial, const size_t *chosen, const Axis *axes,
                       size_t count) {
    Text *script = &page->figures.script;
    for (size_t i = 0; i < count; i++)
        text_add(script, "%zu %.4g\n", i,
                 part_of(&axes[i], axis_drawn(&axes[i], draw_value(trial->draw, chosen[i]))));
    text_add(script, "%zu %.4g\n\n", count, part_of(&axes[count], axis_place(&axes[count], trial->metric)));
}

/* Every so many of the ranking: the best one is among them. */
static void draw_lines(Page *page, const size_t *chosen, const Axis *axes, size_t count) {
    size_t step = (page->best_count + LINES_MAX - 1) / LINES_MAX;
    for (size_t class = 0; class < CLASSES; class ++) {
        size_t block = figure_data_begin(&page->figures), lines = 0;
        for (size_t rank = 0; rank < page->best_count; rank += step) {
            size_t of = CLASSES - 1 - rank * CLASSES / page->best_count;
            if (of != class) continue;
            write_line(page, page->best[rank], chosen, axes, count);
            lines++;
        }
        figure_data_end(&page->figures);
        if (lines > 0)
            figure_plot(&page->figures, "$d%zu with lines lw %g lc rgb '%s' notitle", block,
                        class + 1 < CLASSES   ? 0.8
                        : lines <= STRONG_FEW ? 1.8
                                              : 1,
                        colours[class]);
    }
}

/* `across`: the width of the whole figure, in axes. */
static void draw_axis(Page *page, size_t place, double across, const Axis *axis, const char *name) {
    Figures *f = &page->figures;
    char shown[64];
    text_add(
        &f->script,
        "set arrow from first %zu, first -0.02 to first %zu, first 1.02 nohead lw 1 lc rgb '#505050' front\n",
        place, place);
    for (size_t t = 0; t < axis->tic_count; t++) {
        double at = part_of(axis, axis->tics[t].at);
        label_text(shown, sizeof(shown), axis->tics[t].text, 8);
        double width = (double)strlen(shown) * 0.0072 * across;
        text_add(&f->script,
                 "set object %zu rect from first %.6g, first %.6g to first %.6g, first %.6g fc rgb '#ffffff' "
                 "fs solid 0.8 noborder front\n",
                 ++f->label, (double)place + 0.02, at - 0.022, (double)place + 0.05 + width, at + 0.022);
        figure_words(f, (double)place + 0.04, at, shown, "left font ',10' front textcolor rgb '#202020'");
    }
    label_text(shown, sizeof(shown), name, 20);
    figure_words(f, (double)place, place % 2 == 0 ? 1.17 : 1.08, shown, "center front");
}

/* The names are those of the axes; their units stand in the caption. */
static void write_units(Page *page, const size_t *chosen, size_t count, Text *caption) {
    text_add(caption, " Units: ");
    for (size_t i = 0; i < count; i++) {
        html_text(caption, page->space->parameters[chosen[i]].name);
        text_add(caption, " %s, ", parameter_unit(page->config, chosen[i]));
    }
    text_add(caption, "%s.",
             page->metric == METRIC_VAL_ACCURACY ? "val_accuracy % (log scale of the error)"
                                                 : "val_loss on a log scale");
}

static void draw(Page *page) {
    Axis axes[AXES_MAX + 1];
    size_t chosen[AXES_MAX], count = choose_axes(page, chosen);
    bool absent = false;
    for (size_t i = 0; i < count; i++) {
        axes[i] = axis_of_parameter(page->config, chosen[i], page_range(page, chosen[i]));
        absent |= page->space->parameters[chosen[i]].condition_count > 0;
    }
    axes[count] = page_metric_axis(page);
    double left = 0.085 * (double)(count + 1),
           across = left + (double)count + 0.75; /* room for the first name */
    page_figure_begin(page, "wide", "parallel-coordinates", WIDE, 420);
    Text *script = &page->figures.script;
    text_add(script,
             "unset border\nunset grid\nunset key\nunset ytics\nset tmargin 1\n"
             "set xrange [%g:%g]\nset yrange [%g:1.2]\nunset xtics\n",
             -left, (double)count + 0.75, absent ? -0.14 : -0.05);
    if (absent)
        figure_words(&page->figures, 0.03 - left, ABSENT, "none", "left font ',10' textcolor rgb '#505050'");
    draw_lines(page, chosen, axes, count);
    for (size_t i = 0; i < count; i++)
        draw_axis(page, i, across, &axes[i], page->space->parameters[chosen[i]].name);
    draw_axis(page, count, across, &axes[count], metric_name(page->metric));
    Text caption = {0};
    text_add(&caption,
             "A line is a completed trial; the darker and bluer, the better, and the best eighth is the "
             "strongest.%s",
             absent ? " At the bottom: trials that do not have the parameter." : "");
    if (page->best_count > LINES_MAX)
        text_add(&caption, " Drawn is every %zuth of %zu, by rank.",
                 (page->best_count + LINES_MAX - 1) / LINES_MAX, page->best_count);
    if (page->varied_count > count)
        text_add(&caption, " Shown are the %zu parameters that mattered most, of %zu.", count,
                 page->varied_count);
    write_units(page, chosen, count, &caption);
    page_figure_end(page, "Parallel coordinates of parameters and metric", text_of(&caption));
    text_release(&caption);
}

void section_coordinates(Page *page) {
    page_heading(page, "coordinates", "All parameters together");
    if (page->best_count == 0)
        text_add(&page->html, "<p>No trial has completed yet.</p>");
    else if (page->varied_count == 0)
        text_add(&page->html, "<p>No parameter has more than one value.</p>");
    else
        draw(page);
    text_add(&page->html, "</section>\n");
}

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "report/page/html.h"
#include "report/page/page.h"
#include "report/statistics/pair_map.h"

#define MAPPED_MAX 3

/* The trials of the stage whose importances are told. */
typedef struct MapData {
    size_t count;
    double *x, *y, *value; /* owned [count], places; value NaN for trials without a result */
    bool *stopped;         /* owned [count]: early */
    bool *drawn;           /* owned [count] */
} MapData;

static Status map_data(const Page *page, size_t px, size_t py, const Axis *x, const Axis *y,
                       const Axis *metric, MapData *data) {
    TRY(memory_new(&data->x, page->count, sizeof(double)));
    TRY(memory_new(&data->y, page->count, sizeof(double)));
    TRY(memory_new(&data->value, page->count, sizeof(double)));
    TRY(memory_new(&data->stopped, page->count, sizeof(bool)));
    TRY(memory_new(&data->drawn, page->count, sizeof(bool)));
    for (size_t i = 0; i < page->count; i++) {
        const PageTrial *trial = &page->trials[i];
        if (trial->stage != page->told_stage) continue;
        data->x[data->count] = axis_drawn(x, draw_value(trial->draw, px));
        data->y[data->count] = axis_drawn(y, draw_value(trial->draw, py));
        data->stopped[data->count] = trial->status == TRIAL_STOPPED;
        data->drawn[data->count] = page->drawn[i];
        data->value[data->count++] = axis_place(metric, trial->metric);
    }
    return STATUS_OK;
}

static double cell_start(const Axis *axis, size_t cells, size_t i) {
    if (axis->scale == AXIS_CHOICES) return (double)i - 0.5;
    return axis->low + (axis->high - axis->low) * (double)i / (double)cells;
}

static void write_cells(Page *page, const PairMap *map, const Axis *x, const Axis *y) {
    for (size_t r = 0; r < map->rows; r++) {
        for (size_t c = 0; c < map->columns; c++) {
            double value = map->value[r * map->columns + c];
            if (isnan(value)) continue;
            double left = cell_start(x, map->columns, c), right = cell_start(x, map->columns, c + 1);
            double low = cell_start(y, map->rows, r), high = cell_start(y, map->rows, r + 1);
            text_add(&page->figures.script, "%.6g %.6g %.6g %.6g %.6g %.6g %.6g\n", (left + right) / 2,
                     (low + high) / 2, left, right, low, high, value);
        }
    }
}

typedef enum MapMark { MARK_RESULT, MARK_ENDED_EARLY, MARK_NOTHING } MapMark;

static MapMark mark_of(const MapData *data, size_t i) {
    if (!isnan(data->value[i])) return MARK_RESULT;
    return data->stopped[i] ? MARK_ENDED_EARLY : MARK_NOTHING;
}

static size_t write_marks(Page *page, const MapData *data, const Axis *x, const Axis *y, MapMark mark,
                          size_t *block) {
    size_t marks = 0;
    *block = figure_data_begin(&page->figures);
    for (size_t i = 0; i < data->count; i++) {
        if (!data->drawn[i] || isnan(data->x[i]) || isnan(data->y[i]) || mark_of(data, i) != mark) continue;
        double part = (double)(i * 7919 % 101) / 101 - 0.5; /* of a choice's width */
        text_add(&page->figures.script, "%.6g %.6g\n",
                 data->x[i] + (x->scale == AXIS_CHOICES ? 0.6 * part : 0),
                 data->y[i] + (y->scale == AXIS_CHOICES ? 0.6 * part : 0));
        marks++;
    }
    figure_data_end(&page->figures);
    return marks;
}

static size_t choices_of(const Page *page, size_t p) {
    const Parameter *parameter = &page->space->parameters[p];
    return distribution_is_choice(parameter->distribution) ? parameter->value_count : 0;
}

static void draw_map(Page *page, const PairMap *map, const MapData *data, const Axis *x, const Axis *y,
                     const Axis *metric) {
    Figures *f = &page->figures;
    size_t block;
    figure_axis(f, 'x', x);
    figure_axis(f, 'y', y);
    figure_palette(f, metric);
    text_add(&f->script, "set rmargin at screen 0.74\nunset grid\n");
    block = figure_data_begin(f);
    write_cells(page, map, x, y);
    figure_data_end(f);
    figure_plot(f, "$d%zu with boxxyerror lc palette fs solid 1 noborder notitle", block);
    if (write_marks(page, data, x, y, MARK_RESULT, &block) > 0)
        figure_plot(f, "$d%zu with points pt 6 ps 0.4 lw 1 lc rgb '#000000' title 'trial'", block);
    if (write_marks(page, data, x, y, MARK_ENDED_EARLY, &block) > 0)
        figure_plot(f, "$d%zu with points pt %d ps 0.4 lw 1 lc rgb '%s' title 'stopped early'", block,
                    MARK_STOPPED, COLOUR_STOPPED);
    if (write_marks(page, data, x, y, MARK_NOTHING, &block) > 0)
        figure_plot(f, "$d%zu with points pt %d ps 0.5 lw 1.6 lc rgb '%s' title 'diverged or failed'", block,
                    MARK_DIVERGED, COLOUR_DIVERGED);
}

static Status make_map(Page *page, size_t px, size_t py) {
    Ranges configured;
    const Ranges *ranges = page_stage_ranges(page, page->told_stage, &configured);
    Axis x = axis_of_parameter(page->config, px, ranges->range[px]);
    Axis y = axis_of_parameter(page->config, py, ranges->range[py]), metric = page_metric_axis(page);
    MapData data = {0};
    PairMap *map = NULL;
    MapAxis across = {x.low, x.high, choices_of(page, px)}, up = {y.low, y.high, choices_of(page, py)};
    Status status = memory_new(&map, 1, sizeof(*map));
    if (status == STATUS_OK) status = map_data(page, px, py, &x, &y, &metric, &data);
    if (status == STATUS_OK) status = pair_map(&across, &up, data.x, data.y, data.value, data.count, map);
    if (status == STATUS_OK) {
        char name[FIGURE_NAME_SIZE], alt[192];
        const char *one = page->space->parameters[px].name, *other = page->space->parameters[py].name;
        (void)snprintf(name, sizeof(name), "map-%.40s-%.40s", one, other);
        (void)snprintf(alt, sizeof(alt), "%s over %s and %s", metric_name(page->metric), one, other);
        page_figure_begin(page, "", name, 440, 330);
        draw_map(page, map, &data, &x, &y, &metric);
        page_figure_end(page, alt, "");
    }
    free(map);
    free(data.x);
    free(data.y);
    free(data.value);
    free(data.stopped);
    free(data.drawn);
    return status;
}

void section_maps(Page *page) {
    const Importance *of = page->importance[page->told_stage].of;
    size_t count = 0;
    while (count < page->ranked_count && count < MAPPED_MAX &&
           (count < 2 || importance_holds(&of[page->ranked[count]])))
        count++;
    if (count < 2) return;
    text_add(
        &page->html,
        "<h3>The %s together</h3>\n<p class=\"soft\">Colour: the mean of the completed trials of stage <q>",
        count == 2 ? "two first" : "three first");
    html_text(&page->html, page->config->stages[page->told_stage].name);
    text_add(&page->html,
             "</q> around each place, all of them counted; white: no trial near.%s</p>\n"
             "<div class=\"panels two\">\n",
             page_sample_words(page));
    for (size_t a = 0; a < count; a++) {
        for (size_t b = a + 1; b < count; b++) {
            if (make_map(page, page->ranked[a], page->ranked[b]) != STATUS_OK) page->html.failed = true;
        }
    }
    text_add(&page->html, "</div>\n");
}

#include <math.h>
#include <stdio.h>

#include "report/page/html.h"
#include "report/page/page.h"

#define PIXELS_MAX 2400 /* of all that are drawn */
#define FILTERS_MAX 48
#define CHANNELS_MAX 8
#define TILES_ACROSS 12

/* How the filters lie side by side. */
typedef struct Tiling {
    size_t height, width, in, out;
    bool colour;          /* three channels: red, green, blue */
    size_t shown, layers; /* filters, and channels of each as tiles of their own */
    size_t across, down;  /* tiles */
} Tiling;

static Tiling tiling_of(const Networks *n) {
    Tiling t = {.height = n->filters_dims[0],
                .width = n->filters_dims[1],
                .in = n->filters_dims[2],
                .out = n->filters_dims[3]};
    t.colour = t.in == 3;
    t.layers = t.colour ? 1 : t.in < CHANNELS_MAX ? t.in : CHANNELS_MAX;
    size_t room = PIXELS_MAX / (t.height * t.width * t.layers);
    t.shown = t.out < FILTERS_MAX ? t.out : FILTERS_MAX;
    if (t.shown > room) t.shown = room;
    size_t across = TILES_ACROSS / t.layers * t.layers;
    if (across == 0) across = t.layers;
    t.across = t.shown * t.layers < across ? t.shown * t.layers : across;
    t.down = t.across > 0 ? (t.shown * t.layers + t.across - 1) / t.across : 0;
    return t;
}

static double weight_of(const Networks *n, const Tiling *t, size_t y, size_t x, size_t channel,
                        size_t filter) {
    return (double)n->filters[((y * t->width + x) * t->in + channel) * t->out + filter];
}

/* Of a filter's weights, without their signs. */
static double largest_of(const Networks *n, const Tiling *t, size_t filter) {
    double largest = 0;
    for (size_t i = 0; i < t->height * t->width * t->in; i++)
        largest = fmax(largest, fabs((double)n->filters[i * t->out + filter]));
    return largest > 0 ? largest : 1;
}

static unsigned level(double part) {
    return (unsigned)(255 * (part + 1) / 2 + 0.5);
}

/* One tile's pixels, with the tile's upper left corner at (left, top) and y upwards. */
static void write_tile(Page *page, const Tiling *t, size_t filter, size_t channel, double left, double top) {
    const Networks *n = &page->networks;
    double largest = largest_of(n, t, filter);
    for (size_t y = 0; y < t->height; y++) {
        for (size_t x = 0; x < t->width; x++) {
            double x0 = left + (double)x, y1 = top - (double)y;
            text_add(&page->figures.script, "%g %g %g %g %g %g ", x0 + 0.5, y1 - 0.5, x0, x0 + 1, y1 - 1, y1);
            if (t->colour)
                text_add(&page->figures.script, "%u\n",
                         level(weight_of(n, t, y, x, 0, filter) / largest) << 16 |
                             level(weight_of(n, t, y, x, 1, filter) / largest) << 8 |
                             level(weight_of(n, t, y, x, 2, filter) / largest));
            else
                text_add(&page->figures.script, "%.4g\n", weight_of(n, t, y, x, channel, filter) / largest);
        }
    }
}

static void name_tile(Page *page, const Tiling *t, size_t filter, size_t channel, double left, double top) {
    char text[64];
    if (t->layers > 1)
        (void)snprintf(text, sizeof(text), "%zu, ch. %zu", filter, channel);
    else
        (void)snprintf(text, sizeof(text), "%zu", filter);
    figure_words(&page->figures, left + (double)t->width / 2,
                 top - (double)t->height - 0.14 * (double)t->height, text,
                 "center font ',9' textcolor rgb '#404040'");
}

static void draw(Page *page, const Tiling *t) {
    Figures *f = &page->figures;
    double step_x = (double)t->width * 1.15, step_y = (double)t->height * 1.35;
    double columns = (double)t->across * step_x, rows = (double)t->down * step_y;
    int width = 90 + 62 * (int)t->across, height = 40 + (int)(62 * 1.17 * (double)t->down);
    if (width < 260) width = 260;
    page_figure_begin(page, "wide filters", "filters", width, height);
    text_add(
        &f->script,
        "unset border\nunset tics\nunset grid\nunset key\nset lmargin 1\nset tmargin 0.5\nset bmargin 0.5\n"
        "set rmargin at screen %g\nset xrange [0:%g]\nset yrange [%g:0]\n",
        1 - 80.0 / width, columns, -rows);
    size_t block = figure_data_begin(f);
    for (size_t i = 0; i < t->shown * t->layers; i++) {
        size_t column = i % t->across, row = i / t->across;
        write_tile(page, t, i / t->layers, i % t->layers, (double)column * step_x, -(double)row * step_y);
    }
    figure_data_end(f);
    for (size_t i = 0; i < t->shown * t->layers; i++) {
        size_t column = i % t->across, row = i / t->across;
        name_tile(page, t, i / t->layers, i % t->layers, (double)column * step_x, -(double)row * step_y);
    }
    if (t->colour) {
        figure_plot(f, "$d%zu with boxxyerror lc rgb variable fs solid 1 noborder notitle", block);
    } else {
        text_add(&f->script,
                 "set palette gray maxcolors 64\nset cbrange [-1:1]\nset cbtics scale 0.3 ('-1' -1, '0' 0, "
                 "'1' 1)\nset cblabel 'weight (of the largest)'\nset colorbox user origin graph 1.02, graph "
                 "0.06 size %g, graph 0.88\n",
                 10.0 / width);
        figure_plot(f, "$d%zu with boxxyerror lc palette fs solid 1 noborder notitle", block);
    }
    char caption[400];
    int used =
        snprintf(caption, sizeof(caption), "%zu of %zu filters of %zu × %zu pixels, from %zu channel%s; %s.",
                 t->shown, t->out, t->height, t->width, t->in, t->in == 1 ? "" : "s",
                 t->colour ? "the channels as red, green and blue, grey is 0"
                           : "dark weights are negative, bright ones positive, grey is 0, each filter "
                             "against its largest weight");
    if (!t->colour && t->in > t->layers && used > 0)
        (void)snprintf(caption + used, sizeof(caption) - (size_t)used, " Shown are the first %zu channels.",
                       t->layers);
    page_figure_end(page, "Filters of the first convolution as images", caption);
}

void section_filters(Page *page) {
    const Networks *n = &page->networks;
    bool planned = false;
    for (size_t l = 0; l < page->config->layer_count; l++)
        planned |= page->config->layers[l].spec.kind == LAYER_CONV2D;
    if (!planned) return;
    page_heading(page, "filters", "What the first convolution looks for");
    Tiling tiling = n->filters != NULL ? tiling_of(n) : (Tiling){0};
    if (n->filters == NULL) {
        text_add(&page->html, "<p>No network with a convolution could be read%s",
                 n->why[0] != '\0' ? ": " : ".");
        html_text(&page->html, n->why);
        text_add(&page->html, "</p>");
    } else if (tiling.shown == 0) {
        text_add(&page->html, "<p>Filters of %zu × %zu pixels are too large to be shown here.</p>",
                 tiling.height, tiling.width);
    } else {
        text_add(&page->html, "<p>Layer <q>");
        html_text(&page->html, n->filters_layer);
        text_add(&page->html, "</q> of trial %llu, the best convolutional network %s.</p>\n",
                 (unsigned long long)n->filters_trial,
                 page->ledger->has_ensemble ? "of the ensemble" : "so far");
        draw(page, &tiling);
    }
    text_add(&page->html, "</section>\n");
}

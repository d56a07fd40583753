#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/page/html.h"
#include "report/page/page.h"
#include "report/words.h"

#define CLASSES_SHOWN 24 /* in the matrix; more are a table of the worst alone */
#define PAIRS_SHOWN 15

/* White to blue, even in lightness. */
#define BLUES                                                                                                \
    "set palette maxcolors 48 defined (0 '#ffffff', 1 '#cfe1f2', 2 '#93c3df', 3 '#4b97c9', 4 '#1764ab', 5 "  \
    "'#08306b')\n"

/* The best single network's on the part that chose. */
static double single_metric(const Page *page) {
    const EnsembleRecord *e = &page->ledger->ensemble;
    if (page->metric == METRIC_VAL_LOSS)
        return e->on_selection ? e->single_selection_loss : e->single_val_loss;
    return e->on_selection ? e->single_selection_accuracy : e->single_val_accuracy;
}

static void draw_growth(Page *page) {
    const EnsembleRecord *e = &page->ledger->ensemble;
    Figures *f = &page->figures;
    ChoicePart part = data_choice_part(&page->ledger->data);
    double single = single_metric(page), low = single, high = single;
    char caption[96];
    for (uint32_t i = 0; i < e->pick_count; i++) {
        low = fmin(low, e->metric_after_pick[i]);
        high = fmax(high, e->metric_after_pick[i]);
    }
    Axis y = axis_of_metric(page->metric, low, high, part.count);
    Axis x = axis_plain(AXIS_COUNT, 0, e->pick_count, "picks (networks joined, in order)");
    x.high = (double)e->pick_count + 0.5;
    page_figure_begin(page, "", "ensemble-growth", 540, 360);
    figure_axis(f, 'x', &x);
    figure_axis(f, 'y', &y);
    size_t block = figure_data_begin(f);
    for (uint32_t i = 0; i < e->pick_count; i++)
        text_add(&f->script, "%u %.6g\n", i + 1, axis_place(&y, e->metric_after_pick[i]));
    figure_data_end(f);
    figure_plot(f, "$d%zu with linespoints lw 2 pt 7 ps 0.7 lc rgb '#0072B2' title 'ensemble'", block);
    block = figure_data_begin(f);
    text_add(&f->script, "%.6g %.6g\n%.6g %.6g\n", x.low, axis_place(&y, single), x.high,
             axis_place(&y, single));
    figure_data_end(f);
    figure_plot(f, "$d%zu with lines lw 1.5 dt 2 lc rgb '#000000' title 'best single network'", block);
    (void)snprintf(caption, sizeof(caption), "On the %s part, which chose the networks.", part.name);
    page_figure_end(page, "Growth of the ensemble", caption);
}

/* A square of cells with numbers in them, the first row on top. */
static void draw_cells(Page *page, size_t n, const double *colour, double most, char (*number)[16],
                       const char *cb_label, bool numbers, int font) {
    Figures *f = &page->figures;
    text_add(&f->script, BLUES);
    text_add(
        &f->script,
        "set cbrange [0:%.5g]\nset cbtics scale 0.3\nset cblabel '%s'\nset colorbox user origin graph 1.03, "
        "graph 0 size 0.02, graph 1\nunset grid\nset rmargin at screen 0.85\nset tmargin 1\nunset key\n",
        most, cb_label);
    size_t block = figure_data_begin(f);
    for (size_t row = 0; row < n; row++) {
        for (size_t column = 0; column < n; column++) {
            double x = (double)column, y = (double)(n - 1 - row), value = colour[row * n + column];
            if (isnan(value)) continue;
            text_add(&f->script, "%g %g %g %g %g %g %.5g\n", x, y, x - 0.5, x + 0.5, y - 0.5, y + 0.5, value);
        }
    }
    figure_data_end(f);
    for (size_t row = 0; numbers && row < n; row++) {
        for (size_t column = 0; column < n; column++) {
            char how[64];
            size_t cell = row * n + column;
            (void)snprintf(how, sizeof(how), "center front font ',%d' textcolor rgb '%s'", font,
                           colour[cell] > 0.5 * most ? "#ffffff" : "#202020");
            if (number[cell][0] != '\0')
                figure_words(f, (double)column, (double)(n - 1 - row), number[cell], how);
        }
    }
    figure_plot(f, "$d%zu with boxxyerror lc palette fs solid 1 border rgb '#ffffff' notitle", block);
}

static void name_axes(Page *page, size_t n, char (*name)[48], const char *x_name, const char *y_name) {
    Axis x = {.scale = AXIS_CHOICES, .low = -0.5, .high = (double)n - 0.5, .tic_count = n}, y = x;
    (void)snprintf(x.name, sizeof(x.name), "%s", x_name);
    (void)snprintf(y.name, sizeof(y.name), "%s", y_name);
    for (size_t i = 0; i < n; i++) {
        x.tics[i].at = (double)i;
        y.tics[i].at = (double)(n - 1 - i);
        text_copy(x.tics[i].text, sizeof(x.tics[i].text), name[i]);
        text_copy(y.tics[i].text, sizeof(y.tics[i].text), name[i]);
    }
    figure_axis(&page->figures, 'x', &x);
    figure_axis(&page->figures, 'y', &y);
}

static void draw_disagreement(Page *page) {
    const Networks *n = &page->networks;
    size_t shown = n->count < NETWORKS_SHOWN ? n->count : NETWORKS_SHOWN;
    double colour[NETWORKS_SHOWN * NETWORKS_SHOWN], most = 0;
    char number[NETWORKS_SHOWN * NETWORKS_SHOWN][16], name[NETWORKS_SHOWN][48];
    for (size_t a = 0; a < shown; a++) {
        char text[SHORT_TEXT_SIZE];
        network_short_text(page->ledger, n->ids[a], n->epochs[a], text);
        text_copy(name[a], sizeof(name[a]), text);
        for (size_t b = 0; b < shown; b++) {
            double part = 100 * n->disagreement[a * n->count + b];
            colour[a * shown + b] = a == b ? NAN : part;
            (void)snprintf(number[a * shown + b], 16, "%.1f", part);
            if (a == b) number[a * shown + b][0] = '\0';
            most = fmax(most, part);
        }
    }
    page_figure_begin(page, "", "ensemble-disagreement", 540, 420);
    name_axes(page, shown, name, "network (trial)", "network (trial)");
    draw_cells(page, shown, colour, most > 0 ? most : 1, number, "different answers (% of examples)",
               shown <= 10, 10);
    char caption[256];
    (void)snprintf(caption, sizeof(caption),
                   "On how many examples of the %s part two networks name different classes; "
                   "%.2f&nbsp;%% in the mean of all pairs.%s",
                   n->part, 100 * n->mean_disagreement,
                   n->count > shown ? " Shown are the networks of the highest weights." : "");
    page_figure_end(page, "How often the members of the ensemble disagree", caption);
}

static const char *class_name(const Page *page, size_t class) {
    return page->ledger->data.class_names[class];
}

static void draw_confusion(Page *page) {
    const Networks *n = &page->networks;
    size_t classes = n->classes;
    static double colour[CLASSES_SHOWN * CLASSES_SHOWN];
    static char number[CLASSES_SHOWN * CLASSES_SHOWN][16];
    char name[CLASSES_SHOWN][48];
    double total[CLASSES_SHOWN] = {0};
    memset(number, 0, sizeof(number));
    for (size_t i = 0; i < classes * classes; i++)
        colour[i] = 0;
    for (size_t i = 0; i < n->pair_count; i++)
        total[n->pairs[i].label] += (double)n->pairs[i].count;
    for (size_t i = 0; i < n->pair_count; i++) {
        const Confused *pair = &n->pairs[i];
        size_t cell = pair->label * classes + pair->predicted;
        /* The root, so that rare mistakes show beside what is right. */
        colour[cell] = 10 * sqrt((double)pair->count / total[pair->label]);
        (void)snprintf(number[cell], 16, "%llu", (unsigned long long)pair->count);
    }
    for (size_t c = 0; c < classes; c++)
        label_text(name[c], sizeof(name[c]), class_name(page, c), 14);
    page_figure_begin(page, "square wide", "confusion", 720, 560);
    name_axes(page, classes, name, "predicted class (name)", "true class (name)");
    draw_cells(page, classes, colour, 10, number, "examples (% of the true class)", true,
               classes > 14 ? 8 : 10);
    text_add(&page->figures.script,
             "set cbtics ('0' 0, '1' 1, '5' 2.236, '10' 3.162, '25' 5, '50' 7.071, '100' 10)\n");
    char caption[256];
    (void)snprintf(caption, sizeof(caption),
                   "%s on the %llu examples of the %s part; in each cell how many, the colour (on a "
                   "root scale) tells which part of the true class that is.",
                   page->ledger->has_ensemble ? "The ensemble" : "The best network so far",
                   (unsigned long long)n->examples, n->part);
    page_figure_end(page, "Confusion matrix", caption);
}

static void table_of_confusions(Page *page) {
    const Networks *n = &page->networks;
    Confused *worst = malloc(n->pair_count * sizeof(*worst));
    if (worst == NULL) {
        page->html.failed = true;
        return;
    }
    memcpy(worst, n->pairs, n->pair_count * sizeof(*worst));
    size_t count = confusion_worst(worst, n->pair_count);
    if (count > 0) html_table_begin(&page->html, "The most frequent mistakes", "true class|taken for|#times");
    for (size_t i = 0; i < count && i < PAIRS_SHOWN; i++) {
        char text[32];
        html_row_begin(&page->html);
        html_cell(&page->html, class_name(page, worst[i].label));
        html_cell(&page->html, class_name(page, worst[i].predicted));
        (void)snprintf(text, sizeof(text), "%llu", (unsigned long long)worst[i].count);
        html_cell_number(&page->html, (double)worst[i].count, text);
        html_row_end(&page->html);
    }
    if (count > 0) html_table_end(&page->html);
    free(worst);
}

static void table_of_members(Page *page) {
    const EnsembleRecord *e = &page->ledger->ensemble;
    const Networks *n = &page->networks;
    html_table_begin(&page->html, "Members, by weight",
                     "#trial|#weight|stage|#val_accuracy|#val_loss|#differs from the ensemble, %");
    for (uint32_t i = 0; i < e->member_count; i++) {
        if (e->members[i] >= page->ledger->trial_count) continue;
        const LedgerRow *record = &page->ledger->trials[e->members[i]].record;
        char text[SHORT_TEXT_SIZE];
        html_row_begin(&page->html);
        network_short_text(page->ledger, e->members[i], e->epochs[i], text);
        html_cell_number(&page->html, (double)e->members[i], text);
        (void)snprintf(text, sizeof(text), "%u", e->counts[i]);
        html_cell_number(&page->html, e->counts[i], text);
        html_cell(&page->html,
                  record->stage < page->config->stage_count ? page->config->stages[record->stage].name : "");
        EpochRow none = {.val_accuracy = NAN, .val_loss = NAN};
        bool known = e->epochs[i] > 0 && e->epochs[i] <= record->curve_count;
        const EpochRow *row = known ? &record->curve[e->epochs[i] - 1] : &none;
        metric_short_text(METRIC_VAL_ACCURACY, row->val_accuracy, text);
        html_cell_number(&page->html, row->val_accuracy, text);
        metric_short_text(METRIC_VAL_LOSS, row->val_loss, text);
        html_cell_number(&page->html, row->val_loss, text);
        double differs = n->count == e->member_count ? 100 * disagreement(n->predicted + i * n->examples,
                                                                          n->all_predicted, n->examples)
                                                     : NAN;
        (void)snprintf(text, sizeof(text), isnan(differs) ? "-" : "%.2f", differs);
        html_cell_number(&page->html, differs, text);
        html_row_end(&page->html);
    }
    html_table_end(&page->html);
}

static void figures_row(Page *page, const char *name, MetricKind kind, double ensemble, double single) {
    char text[SHORT_TEXT_SIZE];
    html_row_begin(&page->html);
    html_cell(&page->html, name);
    metric_short_text(kind, ensemble, text);
    html_cell_number(&page->html, ensemble, text);
    metric_short_text(kind, single, text);
    html_cell_number(&page->html, single, text);
    html_row_end(&page->html);
}

static void table_of_figures(Page *page) {
    const EnsembleRecord *e = &page->ledger->ensemble;
    html_table_begin(&page->html, "", "figure|#ensemble|#best single network");
    if (e->on_selection) {
        figures_row(page, "selection_accuracy", METRIC_VAL_ACCURACY, e->selection_accuracy,
                    e->single_selection_accuracy);
        figures_row(page, "selection_loss", METRIC_VAL_LOSS, e->selection_loss, e->single_selection_loss);
    }
    figures_row(page, "val_accuracy", METRIC_VAL_ACCURACY, e->val_accuracy, e->single_val_accuracy);
    figures_row(page, "val_loss", METRIC_VAL_LOSS, e->val_loss, e->single_val_loss);
    if (e->has_test) {
        figures_row(page, "test_accuracy", METRIC_VAL_ACCURACY, e->test_accuracy, e->single_test_accuracy);
        figures_row(page, "test_loss", METRIC_VAL_LOSS, e->test_loss, e->single_test_loss);
    }
    html_table_end(&page->html);
}

void section_ensemble(Page *page) {
    const Networks *n = &page->networks;
    bool has = page->ledger->has_ensemble, several = has && page->ledger->ensemble.member_count > 1;
    page_heading(page, "ensemble",
                 several ? "The ensemble, and where it is wrong" : "Where the best network is wrong");
    if (has) {
        text_add(&page->html, "<p>%s, chosen by <code>%s</code> on the %s part.</p>\n",
                 text_count(page->ledger->ensemble.member_count, "network", "networks"),
                 ensemble_method_name(page->config->ensemble.method),
                 data_choice_part(&page->ledger->data).name);
        table_of_figures(page);
    } else {
        text_add(&page->html, "<p>No ensemble has been chosen yet.</p>\n");
    }
    if (n->why[0] != '\0') {
        text_add(
            &page->html,
            "<p class=\"warn\">The networks could not be read, so nothing is told of where they are wrong: ");
        html_text(&page->html, n->why);
        text_add(&page->html, "</p>\n");
    }
    bool pairs = has && n->count > 1, growth = has && page->ledger->ensemble.pick_count > 0;
    if (growth || pairs) text_add(&page->html, "<div class=\"panels two\">\n");
    if (growth) draw_growth(page);
    if (pairs) draw_disagreement(page);
    if (growth || pairs) text_add(&page->html, "</div>\n");
    if (has) table_of_members(page);
    if (n->count > 0) {
        if (n->classes <= CLASSES_SHOWN) draw_confusion(page);
        table_of_confusions(page);
    }
    text_add(&page->html, "</section>\n");
}

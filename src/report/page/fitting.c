#include <math.h>
#include <stdio.h>

#include "report/page/gnuplot.h"
#include "report/page/html.h"
#include "report/page/page.h"

#define RINGED 10

static Axis accuracy_axis(const Page *page, double low, double high, const char *name) {
    Axis axis = axis_of_metric(METRIC_VAL_ACCURACY, low, high,
                               page->ledger->has_data ? page->ledger->data.validation_count : 0);
    (void)snprintf(axis.name, sizeof(axis.name), "%s (%%, log of the error)", name);
    return axis;
}

static bool write_point(Page *page, const PageTrial *trial, const Axis *x, const Axis *y) {
    double train = fit_train_accuracy(trial->record), validation = trial->record->outcome.val_accuracy;
    if (!isfinite(train) || !isfinite(validation)) return false;
    text_add(&page->figures.script, "%.6g %.6g\n", axis_place(x, train), axis_place(y, validation));
    return true;
}

static void draw_stage(Page *page, size_t stage, const Axis *x, const Axis *y) {
    const Look *look = stage_look(stage);
    size_t block = figure_data_begin(&page->figures), count = 0;
    for (size_t i = 0; i < page->count; i++) {
        if (page->drawn[i] && page->trials[i].stage == stage && page->trials[i].status == TRIAL_COMPLETED)
            count += write_point(page, &page->trials[i], x, y);
    }
    figure_data_end(&page->figures);
    if (count == 0) return;
    char title[48];
    Text quoted = {0};
    label_text(title, sizeof(title), page->config->stages[stage].name, 14);
    gnuplot_quoted(&quoted, title);
    figure_plot(&page->figures, "$d%zu with points pt %d ps %g lw 1.2 lc rgb '%s' title %s", block,
                look->mark, look->size, look->colour, text_of(&quoted));
    text_release(&quoted);
}

static void draw_best(Page *page, const Axis *x, const Axis *y) {
    size_t block = figure_data_begin(&page->figures), count = 0;
    for (size_t i = 0; i < page->best_count && i < RINGED; i++)
        count += write_point(page, page->best[i], x, y);
    figure_data_end(&page->figures);
    if (count > 0)
        figure_plot(&page->figures,
                    "$d%zu with points pt 6 ps 1.1 lw 1.6 lc rgb '#000000' title 'the best %zu'", block,
                    count);
}

static void draw(Page *page) {
    double low[2] = {1, 1}, high[2] = {0, 0};
    for (size_t i = 0; i < page->best_count; i++) {
        double of[2] = {fit_train_accuracy(page->best[i]->record),
                        page->best[i]->record->outcome.val_accuracy};
        for (size_t k = 0; k < 2; k++) {
            if (of[k] < low[k]) low[k] = of[k];
            if (of[k] > high[k]) high[k] = of[k];
        }
    }
    Axis x = accuracy_axis(page, low[0], high[0], "train_accuracy"),
         y = accuracy_axis(page, low[1], high[1], "val_accuracy");
    page_figure_begin(page, "square", "train-against-validation", 560, 400);
    figure_axis(&page->figures, 'x', &x);
    figure_axis(&page->figures, 'y', &y);
    text_add(&page->figures.script, "set grid xtics ytics\n");
    double from = fmax(x.low, y.low), to = fmin(x.high, y.high);
    if (to > from)
        text_add(&page->figures.script,
                 "set arrow from first %.6g, first %.6g to first %.6g, first %.6g nohead lw 1.2 dt 2 lc rgb "
                 "'#606060' back\n",
                 from, from, to, to);
    for (size_t s = 0; s < page->config->stage_count; s++)
        draw_stage(page, s, &x, &y);
    draw_best(page, &x, &y);
    char caption[512];
    (void)snprintf(
        caption, sizeof(caption),
        "Each completed trial at its best epoch. On the dashed line both are equal; far below it, a network "
        "knows its training part by heart. Training accuracy is measured as the batches go by, so "
        "dropout and augmentation lower it.%s",
        page_sample_words(page));
    page_figure_end(page, "Training against validation accuracy", caption);
}

static void say_verdict(Page *page) {
    const Fit *fit = &page->fit;
    static const char *const words[] = {
        [FIT_OVER] = "<strong>They overfit</strong>: they are wrong on their training part less than half as "
                     "often as on examples that they have not seen. More dropout, weight decay, label "
                     "smoothing or augmentation, or more data, can help; longer training will not.",
        [FIT_UNFINISHED] =
            "<strong>They were not trained to their end</strong>: most were best in their last epoch, with "
            "the learning rate still up. More epochs are the first thing to try.",
        [FIT_UNDER] = "<strong>They rather underfit</strong>: they are hardly better on their training part "
                      "than on examples that they have not seen. Larger networks or more epochs can help, or "
                      "less dropout, augmentation or weight decay.",
        [FIT_BALANCED] = "<strong>They fit well</strong>: neither learned by heart nor held back by much.",
    };
    text_add(&page->html,
             "<p>The best %zu trials are right in %.2f&nbsp;%% of their training part and in %.2f&nbsp;%% of "
             "the validation part (medians). %s</p>\n",
             fit->trials, 100 * fit->train_accuracy, 100 * fit->val_accuracy, words[fit->verdict]);
}

void section_fit(Page *page) {
    page_heading(page, "fit", "Training against validation");
    if (page->fit.verdict == FIT_UNKNOWN) {
        text_add(&page->html, "<p>No trial has completed yet.</p>");
    } else {
        say_verdict(page);
        draw(page);
    }
    text_add(&page->html, "</section>\n");
}

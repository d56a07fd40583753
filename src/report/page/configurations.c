#include <math.h>
#include <stdio.h>

#include "report/page/html.h"
#include "report/page/page.h"
#include "report/words.h"

#define SHOWN_MAX 20

static void cell_spread(Page *page, MetricKind metric, const Configuration *of) {
    char text[SHORT_TEXT_SIZE];
    RunSpread spread = configuration_spread(of, metric);
    spread_short_text(metric, spread, "±", text);
    html_cell_number(&page->html, spread.mean, text);
}

static void row(Page *page, const Configuration *of) {
    char text[SHORT_TEXT_SIZE];
    Configuration before;
    html_row_begin(&page->html);
    (void)snprintf(text, sizeof(text), "%llu", (unsigned long long)of->first);
    html_cell_number(&page->html, (double)of->first, text);
    runs_short_text(of, text);
    html_cell(&page->html, text);
    cell_spread(page, METRIC_VAL_ACCURACY, of);
    cell_spread(page, METRIC_VAL_LOSS, of);
    if (configuration_repeated(page->config, page->ledger, &page->plan, of, &before)) {
        (void)snprintf(text, sizeof(text), "%llu", (unsigned long long)before.first);
        html_cell_number(&page->html, (double)before.first, text);
        cell_spread(page, page->metric, &before);
    } else {
        html_cell_number(&page->html, NAN, "");
        html_cell_number(&page->html, NAN, "");
    }
    html_row_end(&page->html);
}

/* What the winner scored where it was drawn, and so what luck there was in that. */
static void say_first_score(Page *page, const Configuration *winner) {
    Configuration before;
    char now[SHORT_TEXT_SIZE], then[SHORT_TEXT_SIZE], runs[SHORT_TEXT_SIZE];
    if (!configuration_repeated(page->config, page->ledger, &page->plan, winner, &before)) return;
    spread_short_text(page->metric, configuration_spread(winner, page->metric), "±", now);
    spread_short_text(page->metric, configuration_spread(&before, page->metric), "±", then);
    runs_short_text(winner, runs);
    text_add(&page->html,
             "<p>Trained anew, the values of trial %llu came to %s (%s of %s); they had first scored %s, "
             "when they were chosen for it.</p>\n",
             (unsigned long long)before.first, now, winner->completed > 1 ? "mean ± deviation" : "the figure",
             runs, then);
}

void section_configurations(Page *page) {
    if (page->final.count == 0) return;
    const char *stage = page->config->stages[page->final.list[0].stage].name;
    size_t shown = page->final.count < SHOWN_MAX ? page->final.count : SHOWN_MAX;
    char caption[160], label[32];
    say_first_score(page, &page->final.list[0]);
    label_text(label, sizeof(label), stage, 20);
    (void)snprintf(
        caption, sizeof(caption),
        "The best %zu of %zu configurations of stage %s, by the mean of their runs (± one deviation)", shown,
        page->final.count, label);
    html_table_begin(&page->html, caption,
                     "#first trial|completed|#val_accuracy|#val_loss|#repeats trial|#which first scored");
    for (size_t i = 0; i < shown; i++)
        row(page, &page->final.list[i]);
    html_table_end(&page->html);
}

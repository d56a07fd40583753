#include <stdio.h>

#include "ensemble/optimism.h"
#include "report/page/html.h"
#include "report/page/page.h"
#include "report/words.h"

static void optimism_row(Page *page, const char *of, const Optimism *optimism) {
    char text[SHORT_TEXT_SIZE];
    double difference = optimism_difference(page->metric, optimism);
    html_row_begin(&page->html);
    html_cell(&page->html, of);
    metric_short_text(page->metric, optimism->seen, text);
    html_cell_number(&page->html, optimism->seen, text);
    metric_short_text(page->metric, optimism->unseen, text);
    html_cell_number(&page->html, optimism->unseen, text);
    difference_short_text(page->metric, difference, text);
    html_cell_number(&page->html, difference, text);
    difference_short_text(page->metric, optimism->margin, text);
    html_cell_number(&page->html, optimism->margin, text);
    html_row_end(&page->html);
}

static void table_of_optimism(Page *page) {
    const EnsembleRecord *e = &page->ledger->ensemble;
    const DataRecord *data = &page->ledger->data;
    char columns[192], of[64];
    (void)snprintf(columns, sizeof(columns),
                   "%s of|#on validation, %llu examples|#on the selection part, %llu examples|"
                   "#validation flatters by|#\xC2\xB1, 95 %%",
                   metric_name(page->metric), (unsigned long long)data->validation_count,
                   (unsigned long long)data->selection_count);
    html_table_begin(&page->html,
                     page->metric == METRIC_VAL_LOSS ? "The search's own figures beside those of examples "
                                                       "that it never saw; the 95 % interval is that of "
                                                       "a difference of two independent means, normal"
                                                     : "The search's own figures beside those of examples "
                                                       "that it never saw; the 95 % interval is that of "
                                                       "a difference of two independent proportions, with "
                                                       "Agresti's and Caffo's one right and one wrong "
                                                       "example more in each",
                     columns);
    (void)snprintf(of, sizeof(of), "the best trial, %llu", (unsigned long long)e->single);
    optimism_row(page, of, &e->single_optimism);
    if (e->pool_optimism.networks > 1) {
        (void)snprintf(of, sizeof(of), "the %u networks kept, their mean", e->pool_optimism.networks);
        optimism_row(page, of, &e->pool_optimism);
    }
    html_table_end(&page->html);
}

void section_optimism(Page *page) {
    const EnsembleRecord *e = &page->ledger->ensemble;
    if (!page->ledger->has_ensemble || !e->on_selection) return;
    char seen[SHORT_TEXT_SIZE], unseen[SHORT_TEXT_SIZE], words[OPTIMISM_TEXT_SIZE];
    metric_short_text(page->metric, e->single_optimism.seen, seen);
    metric_short_text(page->metric, e->single_optimism.unseen, unseen);
    optimism_text(page->metric, &e->single_optimism, "\xC2\xB1", words);
    text_add(
        &page->html,
        "<p>The best trial, %llu, has a <code>%s</code> of %s on validation, by which the search chose it, "
        "and %s on examples that the search never saw: %s.</p>\n",
        (unsigned long long)e->single, metric_name(page->metric), seen, unseen, words);
    table_of_optimism(page);
}

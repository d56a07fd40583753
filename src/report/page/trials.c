#include <math.h>
#include <stdio.h>

#include "report/page/html.h"
#include "report/page/page.h"
#include "report/words.h"

#define SHOWN_MAX 50
#define REASONS_MAX 20

static void cell_count(Page *page, unsigned long long count) {
    char text[32];
    (void)snprintf(text, sizeof(text), "%llu", count);
    html_cell_number(&page->html, (double)count, text);
}

static void row(Page *page, const PageTrial *trial) {
    const TrainOutcome *outcome = &trial->record->outcome;
    char text[SHORT_TEXT_SIZE];
    html_row_begin(&page->html);
    cell_count(page, trial->id);
    html_cell_key(&page->html, trial->stage, page->config->stages[trial->stage].name);
    metric_short_text(METRIC_VAL_ACCURACY, outcome->val_accuracy, text);
    html_cell_number(&page->html, outcome->val_accuracy, text);
    metric_short_text(METRIC_VAL_LOSS, outcome->val_loss, text);
    html_cell_number(&page->html, outcome->val_loss, text);
    cell_count(page, outcome->best_epoch);
    html_cell_number(&page->html, outcome->seconds, text_duration(outcome->seconds));
    for (size_t v = 0; v < page->varied_count; v++) {
        const Parameter *parameter = &page->space->parameters[page->varied[v]];
        DrawnValue value = draw_value(trial->draw, page->varied[v]);
        value_short_text(parameter, value, text);
        if (distribution_is_choice(parameter->distribution))
            html_cell(&page->html, text);
        else
            html_cell_number(&page->html, value.present ? value.number : NAN, text);
    }
    html_row_end(&page->html);
}

static void table_of_best(Page *page) {
    Text columns = {0};
    text_add(&columns, "#trial|=stage|#val_accuracy|#val_loss|#best epoch|#took");
    for (size_t v = 0; v < page->varied_count; v++) {
        bool words = distribution_is_choice(page->space->parameters[page->varied[v]].distribution);
        text_add(&columns, "|%s%s", words ? "" : "#", page->space->parameters[page->varied[v]].name);
    }
    size_t shown = page->best_count < SHOWN_MAX ? page->best_count : SHOWN_MAX;
    char caption[96];
    (void)snprintf(caption, sizeof(caption), "The best %zu of %zu completed trials; a click on a name sorts",
                   shown, page->best_count);
    if (columns.failed) page->html.failed = true;
    html_table_begin(&page->html, caption, text_of(&columns));
    text_release(&columns);
    for (size_t i = 0; i < shown; i++)
        row(page, page->best[i]);
    html_table_end(&page->html);
}

/* Those that are of this status, up to so many rows in all. */
static size_t rows_of(Page *page, TrialStatus status, size_t shown) {
    for (size_t i = 0; i < page->count && shown < REASONS_MAX; i++) {
        const PageTrial *trial = &page->trials[i];
        if (trial->status != status) continue;
        html_row_begin(&page->html);
        cell_count(page, trial->id);
        html_cell_key(&page->html, trial->stage, page->config->stages[trial->stage].name);
        html_cell(&page->html, trial_status_name(trial->status));
        cell_count(page, trial->record->outcome.epochs);
        text_add(&page->html, "<td class=\"w\">");
        html_text(&page->html, trial->record->reason);
        text_add(&page->html, "</td>");
        html_row_end(&page->html);
        shown++;
    }
    return shown;
}

/* Failed ones first: early stopping would fill the table with what went as it was meant to. */
static void table_of_reasons(Page *page) {
    static const TrialStatus order[] = {TRIAL_FAILED, TRIAL_DIVERGED, TRIAL_STOPPED};
    size_t shown = 0, without = page->count - page->best_count;
    if (without == 0) return;
    char caption[128];
    (void)snprintf(caption, sizeof(caption), "The trials without a result: %zu%s", without,
                   without > REASONS_MAX ? "; here some of them, failed and diverged ones first" : "");
    html_table_begin(&page->html, caption, "#trial|=stage|status|#epochs|why");
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        shown = rows_of(page, order[i], shown);
    html_table_end(&page->html);
}

void section_trials(Page *page) {
    page_heading(page, "trials", "Trials");
    if (page->count == 0) text_add(&page->html, "<p>No trial has ended yet.</p>");
    if (page->best_count > 0) table_of_best(page);
    table_of_reasons(page);
    text_add(&page->html, "</section>\n");
}

#include "report/page/page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "report/page/html.h"
#include "report/page/svg.h"
#include "report/statistics/draws.h"

#define DRAWN_MARKS 24000 /* in all panels together */
#define DRAWN_MOST 1500
#define DRAWN_LEAST 300
#define DRAWN_BEST 20 /* of the best, in any case */

/* --- what the sections ask --- */

const Look *stage_look(size_t stage) {
    return &looks[stage % LOOK_COUNT];
}

bool range_varies(const Parameter *parameter, const Range *range) {
    if (distribution_is_choice(parameter->distribution)) return (range->allowed & (range->allowed - 1)) != 0;
    return range->max > range->min;
}

Range page_range(const Page *page, size_t p) {
    Ranges configured = space_ranges(page->space);
    Range all = page->ledger->stage_count > 0 ? page->ledger->stages[0].after.range[p] : configured.range[p];
    for (size_t s = 1; s < page->ledger->stage_count; s++) {
        const Range *range = &page->ledger->stages[s].after.range[p];
        if (range->min < all.min) all.min = range->min;
        if (range->max > all.max) all.max = range->max;
        all.allowed |= range->allowed;
    }
    return all;
}

const Ranges *page_stage_ranges(const Page *page, size_t stage, Ranges *space_of) {
    for (size_t s = 0; s < page->ledger->stage_count; s++) {
        if (page->ledger->stages[s].stage == stage) return &page->ledger->stages[s].after;
    }
    *space_of = space_ranges(page->space);
    return space_of;
}

Axis page_metric_axis(const Page *page) {
    double worst = NAN, best = NAN;
    if (page->best_count > 0) {
        best = page->best[0]->metric;
        worst = page->best[page->best_count - 1]->metric;
    }
    return axis_of_metric(page->metric, worst, best,
                          page->ledger->has_data ? page->ledger->data.validation_count : 0);
}

bool importance_holds(const Importance *importance) {
    return importance->told && importance->variance > importance->chance;
}

void page_heading(Page *page, const char *anchor, const char *title) {
    text_add(&page->html, "<section id=\"%s\"><h2>%s</h2>\n", anchor, title);
}

void page_figure_begin(Page *page, const char *kind, const char *name, int width, int height) {
    text_add(&page->html, "<figure%s%s%s><div class=\"scroll\"%s>", kind[0] != '\0' ? " class=\"" : "", kind,
             kind[0] != '\0' ? "\"" : "", kind[0] != '\0' ? " tabindex=\"0\"" : "");
    figure_begin(&page->figures, name, width, height);
}

void page_figure_end(Page *page, const char *alt, const char *caption) {
    figure_end(&page->figures, alt, page->html.length);
    text_add(&page->html, "</div>");
    if (caption[0] != '\0') text_add(&page->html, "<figcaption>%s</figcaption>", caption);
    text_add(&page->html, "</figure>\n");
}

size_t page_line_step(const Page *page, size_t most) {
    return page->drawn_count > most ? (page->drawn_count + most - 1) / most : 1;
}

const char *page_sample_words(const Page *page) {
    static _Thread_local char words[96];
    words[0] = '\0';
    if (page->drawn_count < page->count)
        (void)snprintf(words, sizeof(words), " Drawn are %zu of the %zu trials, chosen at random.",
                       page->drawn_count, page->count);
    return words;
}

/* --- making it --- */

static Status take_trials(Page *page) {
    const Ledger *ledger = page->ledger;
    TRY(memory_new(&page->trials, ledger->finished_count, sizeof(PageTrial)));
    for (size_t id = 0; id < ledger->trial_count && page->count < ledger->finished_count; id++) {
        const LedgerTrial *trial = &ledger->trials[id];
        if (!trial->finished || id >= plan_trials(&page->plan)) continue;
        const TrainOutcome *outcome = &trial->record.outcome;
        page->seconds += outcome->seconds;
        double metric = outcome->status == TRIAL_COMPLETED ? outcome_metric(page->metric, outcome) : NAN;
        double worth = isnan(metric) ? -INFINITY : metric_worth(page->metric, metric);
        page->trials[page->count++] = (PageTrial){.id = id,
                                                  .stage = trial->record.stage,
                                                  .status = outcome->status,
                                                  .metric = metric,
                                                  .worth = worth,
                                                  .record = &trial->record,
                                                  .draw = trial->draw};
    }
    return STATUS_OK;
}

static int best_first(const void *a, const void *b) {
    const PageTrial *left = *(const PageTrial *const *)a, *right = *(const PageTrial *const *)b;
    if (left->worth != right->worth) return left->worth > right->worth ? -1 : 1;
    return left->id < right->id ? -1 : 1;
}

static Status rank_trials(Page *page) {
    TRY(memory_new(&page->best, page->count, sizeof(PageTrial *)));
    for (size_t i = 0; i < page->count; i++) {
        if (!isnan(page->trials[i].metric)) page->best[page->best_count++] = &page->trials[i];
    }
    qsort(page->best, page->best_count, sizeof(PageTrial *), best_first);
    return STATUS_OK;
}

/* The best ones, and of the rest as many as there is room for. */
static Status choose_drawn(Page *page) {
    size_t panels = page->varied_count > 0 ? page->varied_count : 1, room = DRAWN_MARKS / panels;
    if (room > DRAWN_MOST) room = DRAWN_MOST;
    if (room < DRAWN_LEAST) room = DRAWN_LEAST;
    TRY(memory_new(&page->drawn, page->count, sizeof(bool)));
    for (size_t i = 0; i < page->best_count && i < DRAWN_BEST; i++) {
        page->drawn[page->best[i] - page->trials] = true;
        page->drawn_count++;
    }
    uint32_t *order = NULL;
    TRY(memory_new(&order, page->count, sizeof(uint32_t)));
    for (size_t i = 0; i < page->count; i++)
        order[i] = (uint32_t)i;
    RandomStream stream = report_stream(LANE_SAMPLE, 0);
    if (page->count > room) random_shuffle(&stream, order, page->count);
    for (size_t i = 0; i < page->count && page->drawn_count < room; i++) {
        page->drawn_count += !page->drawn[order[i]];
        page->drawn[order[i]] = true;
    }
    free(order);
    return STATUS_OK;
}

static void find_varied(Page *page) {
    for (size_t p = 0; p < page->space->count; p++) {
        Range range = page_range(page, p);
        if (range_varies(&page->space->parameters[p], &range)) page->varied[page->varied_count++] = p;
    }
}

/* A value within the stage's range, from 0 to 1 in its own scale; a choice's index. */
static double within(const Parameter *parameter, const Range *range, DrawnValue value) {
    if (!value.present) return NAN;
    if (distribution_is_choice(parameter->distribution)) return (double)value.choice;
    double low = parameter_to_scale(parameter, range->min), high = parameter_to_scale(parameter, range->max);
    return (parameter_to_scale(parameter, value.number) - low) / (high - low);
}

/* Of the trials of one stage: diverged ones are the worst; crashed and stopped ones say nothing. */
static Status measure_stage(Page *page, size_t s, double *value, double *worth) {
    StageImportance *importance = &page->importance[s];
    Ranges configured;
    const Ranges *ranges = page_stage_ranges(page, s, &configured);
    const PageTrial **of = NULL;
    TRY(memory_new(&of, page->count, sizeof(PageTrial *)));
    for (size_t i = 0; i < page->count; i++) {
        const PageTrial *trial = &page->trials[i];
        bool counts = trial->status == TRIAL_COMPLETED || trial->status == TRIAL_DIVERGED;
        if (trial->stage != s || !counts) continue;
        worth[importance->trials] = trial->worth;
        of[importance->trials++] = trial;
    }
    Status status = STATUS_OK;
    for (size_t v = 0; status == STATUS_OK && v < page->varied_count; v++) {
        size_t p = page->varied[v];
        const Parameter *parameter = &page->space->parameters[p];
        if (!range_varies(parameter, &ranges->range[p])) continue;
        for (size_t i = 0; i < importance->trials; i++)
            value[i] = within(parameter, &ranges->range[p], draw_value(of[i]->draw, p));
        bool choice = distribution_is_choice(parameter->distribution);
        status = importance_of(value, worth, importance->trials, choice ? parameter->value_count : 0,
                               &importance->of[p]);
        importance->sum += importance->of[p].variance;
    }
    free(of);
    return status;
}

static void rank_parameters(Page *page) {
    page->told_stage = SIZE_MAX;
    for (size_t s = 0; s < page->config->stage_count && page->told_stage == SIZE_MAX; s++) {
        if (page->importance[s].sum > 0) page->told_stage = s;
    }
    if (page->told_stage == SIZE_MAX) return;
    const Importance *of = page->importance[page->told_stage].of;
    for (size_t v = 0; v < page->varied_count; v++) {
        if (!of[page->varied[v]].told) continue;
        size_t at = page->ranked_count++;
        while (at > 0 && of[page->ranked[at - 1]].variance < of[page->varied[v]].variance) {
            page->ranked[at] = page->ranked[at - 1];
            at--;
        }
        page->ranked[at] = page->varied[v];
    }
}

static Status measure_importance(Page *page) {
    double *value = NULL, *worth = NULL;
    TRY(memory_new(&page->importance, page->config->stage_count, sizeof(StageImportance)));
    Status status = memory_new(&value, page->count, sizeof(double));
    if (status == STATUS_OK) status = memory_new(&worth, page->count, sizeof(double));
    for (size_t s = 0; status == STATUS_OK && s < page->config->stage_count; s++)
        status = measure_stage(page, s, value, worth);
    free(value);
    free(worth);
    rank_parameters(page);
    return status;
}

/* Random search as the first stage did it, with the budget of all. */
static Status measure_band(Page *page) {
    SearchTrial *pool = NULL;
    size_t count = 0;
    TRY(memory_new(&pool, page->count, sizeof(SearchTrial)));
    for (size_t i = 0; i < page->count; i++) {
        const PageTrial *trial = &page->trials[i];
        if (trial->stage == 0) pool[count++] = (SearchTrial){trial->worth, trial->record->outcome.seconds};
    }
    Status status = STATUS_OK;
    page->has_band = count > 0 && page->best_count > 0;
    if (page->has_band) status = search_band(pool, count, page->count, page->seconds, &page->band);
    free(pool);
    return status;
}

static void measure_fit(Page *page) {
    const LedgerRow *records[FIT_TRIALS];
    size_t count = 0;
    for (; count < page->best_count && count < FIT_TRIALS; count++)
        records[count] = page->best[count]->record;
    page->fit = fit_of(records, count);
}

static Status read_networks(Page *page) {
    uint64_t *ids = NULL;
    TRY(memory_new(&ids, page->best_count, sizeof(uint64_t)));
    for (size_t i = 0; i < page->best_count; i++)
        ids[i] = page->best[i]->id;
    networks_read(&page->networks, page->in, ids, page->best_count);
    free(ids);
    return STATUS_OK;
}

static Status measure(Page *page) {
    TRY(overview_of(page->ledger, page->config, &page->overview));
    TRY(take_trials(page));
    TRY(rank_trials(page));
    TRY(configurations_final(page->config, page->ledger, &page->plan, &page->final));
    find_varied(page);
    TRY(choose_drawn(page));
    TRY(measure_importance(page));
    TRY(measure_band(page));
    measure_fit(page);
    TRY(utilisation_of(page->ledger, &page->utilisation));
    return read_networks(page);
}

static void write_sections(Page *page) {
    html_page_begin(&page->html, page->config->name);
    svg_marks(&page->html);
    section_verdict(page);
    section_parameters(page);
    section_coordinates(page);
    section_curves(page);
    section_search(page);
    section_importance(page);
    section_fit(page);
    section_updates(page);
    section_filters(page);
    section_ensemble(page);
    section_utilisation(page);
    section_trials(page);
    text_add(&page->html, "</main><footer>Made by winnow " WINNOW_VERSION " from <code>");
    html_text(&page->html, page->in->file);
    text_add(&page->html,
             "</code>. Times are UTC. Figures by gnuplot; nothing here is loaded from anywhere.</footer>\n");
    html_page_end(&page->html);
}

static void release(Page *page) {
    free(page->trials);
    free(page->best);
    free(page->final.list);
    free(page->drawn);
    free(page->importance);
    utilisation_release(&page->utilisation);
    networks_release(&page->networks);
    text_release(&page->html);
    figures_release(&page->figures);
    free(page);
}

Status report_page(const ReportInput *input, Text *out) {
    Page *page = NULL;
    TRY(memory_new(&page, 1, sizeof(*page)));
    page->in = input;
    page->ledger = input->ledger;
    page->config = input->config;
    page->space = &input->config->space;
    page->metric = input->config->metric;
    page->plan = plan_of(input->config);
    page->figures.png = input->png != NULL;
    Status status = measure(page);
    if (status == STATUS_OK) {
        write_sections(page);
        status = figures_draw(&page->figures, &page->html, input->png, out);
    }
    release(page);
    return status;
}

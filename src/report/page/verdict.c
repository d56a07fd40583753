#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "report/page/html.h"
#include "report/page/page.h"
#include "report/words.h"

static void add_moment(Text *html, double seconds) {
    time_t moment = (time_t)seconds;
    struct tm utc;
    char text[32] = "?";
    if (gmtime_r(&moment, &utc) != NULL) (void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &utc);
    text_add(html, "%s", text);
}

/* One figure in large type; `more` is ours, in HTML. */
static void fact(Page *page, const char *name, const char *big, const char *more) {
    text_add(&page->html, "<div><dt>%s</dt><dd class=\"big\">%s</dd><dd class=\"more\">%s</dd></div>\n", name,
             big, more);
}

static void fact_best(Page *page) {
    char big[SHORT_TEXT_SIZE], name[64];
    Text more = {0};
    (void)snprintf(name, sizeof(name), "Best trial, %s", metric_name(page->metric));
    if (page->best_count == 0) {
        fact(page, name, "none", "no trial has completed");
        return;
    }
    const PageTrial *best = page->best[0];
    metric_short_text(page->metric, best->metric, big);
    text_add(&more, "trial %llu, stage <q>", (unsigned long long)best->id);
    html_text(&more, page->config->stages[best->stage].name);
    text_add(&more, "</q>, epoch %u of %u", best->record->outcome.best_epoch, best->record->outcome.epochs);
    fact(page, name, big, text_of(&more));
    text_release(&more);
}

/* Where configurations were repeated, single trials may have been lucky. */
static void fact_winner(Page *page) {
    if (page->final.count == 0) return;
    const Configuration *winner = &page->final.list[0];
    char big[SHORT_TEXT_SIZE], name[64], runs[SHORT_TEXT_SIZE];
    Text more = {0};
    (void)snprintf(name, sizeof(name), "Best configuration, %s", metric_name(page->metric));
    spread_short_text(page->metric, configuration_spread(winner, page->metric), "±", big);
    runs_short_text(winner, runs);
    text_add(&more, "%s of %s, from trial %llu, stage <q>",
             winner->completed > 1 ? "mean ± deviation" : "the figure", runs,
             (unsigned long long)winner->first);
    html_text(&more, page->config->stages[winner->stage].name);
    text_add(&more, "</q>");
    fact(page, name, big, text_of(&more));
    text_release(&more);
}

/* In points of a percentage, as far as so many examples can tell. */
static double standard_error(double accuracy, uint64_t examples) {
    return examples > 0 ? 100 * sqrt(accuracy * (1 - accuracy) / (double)examples) : NAN;
}

static void fact_ensemble(Page *page) {
    const EnsembleRecord *e = &page->ledger->ensemble;
    if (!page->ledger->has_ensemble) {
        bool over = page->overview.finished == page->overview.planned && page->best_count == 0;
        fact(page, "Ensemble", over ? "none" : "not yet",
             over ? "no trial has completed" : "it is chosen when all trials have ended");
        return;
    }
    double accuracy = e->has_test       ? e->test_accuracy
                      : e->on_selection ? e->selection_accuracy
                                        : e->val_accuracy;
    double single = e->has_test       ? e->single_test_accuracy
                    : e->on_selection ? e->single_selection_accuracy
                                      : e->single_val_accuracy;
    char big[SHORT_TEXT_SIZE], other[SHORT_TEXT_SIZE], more[256];
    metric_short_text(METRIC_VAL_ACCURACY, accuracy, big);
    metric_short_text(METRIC_VAL_ACCURACY, single, other);
    if (e->member_count > 1)
        (void)snprintf(more, sizeof(more),
                       "best single network (trial %llu): %s; the ensemble gains %+.2f points",
                       (unsigned long long)e->single, other, 100 * (accuracy - single));
    else
        (void)snprintf(more, sizeof(more), "trial %llu: a single network, no ensemble",
                       (unsigned long long)e->single);
    Text name = {0};
    text_add(&name, "%s on the %s", e->member_count > 1 ? "Ensemble" : "Best network",
             e->has_test       ? "test set"
             : e->on_selection ? "selection part (no test set)"
                               : "validation part (no test set)");
    fact(page, text_of(&name), big, more);
    text_release(&name);
}

static void fact_cost(Page *page) {
    const Overview *o = &page->overview;
    const Utilisation *u = &page->utilisation;
    char big[64], more[256];
    double hours = o->seconds / 3600;
    if (hours < 0.01)
        (void)snprintf(big, sizeof(big), "%.3g <small>core-seconds</small>", o->seconds);
    else
        (void)snprintf(big, sizeof(big), "%.*f <small>core-hours</small>",
                       hours < 0.1  ? 4
                       : hours < 10 ? 2
                                    : 0,
                       hours);
    (void)snprintf(more, sizeof(more), "of training; %s on %s, %llu epochs", text_duration(u->run_seconds),
                   text_count(u->ranks, "rank", "ranks"), (unsigned long long)o->epochs_done);
    fact(page, "What it cost", big, more);
}

static void fact_trials(Page *page) {
    char big[64], counts[128], more[256];
    overview_counts(&page->overview, counts, sizeof(counts));
    (void)snprintf(big, sizeof(big), "%llu <small>of %llu</small>",
                   (unsigned long long)page->overview.finished, (unsigned long long)page->overview.planned);
    (void)snprintf(more, sizeof(more), "%s; %zu stage%s", counts, page->config->stage_count,
                   page->config->stage_count == 1 ? "" : "s");
    fact(page, "Trials that ended", big, more);
}

static void say_test(Page *page) {
    const EnsembleRecord *e = &page->ledger->ensemble;
    if (!page->ledger->has_ensemble || !e->has_test) return;
    double error = standard_error(e->test_accuracy, e->test_count);
    double gain = 100 * (e->test_accuracy - e->single_test_accuracy);
    text_add(&page->html,
             "<p>On %llu test examples an accuracy is known to about ±%.2f points (one standard error)",
             (unsigned long long)e->test_count, error);
    if (e->member_count > 1)
        text_add(&page->html, ", so a gain of %+.2f points is %s", gain,
                 fabs(gain) > 2 * error   ? "more than chance alone would bring"
                 : fabs(gain) > error / 2 ? "suggestive, not certain"
                                          : "no difference that these examples could show");
    text_add(&page->html, ". The test set was asked %s%s.</p>\n",
             text_count(page->in->test_evaluations, "time", "times"),
             page->in->test_evaluations > 1
                 ? ": had any of these figures chosen among ensembles, they would be too good"
                 : "; it chose nothing");
}

static void table_of_values(Page *page) {
    if (page->best_count == 0) return;
    const PageTrial *best = page->best[0];
    bool repeated = page->final.count > 0;
    const PackedDraw *draw = repeated ? page->final.list[0].draw : best->draw;
    Ranges configured;
    const Ranges *ranges =
        page_stage_ranges(page, repeated ? page->final.list[0].stage : best->stage, &configured);
    html_table_begin(&page->html, repeated ? "The best configuration's values" : "The best trial's values",
                     "parameter|value|its stage drew from");
    for (size_t p = 0; p < page->space->count; p++) {
        const Parameter *parameter = &page->space->parameters[p];
        DrawnValue value = draw_value(draw, p);
        char text[SHORT_TEXT_SIZE];
        if (!value.present) continue;
        html_row_begin(&page->html);
        html_cell(&page->html, parameter->name);
        value_short_text(parameter, value, text);
        html_cell(&page->html, text);
        range_short_text(parameter, &ranges->range[p], text);
        html_cell(&page->html, range_varies(parameter, &ranges->range[p]) ? text : "fixed");
        html_row_end(&page->html);
    }
    html_table_end(&page->html);
}

static void navigation(Page *page) {
    static const struct {
        const char *anchor, *title;
    } links[] = {{"verdict", "Verdict"},
                 {"parameters", "Parameters"},
                 {"coordinates", "All together"},
                 {"curves", "Learning curves"},
                 {"search", "Best so far"},
                 {"importance", "What mattered"},
                 {"fit", "Fit"},
                 {"updates", "Updates"},
                 {"ensemble", "Ensemble"},
                 {"utilisation", "Ranks"},
                 {"trials", "Trials"}};
    text_add(&page->html, "<nav aria-label=\"Sections\"><ul>");
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
        text_add(&page->html, "<li><a href=\"#%s\">%s</a></li>", links[i].anchor, links[i].title);
    text_add(&page->html, "</ul></nav>\n");
}

static void heading(Page *page) {
    text_add(&page->html, "<header><h1>");
    html_text(&page->html, page->config->name);
    text_add(&page->html, "</h1>\n<p class=\"soft\">State: %s. Begun ", page->in->standing);
    add_moment(&page->html, page->ledger->campaign.created);
    text_add(&page->html, ", last news ");
    add_moment(&page->html, page->overview.last_record);
    text_add(&page->html, " UTC. ");
    if (page->ledger->has_data) {
        const DataRecord *data = &page->ledger->data;
        text_add(&page->html, "%llu examples to train on, %llu to validate on, ",
                 (unsigned long long)data->train_count, (unsigned long long)data->validation_count);
        if (data->selection_count > 0)
            text_add(&page->html, "%llu to choose ensembles on, ", (unsigned long long)data->selection_count);
        text_add(&page->html, "%llu to test on; %u classes.", (unsigned long long)data->test_count,
                 data->classes);
    }
    text_add(&page->html, "</p>\n");
    navigation(page);
    for (size_t i = 0; i < page->in->warning_count; i++) {
        text_add(&page->html, "<p class=\"warn\">");
        html_text(&page->html, page->in->warnings[i]);
        text_add(&page->html, "</p>\n");
    }
    text_add(&page->html, "</header><main>\n");
}

void section_verdict(Page *page) {
    heading(page);
    page_heading(page, "verdict", "Verdict");
    text_add(&page->html, "<dl class=\"facts\">\n");
    fact_winner(page);
    fact_best(page);
    fact_ensemble(page);
    fact_cost(page);
    fact_trials(page);
    text_add(&page->html, "</dl>\n");
    say_test(page);
    section_configurations(page);
    section_optimism(page);
    section_advice(page);
    table_of_values(page);
    text_add(&page->html, "</section>\n");
}

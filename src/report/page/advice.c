#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/page/html.h"
#include "report/page/page.h"
#include "report/statistics/lean.h"
#include "report/words.h"

#define DIVERGED_MANY 0.2 /* part of a stage's trials */
#define BUSY_LITTLE 0.75  /* part of the ranks' time */
#define GAIN_LITTLE 0.001 /* of accuracy, or of the loss relative to it, that the last doubling brought */
#define ALIKE 0.01        /* part of the examples on which members differ */
#define LEANING_TRIALS 8  /* the best of the stage, at most */
#define LAST_PICKS 2

/* The ones of the newest stage that completed, the best first; returns how many were written to `of`. */
static size_t best_of_stage(const Page *page, size_t stage, const PageTrial **of, size_t room) {
    size_t count = 0;
    for (size_t i = 0; i < page->best_count && count < room; i++) {
        if (page->best[i]->stage == stage) of[count++] = page->best[i];
    }
    return count;
}

static size_t newest_stage(const Page *page) {
    return page->best_count > 0 && page->ledger->stage_count > 0
               ? page->ledger->stages[page->ledger->stage_count - 1].stage
               : 0;
}

static bool say_unfinished(Page *page) {
    if (strcmp(page->in->standing, "complete") == 0 || strcmp(page->in->standing, "none finished") == 0)
        return false;
    text_add(&page->html, "<li>The campaign is not complete (%s): all below may still change.",
             page->in->standing);
    if (strcmp(page->in->standing, "stopped") == 0)
        text_add(&page->html, " The same <code>winnow run</code> goes on with it.");
    text_add(&page->html, "</li>\n");
    return true;
}

/* Lowering the upper end of the rate helps where many diverge. */
static bool say_diverged(Page *page) {
    size_t ended = 0, diverged = 0, rate = space_find(page->space, "learning_rate");
    double least = INFINITY;
    for (size_t i = 0; i < page->count; i++) {
        const PageTrial *trial = &page->trials[i];
        if (trial->stage != 0) continue;
        ended++;
        if (trial->status != TRIAL_DIVERGED) continue;
        diverged++;
        if (rate < page->space->count && draw_value(trial->draw, rate).present)
            least = fmin(least, draw_value(trial->draw, rate).number);
    }
    if (ended == 0 || (double)diverged < DIVERGED_MANY * (double)ended) return false;
    text_add(&page->html, "<li>%zu of %zu trials of stage <q>", diverged, ended);
    html_text(&page->html, page->config->stages[0].name);
    text_add(&page->html, "</q> diverged, which is time spent for nothing. ");
    if (isfinite(least))
        text_add(&page->html,
                 "None with a <code>learning_rate</code> below %.2g did: lower the upper end of its range.",
                 least);
    else
        text_add(&page->html, "Lower the learning rate, then the momentum, or normalize the data.");
    text_add(&page->html, "</li>\n");
    return true;
}

/* A best value at the border says that the range was wrong, unless it is where the domain ends. */
static bool say_lean(Page *page, size_t p, size_t stage, const PageTrial *const *best, size_t count) {
    const Parameter *parameter = &page->space->parameters[p];
    Ranges configured;
    const Range *range = &page_stage_ranges(page, stage, &configured)->range[p];
    double step = parameter->distribution == DIST_INT_UNIFORM ? 1 : parameter->q;
    bool few = parameter->integer && range->max - range->min < 3 * step; /* nearly all values are ends */
    if (distribution_is_choice(parameter->distribution) || few) return false;
    double low = parameter_to_scale(parameter, range->min), high = parameter_to_scale(parameter, range->max);
    double value[LEANING_TRIALS];
    size_t have = 0;
    for (size_t i = 0; i < count && range->max > range->min; i++) {
        if (draw_value(best[i]->draw, p).present)
            value[have++] =
                (parameter_to_scale(parameter, draw_value(best[i]->draw, p).number) - low) / (high - low);
    }
    Lean lean = lean_of(value, have);
    if (lean == LEAN_NONE) return false;
    bool ends = lean == LEAN_LOW ? range->min <= parameter->domain_min : range->max >= parameter->domain_max;
    if (ends) return false;
    text_add(&page->html, "<li>The best trials of stage <q>");
    html_text(&page->html, page->config->stages[stage].name);
    text_add(&page->html, "</q> press against the %s end of <code>", lean == LEAN_LOW ? "lower" : "upper");
    html_text(&page->html, parameter->name);
    text_add(&page->html, "</code> (%.4g): try values %s it.</li>\n",
             lean == LEAN_LOW ? range->min : range->max, lean == LEAN_LOW ? "below" : "above");
    return true;
}

static size_t say_leans(Page *page) {
    const PageTrial *best[LEANING_TRIALS];
    size_t stage = newest_stage(page), said = 0;
    size_t count = best_of_stage(page, stage, best, LEANING_TRIALS), all = 0;
    for (size_t i = 0; i < page->best_count; i++)
        all += page->best[i]->stage == stage;
    if (count > (all + 1) / 2) count = (all + 1) / 2;
    for (size_t v = 0; v < page->varied_count && said < 4; v++)
        said += say_lean(page, page->varied[v], stage, best, count);
    return said;
}

static bool say_fit(Page *page) {
    static const char *const words[] = {
        [FIT_OVER] = "The best networks <a href=\"#fit\">overfit</a>: try more dropout, weight decay, label "
                     "smoothing or augmentation, or get more data.",
        [FIT_UNFINISHED] = "The best networks were <a href=\"#fit\">still getting better</a> when their last "
                           "epoch ended: give the last stage more epochs.",
        [FIT_UNDER] = "The best networks <a href=\"#fit\">rather underfit</a>: try larger networks or more "
                      "epochs, or less dropout, augmentation or weight decay.",
    };
    if (page->fit.verdict == FIT_UNKNOWN || page->fit.verdict == FIT_BALANCED) return false;
    text_add(&page->html, "<li>%s</li>\n", words[page->fit.verdict]);
    return true;
}

/* What the last doubling of the newest stage's trials brought. */
static bool say_doubling(Page *page) {
    size_t stage = newest_stage(page), count = 0;
    double *worth = NULL;
    if (memory_new(&worth, page->best_count, sizeof(double)) != STATUS_OK) {
        page->html.failed = true;
        return false;
    }
    for (size_t i = 0; i < page->best_count; i++) {
        if (page->best[i]->stage == stage) worth[count++] = page->best[i]->worth;
    }
    bool said = count >= 8;
    if (said) {
        double gain = expected_best(worth, count, count) - expected_best(worth, count, count / 2);
        bool loss = page->metric == METRIC_VAL_LOSS;
        bool little = loss ? gain < GAIN_LITTLE * fabs(worth[0]) : gain < GAIN_LITTLE;
        text_add(&page->html, "<li>In stage <q>");
        html_text(&page->html, page->config->stages[stage].name);
        text_add(&page->html, "</q>, going from %zu to %zu trials brought %.*f%s on average: ", count / 2,
                 count, loss ? 4 : 2, loss ? gain : 100 * gain, loss ? " of loss" : " points of accuracy");
        text_add(&page->html, "%s</li>\n",
                 little ? "more trials of the same kind will hardly help, so change something else first."
                        : "another doubling can be expected to bring somewhat less.");
    }
    free(worth);
    return said;
}

/* What held no sway in the first stage is a place to save. */
static bool say_idle(Page *page) {
    if (page->told_stage == SIZE_MAX) return false;
    const Importance *of = page->importance[page->told_stage].of;
    size_t idle = 0, held = 0;
    for (size_t i = 0; i < page->ranked_count; i++)
        held += importance_holds(&of[page->ranked[i]]);
    if (held == 0) return false;
    for (size_t i = 0; i < page->ranked_count; i++) {
        if (importance_holds(&of[page->ranked[i]])) continue;
        text_add(&page->html, "%s<code>",
                 idle == 0 ? "<li>If you want fewer parameters, fix some of those that show no influence <a "
                             "href=\"#importance\">beyond luck</a>: "
                           : ", ");
        html_text(&page->html, page->space->parameters[page->ranked[i]].name);
        text_add(&page->html, "</code>");
        idle++;
    }
    if (idle > 0) text_add(&page->html, ".</li>\n");
    return idle > 0;
}

static bool say_ensemble(Page *page) {
    const EnsembleRecord *e = &page->ledger->ensemble;
    if (!page->ledger->has_ensemble) return false;
    const Networks *n = &page->networks;
    bool several = page->config->has_ensemble && page->config->ensemble.size > 1;
    if (e->member_count == 1 && (!several || page->best_count < 2)) return false;
    if (e->member_count == 1) {
        text_add(&page->html,
                 "<li>The ensemble is a single network: no other one made it better. Networks that differ "
                 "more (other sizes, another optimizer) would help each other.</li>\n");
        return true;
    }
    if (n->count > 1 && n->mean_disagreement < ALIKE) {
        text_add(&page->html,
                 "<li>The members of the ensemble differ on %.2f&nbsp;%% of the examples alone: networks "
                 "that differ more would gain more.</li>\n",
                 100 * n->mean_disagreement);
        return true;
    }
    if (e->pick_count <= LAST_PICKS || e->member_count < page->config->ensemble.size) return false;
    double last = e->metric_after_pick[e->pick_count - 1],
           before = e->metric_after_pick[e->pick_count - 1 - LAST_PICKS];
    if (!metric_better(page->metric, last, before)) return false;
    text_add(&page->html, "<li>The ensemble was still getting better with its last members: see <code>winnow "
                          "ensemble</code> for larger ones, from the networks that are stored.</li>\n");
    return true;
}

static bool say_idle_ranks(Page *page) {
    const Utilisation *u = &page->utilisation;
    double busy = u->rank_seconds > 0 ? u->busy_seconds / u->rank_seconds : 1;
    if (busy >= BUSY_LITTLE || u->ranks < 2) return false;
    text_add(&page->html,
             "<li>Ranks were <a href=\"#utilisation\">busy</a> in %.0f&nbsp;%% of the time: fewer ranks, or "
             "more trials a stage, would waste less.</li>\n",
             100 * busy);
    return true;
}

static bool say_none_finished(Page *page) {
    const Overview *o = &page->overview;
    if (page->best_count > 0 || o->diverged + o->failed == 0) return false;
    if (o->finished < o->planned && o->stopped + o->waiting > 0) return false; /* others may yet */
    text_add(
        &page->html, "<li>No trial came to its end. %s</li>\n",
        o->failed > 0
            ? "The reasons stand <a href=\"#trials\">below</a>."
            : "Lower the upper end of <code>learning_rate</code>; then momentum, or normalize the data.");
    return true;
}

void section_advice(Page *page) {
    text_add(&page->html, "<h3>What to try next</h3>\n<ul>\n");
    size_t said = say_unfinished(page);
    said += say_none_finished(page);
    if (page->best_count > 0) {
        said += say_diverged(page);
        said += say_leans(page);
        said += say_fit(page);
        said += say_doubling(page);
        said += say_idle(page);
        said += say_ensemble(page);
        said += say_idle_ranks(page);
    }
    if (said == 0)
        text_add(&page->html,
                 "<li>Nothing stands out: the ranges hold the best values, and the networks fit.</li>\n");
    text_add(&page->html, "</ul>\n");
}

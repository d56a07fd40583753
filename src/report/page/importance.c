#include <math.h>
#include <stdio.h>

#include "report/page/html.h"
#include "report/page/page.h"

#define BARS_MAX 16

static double share_of(const StageImportance *stage, double variance) {
    return stage->sum > 0 ? 100 * variance / stage->sum : 0;
}

static void draw_bars(Page *page) {
    const StageImportance *stage = &page->importance[page->told_stage];
    Figures *f = &page->figures;
    size_t count = page->ranked_count < BARS_MAX ? page->ranked_count : BARS_MAX;
    double most = 0;
    Axis y = {.scale = AXIS_LINEAR, .low = -0.6, .high = (double)count - 0.4};
    for (size_t i = 0; i < count; i++) {
        const Importance *of = &stage->of[page->ranked[i]];
        most = fmax(most, fmax(share_of(stage, of->variance), share_of(stage, of->chance)));
        y.tics[y.tic_count].at = (double)(count - 1 - i);
        label_text(y.tics[y.tic_count++].text, sizeof(y.tics[0].text),
                   page->space->parameters[page->ranked[i]].name, 22);
    }
    Axis x = axis_plain(AXIS_LINEAR, 0, most * 1.05, "importance (% of all parameters' together)");
    page_figure_begin(page, "square", "importance", 600, 110 + 24 * (int)count);
    figure_axis(f, 'x', &x);
    figure_axis(f, 'y', &y);
    text_add(&f->script, "set ylabel 'parameter (no unit)'\nset grid noytics xtics\n");
    size_t bars = figure_data_begin(f);
    for (size_t i = 0; i < count; i++) {
        double at = (double)(count - 1 - i), share = share_of(stage, stage->of[page->ranked[i]].variance);
        text_add(&f->script, "0 %g 0 %.5g %g %g\n", at, share, at - 0.34, at + 0.34);
    }
    figure_data_end(f);
    size_t chance = figure_data_begin(f);
    for (size_t i = 0; i < count; i++) {
        double at = (double)(count - 1 - i), share = share_of(stage, stage->of[page->ranked[i]].chance);
        text_add(&f->script, "%.5g %g 0 0.84\n", share, at - 0.42);
    }
    figure_data_end(f);
    figure_plot(f, "$d%zu with boxxyerror fc rgb '#0072B2' fs solid 0.85 noborder title 'importance'", bars);
    figure_plot(f, "$d%zu with vectors nohead lw 2.2 lc rgb '%s' title 'what luck brings in 19 of 20 cases'",
                chance, COLOUR_DIVERGED);
    page_figure_end(page, "Importance of each parameter", "");
}

static void table_of_importances(Page *page) {
    html_table_begin(&page->html, "Importances of every stage, over the ranges that it drew from",
                     "parameter|=stage|#importance, %|#by luck alone, %|#trials that have it|beyond luck");
    for (size_t s = 0; s < page->config->stage_count; s++) {
        const StageImportance *stage = &page->importance[s];
        for (size_t v = 0; stage->sum > 0 && v < page->varied_count; v++) {
            const Importance *of = &stage->of[page->varied[v]];
            char text[32];
            if (!of->told) continue;
            html_row_begin(&page->html);
            html_cell(&page->html, page->space->parameters[page->varied[v]].name);
            html_cell_key(&page->html, (double)s, page->config->stages[s].name);
            (void)snprintf(text, sizeof(text), "%.1f", share_of(stage, of->variance));
            html_cell_number(&page->html, share_of(stage, of->variance), text);
            (void)snprintf(text, sizeof(text), "%.1f", share_of(stage, of->chance));
            html_cell_number(&page->html, share_of(stage, of->chance), text);
            (void)snprintf(text, sizeof(text), "%zu", of->present);
            html_cell_number(&page->html, (double)of->present, text);
            html_cell(&page->html, importance_holds(of) ? "yes" : "no");
            html_row_end(&page->html);
        }
    }
    html_table_end(&page->html);
}

static void say_what_mattered(Page *page) {
    const StageImportance *stage = &page->importance[page->told_stage];
    bool stops = page->config->stages[page->told_stage].stopping.kind != STOPPING_NONE;
    size_t held = 0;
    text_add(&page->html, "<p>In stage <q>");
    html_text(&page->html, page->config->stages[page->told_stage].name);
    text_add(&page->html, "</q>, ");
    for (size_t i = 0; i < page->ranked_count; i++) {
        if (!importance_holds(&stage->of[page->ranked[i]])) continue;
        text_add(&page->html, "%s<strong>", held > 0 ? ", " : "");
        html_text(&page->html, page->space->parameters[page->ranked[i]].name);
        text_add(&page->html, "</strong> (%.0f&nbsp;%%)",
                 share_of(stage, stage->of[page->ranked[i]].variance));
        held++;
    }
    text_add(&page->html, "%s</p>\n",
             held == 0 ? "no parameter mattered more than luck would have it: the best trials are spread "
                         "over the ranges as all of them are."
                       : " mattered beyond what luck brings; what the others show may be luck.");
    text_add(
        &page->html,
        "<p class=\"soft\">Method: PED-ANOVA (Watanabe, Bansal, Hutter 2023). A parameter matters where "
        "the best trials (%zu of %zu here) have other values of it than all trials of the stage; it is "
        "measured in the parameter's own scale, and counts diverged trials as the worst%s. The line tells "
        "what as many trials chosen by lot come to in 95 of 100 cases. Effects that only two parameters "
        "together have do not show.</p>\n",
        stage->of[page->ranked[0]].best, stage->of[page->ranked[0]].present,
        stops ? "; those that were stopped early are not among them" : "");
}

void section_importance(Page *page) {
    page_heading(page, "importance", "Which parameters mattered");
    if (page->varied_count == 0) {
        text_add(&page->html, "<p>No parameter has more than one value.</p>");
    } else if (page->told_stage == SIZE_MAX || page->ranked_count == 0) {
        text_add(&page->html,
                 "<p>No stage has %d trials that tell a difference: too few to say (by PED-ANOVA) which "
                 "parameters mattered.</p>",
                 IMPORTANCE_TRIALS_MIN);
    } else {
        say_what_mattered(page);
        draw_bars(page);
        table_of_importances(page);
        section_maps(page);
    }
    text_add(&page->html, "</section>\n");
}

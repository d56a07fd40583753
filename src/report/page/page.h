/* What the sections of a page share. Internal to the room. */
#ifndef WINNOW_REPORT_PAGE_PAGE_H
#define WINNOW_REPORT_PAGE_PAGE_H

#include "campaign/configurations.h"
#include "report/overview.h"
#include "report/page/figure.h"
#include "report/page/networks.h"
#include "report/report.h"
#include "report/statistics/fit.h"
#include "report/statistics/importance.h"
#include "report/statistics/search_band.h"
#include "report/statistics/utilisation.h"

#define PANEL_WIDTH 400
#define PANEL_HEIGHT 300
#define WIDE 960

/* A trial with a row. */
typedef struct PageTrial {
    uint64_t id;
    uint32_t stage;
    TrialStatus status;
    double metric; /* NaN unless completed */
    double worth;  /* larger is better; -INFINITY unless completed */
    const LedgerRow *record;
    const PackedDraw *draw;
} PageTrial;

/* What a stage says of each parameter; told[p] false for fixed ones and where trials were too few. */
typedef struct StageImportance {
    size_t trials;
    Importance of[SPACE_MAX_PARAMETERS];
    double sum; /* of all variances */
} StageImportance;

typedef struct Page {
    const ReportInput *in;
    const Ledger *ledger;
    const Config *config;
    const Space *space;
    MetricKind metric;
    Plan plan;
    Overview overview;
    size_t count;
    PageTrial *trials; /* owned [count], by id */
    double seconds;    /* of their training, all together */
    size_t best_count;
    const PageTrial **best; /* owned [best_count]: completed ones, the best first */
    Ranked final;           /* of the last stage that repeats, the winner first; its list is owned */
    bool *drawn;            /* owned [count]: is it among those that figures show? */
    size_t drawn_count;
    size_t varied_count;
    size_t varied[SPACE_MAX_PARAMETERS]; /* parameters that have more than one value in some stage */
    StageImportance *importance;         /* owned [stages begun] */
    size_t told_stage;                   /* the first stage whose importances are told; SIZE_MAX for none */
    size_t ranked_count;
    size_t ranked[SPACE_MAX_PARAMETERS]; /* its told parameters, the most important first */
    Fit fit;
    bool has_band;
    SearchBand band;
    Utilisation utilisation;
    Networks networks;
    Text html;
    Figures figures;
} Page;

/* Of parameter `p` over all stages that have begun: from the lowest to the highest end. */
Range page_range(const Page *page, size_t p);

/* Is the range more than one value? */
bool range_varies(const Parameter *parameter, const Range *range);

/* The stage's ranges; those of the configuration where it has not begun. */
const Ranges *page_stage_ranges(const Page *page, size_t stage, Ranges *space_of);

/* The look of a stage. */
const Look *stage_look(size_t stage);

/* The axis of the metric over all completed trials. */
Axis page_metric_axis(const Page *page);

/* Did the trial's parameter matter beyond what luck brings? */
bool importance_holds(const Importance *importance);

/* "A section": its heading, with an anchor. */
void page_heading(Page *page, const char *anchor, const char *title);

/* A figure stands here; it is made between the two calls. `kind` is "", "wide" or "square". */
void page_figure_begin(Page *page, const char *kind, const char *name, int width, int height);
/* `caption` is ours, in HTML; may be "". */
void page_figure_end(Page *page, const char *alt, const char *caption);

/* Of the trials that figures show, every so many are the lines of one that has room for `most`. */
size_t page_line_step(const Page *page, size_t most);

/* ": drawn are 1,500 of 100,000 trials", where not all are; else "". Into a buffer of the thread. */
const char *page_sample_words(const Page *page);

/* The sections, in the order of the page. Each appends to the page; running out of memory is told by its
 * texts at the end. */
void section_verdict(Page *page);
void section_parameters(Page *page);
void section_coordinates(Page *page);
void section_curves(Page *page);
void section_search(Page *page);
void section_importance(Page *page);
void section_fit(Page *page);
void section_updates(Page *page);
void section_filters(Page *page);
void section_ensemble(Page *page);
void section_utilisation(Page *page);
void section_trials(Page *page);

/* The parameters that mattered most, two by two: within the section of importances. */
void section_maps(Page *page);

/* What repeats came to, the winner beside what it first scored: within the verdict. */
void section_configurations(Page *page);

/* How far validation flatters the best trial, where examples that the search never saw tell: within the
 * verdict. */
void section_optimism(Page *page);

/* What to try next, a paragraph each, as list items: within the verdict. */
void section_advice(Page *page);

#endif

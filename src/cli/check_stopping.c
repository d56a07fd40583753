#include "cli/check_stopping.h"

#include <stdio.h>

#include "base/text.h"

#define INDENT "                " /* below a stage's name */
#define ZOOM_LEAST 4              /* completed trials that it takes to narrow ranges */

static void print_rungs(const StoppingPlan *plan) {
    printf(INDENT "%s: trials are compared after epoch", stopping_name(plan->rules.kind));
    for (uint32_t k = 0; k < plan->rung_count; k++)
        printf("%s %u", k > 0 ? "," : "", plan->rung[k]);
    putchar('\n');
}

static void print_bracket(const StoppingPlan *plan, const StoppingBracket *bracket) {
    const char *best = plan->rules.kind == STOPPING_ASHA ? "about" : "the best";
    if (plan->bracket_count > 1)
        printf(INDENT "bracket %zu: %s", (size_t)(bracket - plan->bracket) + 1,
               text_count(bracket->trials, "trial", "trials"));
    else
        printf(INDENT "%s", text_count(bracket->trials, "trial", "trials"));
    for (uint32_t k = bracket->rung; k < plan->rung_count; k++) {
        uint32_t on = k + 1 < plan->rung_count ? bracket->at[k + 1] : bracket->to_end;
        printf(", %s %u past epoch %u", best, on, plan->rung[k]);
    }
    puts(bracket->rung == plan->rung_count ? ", all to the end" : "");
}

static uint64_t to_end(const StoppingPlan *plan) {
    uint64_t trials = 0;
    for (uint32_t b = 0; b < plan->bracket_count; b++)
        trials += plan->bracket[b].to_end;
    return trials;
}

/* What users should know before they begin. */
static void print_warnings(const Config *config, size_t stage, const StoppingPlan *plan) {
    bool zoomed = stage + 1 < config->stage_count && config->stages[stage + 1].zooms;
    if (plan->rules.kind == STOPPING_ASHA)
        puts(INDENT "asha: who goes on depends on who came first, so results may differ with the number of "
                    "ranks\n" INDENT "and from run to run; winnow run --decisions-from repeats one");
    if (zoomed && to_end(plan) < ZOOM_LEAST)
        printf(INDENT "only %s trained to the end, and it takes %d to narrow the ranges of stage %s\n",
               text_count(to_end(plan), "trial is", "trials are"), ZOOM_LEAST,
               config->stages[stage + 1].name);
}

void check_stopping_print(const Config *config, size_t stage, const StoppingPlan *plan) {
    if (plan->rung_count == 0) return;
    uint64_t all = (uint64_t)plan->trials * plan->epochs;
    print_rungs(plan);
    if (plan->rules.kind == STOPPING_MEDIAN) {
        printf(INDENT "at most %llu epochs; how many are stopped is not known before\n",
               (unsigned long long)all);
        return;
    }
    for (uint32_t b = 0; b < plan->bracket_count; b++)
        print_bracket(plan, &plan->bracket[b]);
    printf(INDENT "%s%llu epochs in place of %llu\n", plan->rules.kind == STOPPING_ASHA ? "about " : "",
           (unsigned long long)stopping_epochs(plan), (unsigned long long)all);
    print_warnings(config, stage, plan);
}

static json_t *bracket_json(const StoppingPlan *plan, const StoppingBracket *bracket) {
    json_t *at = json_array();
    for (uint32_t k = bracket->rung; k < plan->rung_count; k++)
        json_array_append_new(at, json_integer(bracket->at[k]));
    return json_pack("{s:I, s:I, s:o, s:I}", "trials", (json_int_t)bracket->trials, "first_rung",
                     (json_int_t)bracket->rung, "at", at, "to_end", (json_int_t)bracket->to_end);
}

json_t *check_stopping_json(const StoppingPlan *plan) {
    if (plan->rung_count == 0) return json_null();
    json_t *rungs = json_array(), *brackets = json_array();
    for (uint32_t k = 0; k < plan->rung_count; k++)
        json_array_append_new(rungs, json_integer(plan->rung[k]));
    for (uint32_t b = 0; b < plan->bracket_count; b++)
        json_array_append_new(brackets, bracket_json(plan, &plan->bracket[b]));
    return json_pack("{s:s, s:o, s:o, s:I}", "type", stopping_name(plan->rules.kind), "rungs", rungs,
                     "brackets", brackets, "epochs", (json_int_t)stopping_epochs(plan));
}

/* Synchronous halving, bracket by bracket: the verdicts are those of whole rungs, but given as soon as they
 * cannot be others any more. */
#include <stdio.h>

#include "campaign/coordinator/rungs.h"

/* Trials that this rung waits for; no more than have come once nobody else can. */
static size_t expected_at(const StageRungs *r, size_t bracket, uint32_t rung) {
    return r->closed ? rung_at(r, bracket, rung)->count : r->plan.bracket[bracket].at[rung];
}

static size_t keep_at(const StageRungs *r, size_t bracket, uint32_t rung) {
    return halving_keep(r->plan.bracket[bracket].at[rung], r->plan.rules.eta);
}

static Status tell_whole(const Coordinator *c, Actions *actions, const StageRungs *r, size_t bracket,
                         uint32_t rung) {
    char in[48] = "";
    if (r->plan.bracket_count > 1)
        (void)snprintf(in, sizeof(in), ", bracket %zu of %u", bracket + 1, r->plan.bracket_count);
    return coordinator_news(actions,
                            "stage %s%s: all %u trials have come to epoch %u, the best %zu of them go on",
                            c->config->stages[r->stage].name, in, r->plan.bracket[bracket].at[rung],
                            r->plan.rung[rung], keep_at(r, bracket, rung));
}

static Status take_at(Coordinator *c, Actions *actions, StageRungs *r, size_t bracket, uint64_t trial,
                      uint32_t k) {
    bool entered;
    if (k == r->plan.rung_count) return STATUS_OK;
    TRY(rung_take(c, actions, r, trial, k, keep_at(r, bracket, k), &entered));
    bool whole = entered && r->begun && rung_at(r, bracket, k)->count == r->plan.bracket[bracket].at[k];
    return whole ? tell_whole(c, actions, r, bracket, k) : STATUS_OK;
}

/* Who is certain to go on from rung k, and from the rungs above in turn? */
static Status settle(Coordinator *c, Actions *actions, StageRungs *r, size_t bracket, uint32_t k) {
    for (; k < r->plan.rung_count; k++) {
        const Rung *rung = rung_at(r, bracket, k);
        size_t certain = halving_certain(rung->count, expected_at(r, bracket, k), keep_at(r, bracket, k));
        for (RungEntry *entry; (entry = rung_undecided(rung, certain)) != NULL;) {
            uint64_t trial = entry->trial;
            TRY(rung_promote(c, actions, r, entry, k));
            TRY(take_at(c, actions, r, bracket, trial, k + 1));
        }
    }
    return STATUS_OK;
}

Status halving_take(Coordinator *c, Actions *actions, StageRungs *r, uint64_t trial) {
    size_t bracket = rung_bracket(c, r, trial);
    for (uint32_t k = r->plan.bracket[bracket].rung; k < r->plan.rung_count; k++)
        TRY(take_at(c, actions, r, bracket, trial, k));
    return settle(c, actions, r, bracket, r->plan.bracket[bracket].rung);
}

/* Without a lost record and with one arithmetic all rungs are whole by then. */
Status halving_close(Coordinator *c, Actions *actions, StageRungs *r) {
    r->closed = true;
    for (size_t bracket = 0; bracket < r->plan.bracket_count; bracket++)
        TRY(settle(c, actions, r, bracket, r->plan.bracket[bracket].rung));
    return STATUS_OK;
}

/* What the sources of early stopping share; for nobody else. */
#ifndef WINNOW_CAMPAIGN_COORDINATOR_RUNGS_H
#define WINNOW_CAMPAIGN_COORDINATOR_RUNGS_H

#include "campaign/coordinator/state.h"

/* --- figures.c: what is known of a trial --- */
/* Its row, else its report; NULL for neither. */
const LedgerRow *trial_figures(const Coordinator *c, uint64_t trial);
/* It has come to the rung, or has ended by itself before and stands with what it came to. */
bool trial_has_come(const Coordinator *c, const StageRungs *r, uint64_t trial, uint32_t rung);
/* Its best figure up to the rung, and the mean of them: larger is better; NaN of none. */
double trial_best(const Coordinator *c, const StageRungs *r, uint64_t trial, uint32_t rung);
double trial_mean(const Coordinator *c, const StageRungs *r, uint64_t trial, uint32_t rung);

/* --- decisions.c --- */
/* By what is on record about the trial at the rung. */
bool decision_promoted(const LedgerTrial *known, uint32_t rung);
bool decision_stopped(const LedgerTrial *known, uint32_t rung);
/* Else it may follow from one about a later rung. */
bool decision_on_record(const LedgerTrial *known, uint32_t rung);
/* The user is told where what is on record was taken from other figures. */
Status decision_check(Coordinator *c, Actions *actions, const StageRungs *r, uint64_t trial,
                      uint32_t rung) MUST_CHECK;
/* Write it down, unless the trial has ended before the rung. */
Status decision_write(Coordinator *c, Actions *actions, const StageRungs *r, uint64_t trial, uint32_t rung,
                      Verdict verdict) MUST_CHECK;
/* What follows, unless the trial has ended. */
Status trial_stop(Coordinator *c, Actions *actions, const StageRungs *r, uint64_t trial,
                  uint32_t rung) MUST_CHECK;
Status trial_go_on(Coordinator *c, uint64_t trial) MUST_CHECK;

/* --- halving.c: STOPPING_HALVING, STOPPING_HYPERBAND --- */
/* A report or a row of the trial has come. */
Status halving_take(Coordinator *c, Actions *actions, StageRungs *r, uint64_t trial) MUST_CHECK;
/* Nobody else will come to any rung. */
Status halving_close(Coordinator *c, Actions *actions, StageRungs *r) MUST_CHECK;

/* --- asha.c: STOPPING_ASHA --- */
Status asha_take(Coordinator *c, Actions *actions, StageRungs *r, uint64_t trial) MUST_CHECK;
/* A worker asks for work. */
Status asha_promote(Coordinator *c, Actions *actions, StageRungs *r) MUST_CHECK;
Status asha_close(Coordinator *c, Actions *actions, StageRungs *r) MUST_CHECK;

/* --- median.c: STOPPING_MEDIAN --- */
Status median_take(Coordinator *c, Actions *actions, StageRungs *r) MUST_CHECK;

/* --- rungs.c: what they share --- */
/* Its row says that the trial was stopped there, also where the decision is lost. */
bool row_stopped(const StageRungs *r, const LedgerTrial *known, uint32_t k);
Rung *rung_at(const StageRungs *r, size_t bracket, uint32_t rung);
size_t rung_bracket(const Coordinator *c, const StageRungs *r, uint64_t trial);
/* Take the trial in at rung k where it has come to that next; *entered says so. Whoever does not stand among
 * the best `cut` then never goes on, and is stopped. */
Status rung_take(Coordinator *c, Actions *actions, StageRungs *r, uint64_t trial, uint32_t k, size_t cut,
                 bool *entered) MUST_CHECK;
/* It goes on from rung k. */
Status rung_promote(Coordinator *c, Actions *actions, StageRungs *r, RungEntry *entry, uint32_t k) MUST_CHECK;

#endif

/* Is what a campaign goes on with really in its folder? */
#ifndef WINNOW_RANK_KEPT_NETWORKS_H
#define WINNOW_RANK_KEPT_NETWORKS_H

#include <stdbool.h>

#include "campaign/config.h"
#include "campaign/ledger.h"

/* Read every network of the pool. One that is damaged or gone is restored from the results file where
 * `file_sound` and it is there; else the rows of such trials are taken out of the ledger (which is then
 * another one, and *changed), so that they are trained again. Networks that better ones have replaced are
 * removed. Says what it does. */
Status kept_networks_check(const char *file, bool file_sound, const Config *config, Ledger **ledger,
                           bool *changed) MUST_CHECK;

/* Forget the checkpoints that are not there, or not as long as they were: their trials begin anew. What is
 * wrong inside one is found when it is needed. */
void kept_checkpoints_check(const char *file, Ledger *ledger);

#endif

/* What the coordinator wants in the journal, of one step. */
#ifndef WINNOW_RANK_APPEND_ACTIONS_H
#define WINNOW_RANK_APPEND_ACTIONS_H

#include "campaign/coordinator.h"
#include "store/journal.h"

/* Append the records of all ACTION_APPEND in one write, before any other action is carried out; *any: there
 * were some. */
Status append_actions(Journal *journal, const Actions *actions, bool *any) MUST_CHECK;

#endif

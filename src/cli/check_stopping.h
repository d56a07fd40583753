/* What `check` says of a stage's early stopping. */
#ifndef WINNOW_CLI_CHECK_STOPPING_H
#define WINNOW_CLI_CHECK_STOPPING_H

#include "base/json.h"
#include "campaign/config.h"

/* Rungs, brackets and epochs as lines below the stage's own; nothing where nobody is stopped. */
void check_stopping_print(const Config *config, size_t stage, const StoppingPlan *plan);

/* null where nobody is stopped. */
json_t *check_stopping_json(const StoppingPlan *plan);

#endif

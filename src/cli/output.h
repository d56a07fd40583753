/* What the commands print in the same way. */
#ifndef WINNOW_CLI_OUTPUT_H
#define WINNOW_CLI_OUTPUT_H

#include "base/json.h"
#include "base/status.h"

/* Print the value to stdout and release it. STATUS_ENVIRONMENT where it is NULL: out of memory. */
Status output_json(json_t *value) MUST_CHECK;

#endif

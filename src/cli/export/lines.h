/* JSON Lines. */
#ifndef WINNOW_CLI_EXPORT_LINES_H
#define WINNOW_CLI_EXPORT_LINES_H

#include <stdio.h>

#include "base/json.h"
#include "base/status.h"

/* One value and the end of its line. Releases `value`; STATUS_ENVIRONMENT where it is NULL. */
Status json_line(FILE *out, json_t *value) MUST_CHECK;

#endif

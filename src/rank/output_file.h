/* Can the results go where the user wants them? */
#ifndef WINNOW_RANK_OUTPUT_FILE_H
#define WINNOW_RANK_OUTPUT_FILE_H

#include "campaign/config.h"

/* Nothing is made or changed. STATUS_INPUT where `path` cannot name a file, or names one that the campaign
 * reads; STATUS_ENVIRONMENT where a folder, a device or a pipe stands there, which a rename would replace. */
Status output_file_check(const char *path, const Config *config) MUST_CHECK;

#endif

/* Lines that more than one scheduler has. */
#ifndef WINNOW_BATCH_SCHEDULER_LINES_H
#define WINNOW_BATCH_SCHEDULER_LINES_H

#include "batch/job_script.h"

typedef void (*Quote)(Text *text, const char *word);

/* A directive that is switched off in the shipped script by a second '#': with the value after it, or gone
 * where that is NULL. */
void lines_optional(ScriptLines *lines, const char *begin, const char *value, Quote quote);

/* The place of the user's further options: the directive's word and all of them, or gone where there are
 * none. */
void lines_extra(ScriptLines *lines, const char *begin, const char *directive, const Job *job, Quote quote);

/* A variable of the shell. */
void lines_variable(ScriptLines *lines, const char *begin, const char *value);

#endif

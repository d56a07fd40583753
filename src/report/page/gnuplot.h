/* The door to gnuplot, which is run as a program. */
#ifndef WINNOW_REPORT_PAGE_GNUPLOT_H
#define WINNOW_REPORT_PAGE_GNUPLOT_H

#include "base/status.h"
#include "base/text.h"

/* A text in single quotes, in which gnuplot finds nothing to do: no escapes, no commands, no line's end. */
void gnuplot_quoted(Text *script, const char *text);

/* Write the script to `folder` and run gnuplot on it there, without the user's own settings. What it draws
 * stands in the folder afterwards. STATUS_ENVIRONMENT where there is no gnuplot (says how to get it) or it
 * fails (with what it said). */
Status gnuplot_run(const char *folder, const Text *script) MUST_CHECK;

#endif

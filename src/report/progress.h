/* News of a running campaign on stderr: on a terminal a bar that is redrawn in place with lines scrolling
 * above it; elsewhere a plain line now and then. What mpirun passes on to its own terminal counts as one. */
#ifndef WINNOW_REPORT_PROGRESS_H
#define WINNOW_REPORT_PROGRESS_H

#include "campaign/coordinator.h"

typedef struct Progress Progress;

/* `metric` names what is best. */
Status progress_create(Progress **out, MetricKind metric, double steady_now) MUST_CHECK;
void progress_destroy(Progress **progress); /* leaves the cursor on a fresh line */

/* A line of news, above the bar. */
void progress_line(Progress *progress, const char *line);

/* Redraw when it is time: five times a second on a terminal, else every 30 seconds or when a tenth more is
 * done. */
void progress_show(Progress *progress, const CampaignView *view, double steady_now);

#endif

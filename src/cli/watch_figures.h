/* What `status --watch` shows, from a campaign and where it stands. */
#ifndef WINNOW_CLI_WATCH_FIGURES_H
#define WINNOW_CLI_WATCH_FIGURES_H

#include "cli/campaign_file.h"
#include "cli/status_view.h"
#include "report/watch_frame.h"

/* Owned by the caller (watch_figures_release); nothing in it is borrowed. `file` as the user named it, `now`
 * in Unix seconds. One pass over the ledger. */
Status watch_figures_of(const CampaignFile *campaign, const StatusView *view, const char *file, double now,
                        WatchFigures *figures) MUST_CHECK;

#endif

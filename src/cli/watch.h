/* `status --watch`: a campaign on the screen until the user has seen enough. */
#ifndef WINNOW_CLI_WATCH_H
#define WINNOW_CLI_WATCH_H

#include "cli/campaign_file.h"

#define WATCH_SECONDS 2.0 /* between two looks: FILE.h5.live is written as often */

/* On a terminal: the whole screen, until q or Ctrl-C, also when the campaign is complete; what cannot be read
 * for a while is told there. Elsewhere: a line on stdout when the standing changes, a tenth more is done, or
 * half a minute has brought news, until the campaign is complete or can go on no more; then an error ends it.
 * A look that takes long puts off the next one, to keep them under a fiftieth of a core. `campaign` is open,
 * and newer afterwards. A signal that asks to end (TERM, HUP, QUIT) restores the terminal and ends the
 * process. */
Status watch_campaign(CampaignFile *campaign, const char *file, bool unverified) MUST_CHECK;

#endif

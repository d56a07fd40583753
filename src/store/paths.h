/* What stands beside a results file. */
#ifndef WINNOW_STORE_PATHS_H
#define WINNOW_STORE_PATHS_H

#include "base/status.h"

/* "<file>.journal", "<file>.lock", "<file>.parts", "<file>.bak"...: owned texts. */
Status campaign_path(char **out, const char *file, const char *ending) MUST_CHECK;

#endif

/* An old campaign is set aside, never deleted: FILE.h5, its journal and its parts get names that end in
 * ".bak", or ".bak2" and so on, all with the same number. */
#ifndef WINNOW_RANK_ASIDE_H
#define WINNOW_RANK_ASIDE_H

#include "base/status.h"

/* Under the lock. Nothing there is fine. */
Status aside_set_all(const char *file) MUST_CHECK;

#endif

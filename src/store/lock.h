/* One campaign, one writer: flock on "<file>.lock", which is never renamed or unlinked. Host and process
 * stand in it as text, for the message alone. Freed by the kernel when the holder dies. */
#ifndef WINNOW_STORE_LOCK_H
#define WINNOW_STORE_LOCK_H

#include "base/status.h"

typedef struct Lock {
    int descriptor; /* close-on-exec; trial children close it */
} Lock;

/* STATUS_ENVIRONMENT at once where another process holds it, naming host and process; or where no lock can be
 * taken, naming --no-lock. */
Status lock_take(Lock *lock, const char *file) MUST_CHECK;
void lock_release(Lock *lock);

#endif

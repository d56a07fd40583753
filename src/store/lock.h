/* One campaign, one writer: flock on "<file>.lock", which is never renamed or unlinked. Host and process
 * stand in it as text, for the message alone. Freed by the kernel when the holder dies. */
#ifndef WINNOW_STORE_LOCK_H
#define WINNOW_STORE_LOCK_H

#include <stdbool.h>

#include "base/status.h"

typedef struct Lock {
    int descriptor; /* close-on-exec; trial children close it */
} Lock;

/* STATUS_ENVIRONMENT within a tenth of a second where another process holds it, naming host and process; or
 * where no lock can be taken, naming --no-lock. */
Status lock_take(Lock *lock, const char *file) MUST_CHECK;
void lock_release(Lock *lock);

#define LOCK_HOLDER_SIZE 128

/* Does a process hold it? Looks without waiting and leaves the file as it is. `holder` receives
 * "process 12 on node3", "" where nobody does. Where there is no lock file, or no lock can be taken, nobody
 * does. */
Status lock_probe(const char *file, bool *held, char holder[LOCK_HOLDER_SIZE]) MUST_CHECK;

#endif

/* What to do about a disk that is full. */
#ifndef WINNOW_RANK_DISK_FULL_H
#define WINNOW_RANK_DISK_FULL_H

#include "base/status.h"

/* Where the present error text, of this process or of one behind it, ends in "no space", "quota" or "file too
 * large": add that the same command goes on once there is room. Returns `status`. */
Status disk_full_advise(Status status);

#endif

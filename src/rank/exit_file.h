/* What rank 0 tells whoever started the job: mpirun --enable-recovery always ends with 0, and may not end at
 * all.
 *
 * WINNOW_EXIT_FILE names an existing file whose first four bytes are overwritten, which takes no room on a
 * full disk: "met\n" once every rank is there and takes signals, "run\n" once each has its data, then the
 * exit code as three characters and "\n", as soon as it is known. Unset, or where the file cannot be written,
 * nothing is said. For rank 0 alone. */
#ifndef WINNOW_RANK_EXIT_FILE_H
#define WINNOW_RANK_EXIT_FILE_H

#include "base/status.h"

void exit_file_say_met(void);
void exit_file_say_running(void);
void exit_file_say_code(Status status);

#endif

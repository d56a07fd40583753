/* What an MPI library calls itself, in one short form. */
#ifndef WINNOW_CAMPAIGN_MPI_NAME_H
#define WINNOW_CAMPAIGN_MPI_NAME_H

#include <stddef.h>

/* "Open MPI 4.1.4" out of the text of MPI_Get_library_version: the first line's words up to its first number,
 * without "Version" and the "v" before the number. Cut to `size` bytes, zero-ended. */
void mpi_name(const char *library, char *out, size_t size);

#endif

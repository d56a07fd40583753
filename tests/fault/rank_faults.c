/* Preloaded into the ranks of a job:
 *
 * BLIND_RANKS  "1,3": these ranks do not see the folder FILE.h5.parts, as on a node that has another file
 * system STOP_SEND    "1:40": rank 1 stops itself (SIGSTOP) in the middle of a message, right after it has
 * begun to send its 40th frame of full size. A frame of that size only arrives where its sender goes on. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <mpi.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FRAME_BYTES (64 << 10)

static int rank_number(void) {
    const char *rank = getenv("OMPI_COMM_WORLD_RANK");
    return rank != NULL ? atoi(rank) : -1;
}

static int is_blind(void) {
    const char *ranks = getenv("BLIND_RANKS");
    char word[16], list[64];
    if (ranks == NULL) return 0;
    snprintf(word, sizeof(word), ",%d,", rank_number());
    snprintf(list, sizeof(list), ",%s,", ranks);
    return strstr(list, word) != NULL;
}

int open(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(list, mode_t) : 0;
    va_end(list);
    if (strstr(path, ".h5.parts") != NULL && is_blind()) {
        errno = ENOENT;
        return -1;
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int MPI_Isend(const void *data, int count, MPI_Datatype type, int to, int tag, MPI_Comm world,
              MPI_Request *request) {
    static int sent;
    int code = PMPI_Isend(data, count, type, to, tag, world, request);
    int rank, at;
    const char *stop = getenv("STOP_SEND");
    if (count < FRAME_BYTES || stop == NULL || sscanf(stop, "%d:%d", &rank, &at) != 2 ||
        rank != rank_number())
        return code;
    if (++sent == at) raise(SIGSTOP);
    return code;
}

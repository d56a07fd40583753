/* Stand-ins for write, fsync and rename: they take note of the order of the calls and fail when told to. */
#ifndef WINNOW_TESTS_BASE_PLANTED_CALLS_H
#define WINNOW_TESTS_BASE_PLANTED_CALLS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct PlantedCalls {
    bool noting;            /* off: the stand-ins are the real calls and nothing is noted */
    size_t write_at_most;   /* bytes a write takes; 0: all */
    bool write_interrupted; /* every second write ends with EINTR */
    int write_error;        /* errno of the writes; 0: none */
    int file_sync_error;    /* errno of fsync on anything but a folder; 0: none */
    int folder_sync_error;  /* errno of fsync on a folder; 0: none */
    size_t writes;          /* calls so far */
    char order[256];        /* what was called: "write;fsync file;rename;fsync folder;" */
} PlantedCalls;

extern PlantedCalls planted;

#endif

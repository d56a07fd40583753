/* One read-only copy of a block of bytes for all processes of a node.
 *
 * The block lies in POSIX shared memory, filled with posix_fallocate (a plain mapping dies of SIGBUS where
 * /dev/shm is small); where that has no room in a file in $TMPDIR (or /tmp); where that fails too, the caller
 * keeps its private copy.
 *
 * Killed before its name was taken away, a process leaves memory behind that nobody frees: the next one to
 * make a segment on the node removes what dead processes of this user have left. */
#ifndef WINNOW_DATA_NODE_SEGMENT_H
#define WINNOW_DATA_NODE_SEGMENT_H

#include <stddef.h>

#include "base/status.h"

#define NODE_SEGMENT_NAME_SIZE 256

typedef struct NodeSegment {
    char name[NODE_SEGMENT_NAME_SIZE]; /* path to open it by: /dev/shm/... or the file */
    const void *data;
    size_t length;
    int held; /* of its maker: 1 + the descriptor whose lock says that it is wanted; 0: none */
} NodeSegment;

/* Create with a name of this process's own, copy `data` in, map it read-only. STATUS_ENVIRONMENT where
 * neither place has room. */
Status node_segment_create(NodeSegment *segment, const void *data, size_t length) MUST_CHECK;
/* The second of these places by itself: a file in `folder`. */
Status node_segment_create_in_folder(NodeSegment *segment, const char *folder, const void *data,
                                     size_t length) MUST_CHECK;
/* Map one made by another process. STATUS_ENVIRONMENT where it is gone or not `length` bytes long. */
Status node_segment_attach(NodeSegment *segment, const char *name, size_t length) MUST_CHECK;
/* Take the name away once all have attached; mappings stay. Detaching does not unlink. */
void node_segment_unlink(NodeSegment *segment);
void node_segment_detach(NodeSegment *segment);

#endif

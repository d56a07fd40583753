/* What outlives a simulated run: the journal, the folder of blobs, and what is wrong with some trials. */
#ifndef WINNOW_TESTS_WORLD_H
#define WINNOW_TESTS_WORLD_H

#include "base/bytes.h"
#include "campaign/records.h"

#define WORLD_MAX_TRIALS 256

typedef struct WorldFile {
    char name[BLOB_NAME_SIZE];
    uint8_t *bytes; /* owned */
    size_t length;
    bool told; /* the coordinator has heard of it */
} WorldFile;

typedef struct World {
    double clock;         /* when the last run ended */
    ByteWriter journal;   /* u64 length and bytes of each appended record */
    size_t synced_length; /* of it */
    WorldFile *files;
    size_t file_count, file_capacity;
    bool words_lost; /* in some run a rank was silent or its relay died */
    bool disk_full;
    bool hoards; /* nothing is removed, so that any earlier moment of the journal can be gone back to */
    bool hurt[WORLD_MAX_TRIALS]; /* its process has died or hung once by chance: not again */
    uint64_t poison[2];          /* trials whose process dies whenever it ends that epoch; UINT64_MAX */
    uint32_t poison_epoch;       /* from 1 */
    uint64_t fragile;            /* the process of this trial dies `crashes` times; UINT64_MAX */
    int crashes;
    uint64_t epochs_trained; /* in all children of all runs */
} World;

void world_begin(World *world);
void world_end(World *world);

/* False where the disk is full. */
bool world_write(World *world, const char *name, const void *bytes, size_t length, bool told);
void world_remove(World *world, const char *name); /* unless it hoards */
/* The journal up to `length` bytes and all files, into a new world. */
void world_copy(const World *world, size_t length, World *copy);
WorldFile *world_find(const World *world, const char *name); /* NULL for none */

/* After a kill: cut the journal to `length`, or to the last whole record before it. */
void world_cut_journal(World *world, size_t length);

#endif

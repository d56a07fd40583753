/* Shared by kill_at.c and power_cut.c: what the processes of one campaign know together, in a file that all
 * of them map. */
#ifndef WINNOW_TESTS_KILL_AT_H
#define WINNOW_TESTS_KILL_AT_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#define KILL_PATH_SIZE 200
#define KILL_PROCESSES 4096
#define KILL_FILES 4096
#define KILL_CHANGES 4096

/* Bytes of a file that are on disk for certain. */
typedef struct SyncedFile {
    uint64_t inode, length;
} SyncedFile;

typedef enum ChangeKind {
    CHANGE_MADE,
    CHANGE_RENAMED,
    CHANGE_REMOVED,
    CHANGE_NEW_FOLDER,
    CHANGE_OLD_FOLDER
} ChangeKind;

/* A change of names that a power cut still undoes. Paths are within the campaign's folder. */
typedef struct NameChange {
    ChangeKind kind;
    char path[KILL_PATH_SIZE], from[KILL_PATH_SIZE]; /* the name now, and before a renaming */
    char kept[KILL_PATH_SIZE]; /* a link to what the change made unreachable; "" for none */
} NameChange;

typedef struct KillState {
    atomic_uint reached[3]; /* points so far in the main process, its host process, the jobs */
    atomic_uint fired;
    char where[256]; /* the point at which it fired */
    atomic_uint locked, process_count, kept_count;
    uint32_t file_count, change_count;
    pid_t processes[KILL_PROCESSES];
    SyncedFile files[KILL_FILES];
    NameChange changes[KILL_CHANGES];
} KillState;

extern KillState *kill_state;
extern const char *kill_folder; /* absolute, without a slash at its end */

/* --- power_cut.c: none of these changes errno --- */

/* Before a file is written to or cut: what it holds so far is as safe as it was. */
void power_before_change(int descriptor);
/* A file or folder was synced. */
void power_synced(int descriptor);
void power_made(const char *path, ChangeKind kind);
/* Before a renaming or removal: keeps what it makes unreachable; and when it has been done. */
void power_before_loss(const char *path, NameChange *change);
void power_changed(const NameChange *change);
/* End every process of the campaign but this one, and take back what no sync has made safe: data alone, or
 * names as well. */
void power_cut(int names_too);

#endif

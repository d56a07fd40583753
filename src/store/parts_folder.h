/* What the folder FILE.h5.parts may hold, shared by its parts. */
#ifndef WINNOW_STORE_PARTS_FOLDER_H
#define WINNOW_STORE_PARTS_FOLDER_H

#include <stdbool.h>

#include "base/status.h"

#define PARTS_ENDING ".parts"
#define MEMBER_PREFIX "member-"
#define CHECKPOINT_PREFIX "checkpoint-"
#define NOTE_NAME "note"
#define PROBE_PREFIX "probe-"

/* A network or checkpoint, or the temporary file of one. */
bool parts_is_blob(const char *name);
/* "<file>.parts/<name>", owned. */
Status parts_path(char **out, const char *file, const char *name) MUST_CHECK;
Status parts_make_folder(const char *file) MUST_CHECK;

#endif

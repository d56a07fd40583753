/* The script of a batch job: a shipped one with the user's own values in it. */
#ifndef WINNOW_BATCH_JOB_SCRIPT_H
#define WINNOW_BATCH_JOB_SCRIPT_H

#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

#define SCRIPT_LINES_MAX 20 /* that take new values */

/* All texts are borrowed. Paths are as seen from the folder in which the job is submitted. */
typedef struct Job {
    const char *name;                /* the campaign's */
    const char *space;               /* the configuration */
    const char *file;                /* the results */
    const char *log;                 /* what the job says */
    const char *script;              /* where this script will stand */
    const char *winnow;              /* the program */
    const char *launch;              /* what starts it on all ranks */
    uint64_t nodes;                  /* >= 1 */
    uint64_t tasks;                  /* >= nodes: ranks in all */
    const char *time;                /* as the scheduler spells it */
    const char *partition, *account; /* NULL where none was named */
    char *const *extra;              /* [extra_count] further options of the scheduler */
    size_t extra_count;
} Job;

/* The lines of a script that change. */
typedef struct ScriptLines {
    size_t count;
    struct {
        const char *begin; /* the one line that begins so */
        Text text;         /* what stands there instead; nothing where the line goes */
    } line[SCRIPT_LINES_MAX];
} ScriptLines;

/* The line that begins so is to go, unless something is added to the text returned. `begin` is borrowed. */
Text *script_line(ScriptLines *lines, const char *begin);

/* The same for a line that consists of `begin` and a value. */
void script_value(ScriptLines *lines, const char *begin, const char *value);
void script_number(ScriptLines *lines, const char *begin, uint64_t value);

/* The script with these lines in it. STATUS_ENVIRONMENT where one of them is not there exactly once, or
 * memory is short. */
Status script_fill(Text *out, const char *script, const ScriptLines *lines) MUST_CHECK;

void script_release(ScriptLines *lines);

#endif

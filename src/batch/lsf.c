#include "batch/quote.h"
#include "batch/scheduler.h"
#include "batch/scheduler_lines.h"
#include "batch/scripts.h"

static void fill(ScriptLines *lines, const Job *job) {
    script_value(lines, "#BSUB -J ", job->name);
    script_number(lines, "#BSUB -n ", job->tasks);
    text_add(script_line(lines, "#BSUB -R span[ptile="), "#BSUB -R span[ptile=%llu]",
             (unsigned long long)((job->tasks + job->nodes - 1) / job->nodes));
    script_value(lines, "#BSUB -W ", job->time);
    lines_optional(lines, "##BSUB -q ", job->partition, quote_for_shell);
    lines_optional(lines, "##BSUB -P ", job->account, quote_for_shell);
    lines_extra(lines, "##BSUB -M ", "#BSUB", job, quote_for_shell);
    lines_variable(lines, "log=", job->log);
}

const Scheduler scheduler_lsf = {
    .name = "lsf",
    .ending = "lsf",
    .command = "bsub",
    .submit = "bsub < ",
    .query = "bjobs ",
    .end = "bkill ",
    .script = script_lsf,
    .walltime = {"MINUTES or HOURS:MINUTES", {{60, 60, 0}}},
    .fill = fill,
};

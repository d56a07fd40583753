#include <string.h>

#include "batch/quote.h"
#include "batch/scheduler.h"
#include "batch/scheduler_lines.h"
#include "batch/scripts.h"

/* A file's name in which Slurm would look for patterns: "%%" is a '%'. Where there is a backslash it looks
 * for none, and two are one. */
static void quote_pattern(Text *line, const char *file) {
    char special = strchr(file, '\\') != NULL ? '\\' : '%';
    Text doubled = {0};
    for (; *file != '\0'; file++) {
        if (*file == special) text_add(&doubled, "%c", special);
        text_add(&doubled, "%c", *file);
    }
    quote_for_sbatch(line, text_of(&doubled));
    line->failed = line->failed || doubled.failed;
    text_release(&doubled);
}

static void fill(ScriptLines *lines, const Job *job) {
    script_value(lines, "#SBATCH --job-name=", job->name);
    script_number(lines, "#SBATCH --nodes=", job->nodes);
    script_number(lines, "#SBATCH --ntasks=", job->tasks);
    script_value(lines, "#SBATCH --time=", job->time);
    lines_optional(lines, "##SBATCH --partition=", job->partition, quote_for_sbatch);
    lines_optional(lines, "##SBATCH --account=", job->account, quote_for_sbatch);
    lines_extra(lines, "##SBATCH --mem-per-cpu=", "#SBATCH", job, quote_for_sbatch);
    Text *output = script_line(lines, "#SBATCH --output=");
    text_add(output, "#SBATCH --output=");
    quote_pattern(output, job->log);
}

const Scheduler scheduler_slurm = {
    .name = "slurm",
    .ending = "sbatch",
    .command = "sbatch",
    .submit = "sbatch --parsable ",
    .query = "squeue -j ",
    .end = "scancel ",
    .script = script_slurm,
    .walltime = {"MINUTES, MINUTES:SECONDS, HOURS:MINUTES:SECONDS or DAYS-HOURS[:MINUTES[:SECONDS]]",
                 {{60, 1, 1}, {3600, 60, 1}}},
    .fill = fill,
};

#include "batch/quote.h"
#include "batch/scheduler.h"
#include "batch/scheduler_lines.h"
#include "batch/scripts.h"

static void chunk(Text *line, uint64_t nodes, uint64_t tasks) {
    text_add(line, "%llu:ncpus=%llu:mpiprocs=%llu", (unsigned long long)nodes, (unsigned long long)tasks,
             (unsigned long long)tasks);
}

/* Nodes that have one task more than the others come first. */
static void select_nodes(Text *line, const Job *job) {
    uint64_t each = job->tasks / job->nodes, more = job->tasks % job->nodes;
    text_add(line, "#PBS -l select=");
    if (more > 0) {
        chunk(line, more, each + 1);
        text_add(line, "+");
    }
    chunk(line, job->nodes - more, each);
}

static void fill(ScriptLines *lines, const Job *job) {
    select_nodes(script_line(lines, "#PBS -l select="), job);
    script_value(lines, "#PBS -l walltime=", job->time);
    lines_optional(lines, "##PBS -q ", job->partition, quote_for_shell);
    lines_optional(lines, "##PBS -A ", job->account, quote_for_shell);
    lines_extra(lines, "##PBS -l place=", "#PBS", job, quote_for_shell);
    lines_variable(lines, "log=", job->log);
    lines_variable(lines, "script=", job->script);
}

const Scheduler scheduler_pbs = {
    .name = "pbs",
    .ending = "pbs",
    .command = "qsub",
    .submit = "qsub ",
    .query = "qstat ",
    .end = "qdel ",
    .script = script_pbs,
    .walltime = {"SECONDS, MINUTES:SECONDS or HOURS:MINUTES:SECONDS", {{1, 1, 1}}},
    .fill = fill,
};

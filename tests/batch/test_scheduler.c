#include "batch/scheduler.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "batch/suites.h"
#include "suite.h"

/* A job with everything in it that a script must survive. */
static Job job(void) {
    static char extra[2][32] = {"--comment", "it's \"so\""};
    static char *const words[] = {extra[0], extra[1]};
    return (Job){.name = "moons",
                 .space = "my spaces/moons.yaml",
                 .file = "results/100 % moons.h5",
                 .log = "results/100 % moons.log",
                 .script = "results/100 % moons.x",
                 .winnow = "/opt/winnow/bin/winnow",
                 .launch = "/opt/it's/winnow-launch",
                 .nodes = 3,
                 .tasks = 8,
                 .time = "6:00",
                 .partition = "fast",
                 .account = "me",
                 .extra = words,
                 .extra_count = 2};
}

static Text script_of(const Scheduler *scheduler, const Job *what) {
    Text text = {0};
    CU_ASSERT_EQUAL_FATAL(scheduler_script(&text, scheduler, what), STATUS_OK);
    return text;
}

static void has_lines(const Scheduler *scheduler, const Job *what, const char *const *lines) {
    Text text = script_of(scheduler, what);
    for (; *lines != NULL; lines++) {
        char line[128];
        (void)snprintf(line, sizeof(line), "\n%s\n", *lines);
        if (strstr(text.data, line) == NULL) printf("no \"%s\" in\n%.900s\n", *lines, text.data);
        CU_ASSERT_PTR_NOT_NULL(strstr(text.data, line));
    }
    text_release(&text);
}

static void the_values_stand_in_every_script(void) {
    Job what = job();
    const char *const shared[] = {"space='my spaces/moons.yaml'", "file='results/100 % moons.h5'",
                                  "launch='/opt/it'\\''s/winnow-launch'",
                                  "export WINNOW=/opt/winnow/bin/winnow", NULL};
    const char *const slurm[] = {"#SBATCH --job-name=moons",
                                 "#SBATCH --nodes=3",
                                 "#SBATCH --ntasks=8",
                                 "#SBATCH --time=6:00",
                                 "#SBATCH --partition=fast",
                                 "#SBATCH --account=me",
                                 "#SBATCH --comment \"it's \\\"so\\\"\"",
                                 "#SBATCH --output=\"results/100 %% moons.log\"",
                                 NULL};
    const char *const pbs[] = {"#PBS -l select=2:ncpus=3:mpiprocs=3+1:ncpus=2:mpiprocs=2",
                               "#PBS -l walltime=6:00",
                               "#PBS -q fast",
                               "#PBS -A me",
                               "#PBS --comment 'it'\\''s \"so\"'",
                               "log='results/100 % moons.log'",
                               "script='results/100 % moons.x'",
                               NULL};
    const char *const lsf[] = {"#BSUB -J moons",
                               "#BSUB -n 8",
                               "#BSUB -R span[ptile=3]",
                               "#BSUB -W 6:00",
                               "#BSUB -q fast",
                               "#BSUB -P me",
                               "#BSUB --comment 'it'\\''s \"so\"'",
                               "log='results/100 % moons.log'",
                               NULL};
    for (size_t i = 0; schedulers[i] != NULL; i++)
        has_lines(schedulers[i], &what, shared);
    has_lines(&scheduler_slurm, &what, slurm);
    has_lines(&scheduler_pbs, &what, pbs);
    has_lines(&scheduler_lsf, &what, lsf);
    what.tasks = 9;
    has_lines(&scheduler_pbs, &what, (const char *const[]){"#PBS -l select=3:ncpus=3:mpiprocs=3", NULL});
}

/* Slurm looks for no patterns in a name with a backslash, and takes one of two. */
static void slurm_is_told_the_log_as_it_looks_for_patterns(void) {
    Job what = job();
    what.log = "50%/a.log";
    has_lines(&scheduler_slurm, &what, (const char *const[]){"#SBATCH --output=50%%/a.log", NULL});
    what.log = "50%\\a.log";
    has_lines(&scheduler_slurm, &what, (const char *const[]){"#SBATCH --output=\"50%\\\\\\\\a.log\"", NULL});
}

static void what_was_not_asked_for_is_no_line(void) {
    Job what = job();
    what.partition = what.account = NULL;
    what.extra_count = 0;
    for (size_t i = 0; schedulers[i] != NULL; i++) {
        Text text = script_of(schedulers[i], &what);
        CU_ASSERT_PTR_NULL(strstr(text.data, "\n##"));
        text_release(&text);
    }
}

/* Of two directives the later one counts. */
static void further_options_come_after_all_directives(void) {
    const Job what = job();
    for (size_t i = 0; schedulers[i] != NULL; i++) {
        Text text = script_of(schedulers[i], &what);
        const char *line = strstr(text.data, " --comment ");
        CU_ASSERT_PTR_NOT_NULL_FATAL(line);
        CU_ASSERT_EQUAL(strncmp(line + strcspn(line, "\n"), "\n\nspace=", 8), 0);
        text_release(&text);
    }
}

/* As a user would edit it: what follows the rule is the shipped script, byte for byte. */
static void only_what_stands_above_the_rule_changes(void) {
    Job what = job();
    for (size_t i = 0; schedulers[i] != NULL; i++) {
        Text text = script_of(schedulers[i], &what);
        const char *shipped = strstr(schedulers[i]->script, "\n# -----"),
                   *filled = strstr(text.data, "\n# -----");
        CU_ASSERT_PTR_NOT_NULL_FATAL(shipped);
        CU_ASSERT_PTR_NOT_NULL_FATAL(filled);
        CU_ASSERT_STRING_EQUAL(filled, shipped);
        text_release(&text);
    }
}

static void the_scheduler_is_the_one_on_path(void) {
    const Scheduler *found = NULL;
    CU_ASSERT_EQUAL(scheduler_on_path(&found, ""), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(scheduler_on_path(&found, ":/nowhere:"), STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "--scheduler"));
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "--dry-run"));
    CU_ASSERT_EQUAL_FATAL(file_make_folder("bin"), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(file_write_whole("bin/qsub", "", 0), STATUS_OK);
    CU_ASSERT_EQUAL(scheduler_on_path(&found, "/nowhere:bin"), STATUS_ENVIRONMENT); /* not to be run */
    CU_ASSERT_EQUAL_FATAL(chmod("bin/qsub", 0700), 0);
    CU_ASSERT_EQUAL(scheduler_on_path(&found, "/nowhere:bin:/none"), STATUS_OK);
    CU_ASSERT_PTR_EQUAL(found, &scheduler_pbs);
    CU_ASSERT_EQUAL(unlink("bin/qsub"), 0);
}

static void schedulers_have_names(void) {
    const Scheduler *found = NULL;
    for (size_t i = 0; schedulers[i] != NULL; i++) {
        CU_ASSERT_EQUAL(scheduler_named(&found, schedulers[i]->name), STATUS_OK);
        CU_ASSERT_PTR_EQUAL(found, schedulers[i]);
    }
    CU_ASSERT_EQUAL(scheduler_named(&found, "sge"), STATUS_INPUT);
    CU_ASSERT_STRING_EQUAL(status_text(), "--scheduler \"sge\" must be slurm, pbs or lsf");
}

static void the_id_is_found_in_what_each_scheduler_prints(void) {
    const struct {
        const char *printed, *id;
    } cases[] = {
        {"17\n", "17"},
        {"17;cluster\n", "17"},
        {"17.server.domain\n", "17.server.domain"},
        {"Job <17> is submitted to default queue <normal>.\n", "17"},
        {"", ""},
        {"\n", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char printed[64];
        text_copy(printed, sizeof(printed), cases[i].printed);
        CU_ASSERT_STRING_EQUAL(scheduler_job_id(printed), cases[i].id);
    }
}

void suite_scheduler(void) {
    static const TestCase tests[] = {
        {"the values stand in every script", the_values_stand_in_every_script},
        {"Slurm is told the log as it looks for patterns", slurm_is_told_the_log_as_it_looks_for_patterns},
        {"what was not asked for is no line", what_was_not_asked_for_is_no_line},
        {"further options come after all directives", further_options_come_after_all_directives},
        {"only what stands above the rule changes", only_what_stands_above_the_rule_changes},
        {"the scheduler is the one on PATH", the_scheduler_is_the_one_on_path},
        {"schedulers have names", schedulers_have_names},
        {"the id is found in what each scheduler prints", the_id_is_found_in_what_each_scheduler_prints},
    };
    SUITE("scheduler", tests);
}

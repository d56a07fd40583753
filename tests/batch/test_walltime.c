#include "batch/scheduler.h"
#include "batch/suites.h"
#include "suite.h"

typedef struct Spelling {
    const Scheduler *scheduler;
    const char *text;
    uint64_t seconds;
} Spelling;

static void each_scheduler_spells_times_in_its_own_way(void) {
    const Spelling spellings[] = {
        {&scheduler_slurm, "90", 5400},       {&scheduler_slurm, "1:30", 90},
        {&scheduler_slurm, "4:00:00", 14400}, {&scheduler_slurm, "25:00:01", 90001},
        {&scheduler_slurm, "2-3", 183600},    {&scheduler_slurm, "2-3:04", 183840},
        {&scheduler_slurm, "0-0:0:7", 7},     {&scheduler_slurm, "999999", 59999940},
        {&scheduler_pbs, "90", 90},           {&scheduler_pbs, "1:30", 90},
        {&scheduler_pbs, "04:00:00", 14400},  {&scheduler_lsf, "90", 5400},
        {&scheduler_lsf, "1:30", 5400},       {&scheduler_lsf, "100:00", 360000},
    };
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
        const Spelling *s = &spellings[i];
        uint64_t seconds = 0;
        CU_ASSERT_EQUAL(walltime_seconds(&s->scheduler->walltime, s->text, "--time", &seconds), STATUS_OK);
        CU_ASSERT_EQUAL(seconds, s->seconds);
    }
}

static void what_is_no_time_is_refused(void) {
    const Spelling wrong[] = {
        {&scheduler_slurm, "", 0},          {&scheduler_slurm, "0", 0},
        {&scheduler_slurm, "0-0", 0},       {&scheduler_slurm, "4h", 0},
        {&scheduler_slurm, "-5", 0},        {&scheduler_slurm, "+5", 0},
        {&scheduler_slurm, "1:60", 0},      {&scheduler_slurm, "1:2:3:4", 0},
        {&scheduler_slurm, "1-", 0},        {&scheduler_slurm, "1:", 0},
        {&scheduler_slurm, ":1", 0},        {&scheduler_slurm, "1-2-3", 0},
        {&scheduler_slurm, "1-2:3:4:5", 0}, {&scheduler_slurm, "1000000", 0},
        {&scheduler_slurm, " 5", 0},        {&scheduler_slurm, "5 ", 0},
        {&scheduler_slurm, "1.5", 0},       {&scheduler_slurm, "UNLIMITED", 0},
        {&scheduler_pbs, "1-2", 0},         {&scheduler_pbs, "1:2:3:4", 0},
        {&scheduler_lsf, "1:2:3", 0},       {&scheduler_lsf, "1-2", 0},
        {&scheduler_lsf, "1:75", 0},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        uint64_t seconds = 1;
        CU_ASSERT_EQUAL(walltime_seconds(&wrong[i].scheduler->walltime, wrong[i].text, "--time", &seconds),
                        STATUS_INPUT);
        CU_ASSERT_EQUAL(seconds, 1);
    }
    CU_ASSERT_STRING_EQUAL(status_text(),
                           "--time \"1:75\" must be a time above zero, as MINUTES or HOURS:MINUTES");
}

void suite_walltime(void) {
    static const TestCase tests[] = {
        {"each scheduler spells times in its own way", each_scheduler_spells_times_in_its_own_way},
        {"what is no time is refused", what_is_no_time_is_refused},
    };
    SUITE("walltime", tests);
}

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "rank/disk_full.h"
#include "rank/launcher.h"
#include "rank/suites.h"
#include "suite.h"

static void a_full_disk_is_explained(void) {
    static const int reasons[] = {ENOSPC, EDQUOT, EFBIG};
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        errno = reasons[i];
        Status status = status_fail_errno(STATUS_ENVIRONMENT, "cannot write to a.h5.journal");
        CU_ASSERT_EQUAL(disk_full_advise(status), STATUS_ENVIRONMENT);
        CU_ASSERT_PTR_EQUAL(strstr(status_text(), "cannot write to a.h5.journal: "), status_text());
        CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "make room, then the same command goes on"));
    }
}

static void other_errors_stay_as_they_are(void) {
    errno = EACCES;
    CU_ASSERT_EQUAL(disk_full_advise(status_fail_errno(STATUS_ENVIRONMENT, "a.h5")), STATUS_ENVIRONMENT);
    CU_ASSERT_STRING_EQUAL(status_text(), "a.h5: Permission denied");
    CU_ASSERT_EQUAL(disk_full_advise(status_fail(STATUS_RESUMABLE, "stopped")), STATUS_RESUMABLE);
    CU_ASSERT_STRING_EQUAL(status_text(), "stopped");
    CU_ASSERT_EQUAL(disk_full_advise(STATUS_OK), STATUS_OK);
}

static int warnings;
static char warning[1024];

static void note_warning(void *context, LogLevel level, const char *line) {
    (void)context;
    if (level != LOG_WARNING) return;
    warnings++;
    strncpy(warning, line, sizeof(warning) - 1);
}

/* How many warnings under these variables (NULL: unset)? */
static int warnings_under(const char *command, const char *ranks, const char *recovery, const char *async,
                          const char *timeout) {
    const char *const names[] = {"OMPI_COMMAND", "OMPI_COMM_WORLD_SIZE", "OMPI_MCA_orte_enable_recovery",
                                 "OMPI_MCA_async_mpi_finalize", "OMPI_MCA_odls_base_sigkill_timeout"};
    const char *const values[] = {command, ranks, recovery, async, timeout};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (values[i] != NULL)
            setenv(names[i], values[i], 1);
        else
            unsetenv(names[i]);
    }
    warnings = 0;
    log_set_sink(note_warning, NULL);
    launcher_warn();
    log_set_sink(NULL, NULL);
    return warnings;
}

static void missing_flags_are_named(void) {
    CU_ASSERT_EQUAL(warnings_under("winnow", "4", NULL, NULL, NULL), 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(warning, "a rank that dies ends the whole job"));
    CU_ASSERT_PTR_NOT_NULL(strstr(warning, "--enable-recovery --mca async_mpi_finalize 1 --mca "
                                           "odls_base_sigkill_timeout 20"));
    CU_ASSERT_EQUAL(warnings_under("winnow", "4", "1", NULL, "20"), 1);
    CU_ASSERT_EQUAL(warnings_under("winnow", "4", NULL, "1", "20"), 1);
    CU_ASSERT_EQUAL(warnings_under("winnow", "4", "0", "1", "20"), 1);
    CU_ASSERT_EQUAL(warnings_under("winnow", "4", "1", "1", NULL), 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(warning, "a signal to mpirun"));
}

static void nothing_is_said_where_nothing_is_missing(void) {
    CU_ASSERT_EQUAL(warnings_under("winnow", "4", "1", "1", "20"), 0);
    CU_ASSERT_EQUAL(warnings_under("winnow", "1", NULL, NULL, NULL), 0);
    CU_ASSERT_EQUAL(warnings_under(NULL, "4", NULL, NULL, NULL), 0); /* not mpirun's doing: srun */
    CU_ASSERT_EQUAL(warnings_under(NULL, NULL, NULL, NULL, NULL), 0);
}

void suite_advice(void) {
    static const TestCase tests[] = {
        {"a full disk, quota and file size are explained", a_full_disk_is_explained},
        {"other errors stay as they are", other_errors_stay_as_they_are},
        {"flags that mpirun was not given are named in one warning", missing_flags_are_named},
        {"nothing is said where nothing is missing, and of one rank",
         nothing_is_said_where_nothing_is_missing},
    };
    SUITE("advice", tests);
}

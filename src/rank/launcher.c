#include "rank/launcher.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* mpirun hands its parameters on to the ranks. */
static bool parameter_is(const char *variable, const char *value) {
    const char *given = getenv(variable);
    return given != NULL && strcmp(given, value) == 0;
}

static bool under_mpirun_with_others(void) {
    const char *ranks = getenv("OMPI_COMM_WORLD_SIZE");
    return getenv("OMPI_COMMAND") != NULL && ranks != NULL && strtol(ranks, NULL, 10) > 1;
}

void launcher_warn(void) {
    if (!under_mpirun_with_others()) return;
    bool survives = parameter_is("OMPI_MCA_orte_enable_recovery", "1") &&
                    parameter_is("OMPI_MCA_async_mpi_finalize", "1");
    bool has_time = getenv("OMPI_MCA_odls_base_sigkill_timeout") != NULL;
    if (survives && has_time) return;
    log_warning("%s (nothing finished is lost): start through scripts/launch, or with mpirun "
                "--enable-recovery --mca async_mpi_finalize 1 --mca odls_base_sigkill_timeout 20",
                survives ? "a signal to mpirun leaves running trials no time to be saved"
                         : "a rank that dies ends the whole job");
}

/* The scripts under scripts/, as they were when the program was built. */
#ifndef WINNOW_BATCH_SCRIPTS_H
#define WINNOW_BATCH_SCRIPTS_H

extern const char script_slurm[], script_pbs[], script_lsf[];

#endif

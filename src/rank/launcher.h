/* What the program that started the ranks was told of deaths among them. */
#ifndef WINNOW_RANK_LAUNCHER_H
#define WINNOW_RANK_LAUNCHER_H

/* Warn where Open MPI's mpirun would end the whole job with the first rank that dies, or give a campaign that
 * it is told to end no time to. Call it on rank 0, once. */
void launcher_warn(void);

#endif

/* Signals that ask for an orderly stop: USR1, TERM, INT, and HUP unless nohup has it ignored. */
#ifndef WINNOW_RANK_SIGNALS_H
#define WINNOW_RANK_SIGNALS_H

#include <stdbool.h>

/* On the coordinator they ask for a stop (base/stop.h), and a second INT ends the process at once; on workers
 * they are ignored: the coordinator tells them. Call before MPI_Init. SIGPIPE and SIGXFSZ are ignored: a
 * write fails instead.
 */
void signals_install(void);
/* This rank is no coordinator: what came before is forgotten, too. */
void signals_ignore(void);
/* Until signals_met the ranks come together, and one that dies meanwhile leaves the others waiting in MPI for
 * ever: after so many whole seconds (at least one) this process ends with STATUS_RESUMABLE and says so. */
void signals_meet_within(unsigned seconds);
void signals_met(void);

#endif

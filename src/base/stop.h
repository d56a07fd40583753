/* The wish to stop early, which long work heeds between two pieces of it. */
#ifndef WINNOW_BASE_STOP_H
#define WINNOW_BASE_STOP_H

/* Asked by the signal of that number; 0 takes the wish back. May be called in a signal handler. */
void stop_ask(int number);
/* The signal that asked last, or 0. */
int stop_asked(void);

#endif

/* The terminal as one screen that is ours until it is closed: the door to ncurses. */
#ifndef WINNOW_CLI_TERMINAL_H
#define WINNOW_CLI_TERMINAL_H

#include "report/watch_frame.h"

typedef enum TerminalEvent {
    TERMINAL_TIME,    /* the time has passed */
    TERMINAL_RESIZED, /* show the frame anew, in terminal_shape */
    TERMINAL_QUIT,    /* q or Ctrl-C */
    TERMINAL_ENDED    /* a signal asks the program to end, or the terminal is gone: terminal_signal */
} TerminalEvent;

typedef struct Terminal Terminal;

/* Take the terminal of standard input and output: other screen where it has one, no cursor, keys unseen.
 * *out is NULL, with STATUS_OK, where they are no terminal or one that cannot place characters. From here to
 * terminal_close the signals INT, TERM, HUP and QUIT are heeded in terminal_wait alone. One at a time. */
Status terminal_open(Terminal **out) MUST_CHECK;

/* As it was before, signals too. */
void terminal_close(Terminal **terminal);

FrameShape terminal_shape(const Terminal *terminal);

/* Show the frame: what differs from the one before is written, in one go where it is under 2800 bytes. */
Status terminal_show(Terminal *terminal, const Frame *frame) MUST_CHECK;

/* Wait for that long at most. */
TerminalEvent terminal_wait(Terminal *terminal, double seconds);

/* The signal of TERMINAL_ENDED. */
int terminal_signal(const Terminal *terminal);

#endif

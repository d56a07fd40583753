/* The terminal as one screen that is ours until it is closed: the door to ncurses, of which it uses what
 * terminfo knows of terminals. */
#ifndef WINNOW_CLI_TERMINAL_H
#define WINNOW_CLI_TERMINAL_H

#include "report/watch_frame.h"

typedef enum TerminalEvent {
    TERMINAL_TIME,    /* the time has passed */
    TERMINAL_KEY,     /* one that means nothing */
    TERMINAL_RESIZED, /* or wiped: show a frame of terminal_shape */
    TERMINAL_QUIT,    /* q or Ctrl-C */
    TERMINAL_ENDED    /* a signal asks the program to end, or the terminal is gone: terminal_signal */
} TerminalEvent;

typedef struct Terminal Terminal;

/* Take the terminal of standard input and output: its other screen where it has one, no cursor, keys unseen.
 * *out is NULL, with STATUS_OK, where they are no terminal or one that cannot place text. From here to
 * terminal_close the signals INT, TERM, HUP, QUIT, TSTP and WINCH are heeded in terminal_wait alone. One at a
 * time. */
Status terminal_open(Terminal **out) MUST_CHECK;

/* As it was before, signals too. */
void terminal_close(Terminal **terminal);

FrameShape terminal_shape(const Terminal *terminal);

/* Show a frame that was made for `shape`, and take it over: the lines that differ from those shown before, in
 * one write. */
Status terminal_show(Terminal *terminal, Frame *frame, FrameShape shape) MUST_CHECK;

/* Wait for that long at most. Ctrl-Z gives the screen back until the program goes on; Ctrl-L draws anew. */
TerminalEvent terminal_wait(Terminal *terminal, double seconds);

/* The signal of TERMINAL_ENDED. */
int terminal_signal(const Terminal *terminal);

#endif

/* Rank 0's side of the loop: what happens goes to the coordinator as events, its actions are carried out on
 * channels, journal, host process and screen. */
#ifndef WINNOW_RANK_COORDINATING_H
#define WINNOW_RANK_COORDINATING_H

#include "rank/campaign_loop.h"

typedef struct Coordinating {
    bool over; /* the rest of these is valid: */
    bool complete;
    bool ranks_lost;
    Status status; /* the campaign's, and its text */
    char text[ERROR_TEXT_SIZE];

    const LoopPlace *place;
    Channel *own; /* to rank 0's own worker; borrowed */
    Actions actions;
    char (*superseded)[BLOB_NAME_SIZE]; /* owned: blobs to remove once their successors' records are synced
                                           and no service job, which sees an earlier state, may want them */
    size_t superseded_count, superseded_capacity;
    bool *left;        /* owned [rank_count]: has said farewell, or its death was told */
    bool *ended;       /* owned [rank_count]: its process has ended, its last words may still come */
    bool serving;      /* a service job runs */
    bool appended;     /* since the last sync */
    bool synced_new;   /* the coordinator does not know of the last sync yet */
    bool stop_seen;    /* the signal */
    double next_watch; /* steady seconds */
    double next_live;
    double next_show;
} Coordinating;

/* `own` is the coordinator's end of a channel to rank 0's own worker. */
Status coordinating_begin(Coordinating *c, const LoopPlace *place, Channel *own) MUST_CHECK;

/* A message of the host process: *taken, with what it owns, where it is for the coordinator. */
Status coordinating_on_host(Coordinating *c, Message *message, bool *taken) MUST_CHECK;

/* Messages of all ranks, deaths, signals, time; then the journal's sync. *busy becomes true where something
 * happened. An error ends the campaign: of the disk, or the program's own. */
Status coordinating_round(Coordinating *c, bool *busy) MUST_CHECK;

/* After the last round, `failed` or over: tell those who do not know it yet, wait a little for their
 * farewells and no longer than they live, and release everything. Sets ranks_lost. */
void coordinating_end(Coordinating *c, bool failed);

#endif

/* The loop's side of a relay: messages of the ranks behind it, of its own worker and of the coordinator go to
 * the relay, and what it has for them on the channels. */
#ifndef WINNOW_RANK_RELAYING_H
#define WINNOW_RANK_RELAYING_H

#include "campaign/relay.h"
#include "rank/relays.h"

typedef struct Relaying {
    Relay *relay;   /* owned */
    Channel *ranks; /* to rank 0 and to the ranks behind it; borrowed */
    Channel *own;   /* the relay's end of a channel to its own worker; borrowed */
    uint32_t rank;
    uint32_t *behind; /* owned [behind_count], its own rank among them */
    size_t behind_count;
    uint32_t *ended; /* owned [ended_count]: their processes have ended, their last words may still come */
    size_t ended_count;
} Relaying;

Status relaying_begin(Relaying *r, const Relays *relays, uint32_t rank, Channel *ranks,
                      Channel *own) MUST_CHECK;
/* The rank's process has ended; nothing where it is not behind the relay. */
void relaying_on_ended(Relaying *r, uint32_t rank);
/* *busy becomes true where something came. STATUS_RESUMABLE where rank 0 is gone. */
Status relaying_round(Relaying *r, double now, bool *busy) MUST_CHECK;
/* No more is passed on: those behind it are told to speak to rank 0 themselves. */
void relaying_close(Relaying *r);
void relaying_release(Relaying *r);

#endif

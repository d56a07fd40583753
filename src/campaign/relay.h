/* A layer between the coordinator and the ranks of a node, as a pure step: what they say goes up in bundles,
 * and of their progress, which is most of what they say, only the newest every two seconds; what the
 * coordinator says is taken apart and handed to each. Workers speak to it as they would to the coordinator.
 * No I/O and no clock of its own. */
#ifndef WINNOW_CAMPAIGN_RELAY_H
#define WINNOW_CAMPAIGN_RELAY_H

#include "campaign/bundle.h"

#define RELAY_PROGRESS_SECONDS 2.0 /* between two words of progress of a rank, at least */

/* Bytes of a message for a worker behind the relay, its own among them; or, where `rank` is 0, a bundle for
 * the coordinator. They stay the relay's. */
typedef Status (*RelayOutlet)(void *context, uint32_t rank, const void *data, size_t length);

typedef struct Relay Relay;

/* `own` is the rank of the process that the relay is in, and one of `ranks`: those behind it. */
Status relay_create(Relay **out, uint32_t own, const uint32_t *ranks, size_t count, RelayOutlet outlet,
                    void *context) MUST_CHECK;
void relay_destroy(Relay **relay); /* NULL is allowed */

/* A worker behind it has sent this. STATUS_ENVIRONMENT where it is damaged. */
Status relay_on_worker(Relay *relay, uint32_t rank, const void *data, size_t length, double now) MUST_CHECK;
/* That rank's process has ended, or no more is to be had of it. The coordinator is told, unless it has said
 * farewell. */
void relay_on_lost(Relay *relay, uint32_t rank);
/* That rank has sent a message of no bytes: it speaks to the coordinator itself from now on, as its relay was
 * silent for too long. */
void relay_on_left(Relay *relay, uint32_t rank);
/* The coordinator has sent this: a bundle. STATUS_ENVIRONMENT where it is damaged, or for a rank that is not
 * behind the relay. */
Status relay_on_coordinator(Relay *relay, const void *data, size_t length) MUST_CHECK;
/* Time passes: what has gathered goes up. To be called once what has come was taken in. */
Status relay_tick(Relay *relay, double now) MUST_CHECK;
/* Have all ranks behind it, but its own, said farewell or are gone, and has all been sent on? */
bool relay_is_done(const Relay *relay);

#endif

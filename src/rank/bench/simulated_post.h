/* Rank 0's channel on the fake clock, whose peers are rank numbers. What has come lies in the inbox, and is
 * handed over by the batch: all that had come when it began. What is sent waits until it is let out, since
 * only then is known how much of the clock's time has passed before. */
#ifndef WINNOW_RANK_SIMULATED_POST_H
#define WINNOW_RANK_SIMULATED_POST_H

#include "rank/bench/simulated_world.h"

/* A message that leaves when what led to it has been dealt with. */
typedef struct Outgoing {
    size_t after; /* so many of the present batch */
    uint32_t rank;
    uint8_t *bytes; /* owned */
    size_t length;
} Outgoing;

typedef struct SimulatedPost {
    Channel channel;   /* not to be destroyed: the post is released */
    TimedEvent *inbox; /* owned [inbox_count]: come, and not yet taken in */
    size_t inbox_count, inbox_capacity;
    TimedEvent *batch; /* owned [batch_count]: those that are being taken in */
    size_t batch_count, batch_capacity;
    size_t taken;       /* of them */
    uint64_t unread;    /* messages in what was handed over, at most, that nobody has seen yet */
    Outgoing *outgoing; /* owned [outgoing_count] */
    size_t outgoing_count, outgoing_capacity;
    uint64_t received, sent; /* a bundle is one */
} SimulatedPost;

/* It may not be moved once its channel is used. */
SimulatedPost simulated_post(void);
void simulated_post_release(SimulatedPost *post);

/* TO_COORDINATOR, DEATH_IS_TOLD (which the channel tells as a peer that is gone) or JOB_IS_DONE: takes over
 * what it owns, unless it fails. */
Status simulated_post_arrive(SimulatedPost *post, TimedEvent *event) MUST_CHECK;
/* The inbox becomes the batch; the last one must have been taken in. */
void simulated_post_begin_batch(SimulatedPost *post);
/* Is there more in this batch? To be asked before each receive, as one that finds nothing says that nothing
 * has come meanwhile, either. */
bool simulated_post_has_more(const SimulatedPost *post);
/* A receive has given a message. */
void simulated_post_seen(SimulatedPost *post);
/* Is a job's end next in this batch, in place of messages? Then it is taken, and *job is which. */
bool simulated_post_take_job(SimulatedPost *post, uint64_t *job);
/* What was sent leaves, evenly over the `cost` seconds that the batch took from now on. */
Status simulated_post_let_out(SimulatedPost *post, SimulatedWorld *world, double cost) MUST_CHECK;

#endif

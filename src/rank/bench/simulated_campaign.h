/* A campaign on a fake clock: the real coordinator, ledger, messages and, where asked for, journal, with any
 * number of simulated ranks (simulated_rank.h) in this one thread. Stages, zoom, early stopping, samplers,
 * leases, checkpoints, lost ranks: all goes as in a real campaign, only training is made up and no bytes of
 * networks are moved.
 *
 * Rank 0's loop is kept: whatever messages have come are taken in, then time, then the journal is synced and
 * the rows of that round are acknowledged. Where `charge` is set, the processor time that all this takes here
 * passes on the fake clock, so that a slow coordinator keeps ranks waiting; else it takes none, and the same
 * rules give the same ledger and the same figures each time.
 *
 * Ranks of a node can sit behind relays, as in large jobs: the real ones (simulated_relay.h), and rank 0's
 * real channel to them. A relay's own time is not the coordinator's, and takes none. */
#ifndef WINNOW_RANK_SIMULATED_CAMPAIGN_H
#define WINNOW_RANK_SIMULATED_CAMPAIGN_H

#include "campaign/coordinator.h"
#include "rank/bench/simulated_rank.h"
#include "store/journal.h"

/* A rank (never 0) that ends without a word. */
typedef struct SimulatedLoss {
    uint32_t rank;
    double time; /* seconds */
    bool told;   /* the coordinator is told at once, by a living relay after NOTICE_SECONDS; else only silence
                    tells (limits.silence_seconds) */
} SimulatedLoss;

typedef struct SimulationRules {
    uint32_t ranks;           /* >= 1, on nodes of RANKS_A_NODE */
    uint32_t ranks_per_relay; /* relays.h; 0: none */
    MadeUpEpoch epoch;        /* what training gives, and `context` for it, borrowed */
    const void *context;
    MadeUpEnd ended; /* who is told of each trial's end, and `watcher` for it, borrowed; NULL: nobody */
    void *watcher;
    double sync_seconds; /* a sync of the journal holds the coordinator up, >= 0 */
    bool charge;
    Journal *journal; /* borrowed, holding what the ledger does; written to and not synced; NULL: none */
    const SimulatedLoss *losses; /* borrowed [loss_count] */
    size_t loss_count;
} SimulationRules;
/* `ranks` and `epoch` as given; 0, no relays, no charge, nobody told, no journal or losses. */
SimulationRules simulation_rules(uint32_t ranks, MadeUpEpoch epoch, const void *context);

typedef struct SimulationFigures {
    double seconds;           /* on the fake clock, up to the last row */
    double training_seconds;  /* on it, of all ranks together */
    uint64_t epochs;          /* trained by all ranks together */
    uint64_t leases;          /* given out in this run */
    double processor_seconds; /* of the coordinator: messages in and out, steps, appends */
    uint64_t received, sent;  /* messages, by the coordinator */
    /* the same as the channel carries them, a bundle being one: */
    uint64_t channel_received, channel_sent;
    uint64_t syncs;
    uint64_t journal_bytes; /* appended, where there is a journal */
    uint64_t world_bytes;   /* that the simulation itself takes: its ranks and the queue of events */
} SimulationFigures;

typedef struct SimulatedCampaign SimulatedCampaign;

/* The config stays borrowed; the ledger, which is taken over, holds what campaign_beginning() puts there, or
 * a campaign so far. NULL: a new one. */
Status simulated_campaign_create(SimulatedCampaign **out, const Config *config, Ledger *ledger,
                                 const SimulationRules *rules) MUST_CHECK;
/* Until the campaign is over: STATUS_OK where it is complete, also with no trial finished (the ledger's end
 * tells); else its own status and text. */
Status simulated_campaign_run(SimulatedCampaign *campaign, SimulationFigures *figures) MUST_CHECK;
/* Borrowed. */
const Ledger *simulated_campaign_ledger(const SimulatedCampaign *campaign);
void simulated_campaign_destroy(SimulatedCampaign **campaign);

#endif

#include "rank/bench/simulated_campaign.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/stop.h"
#include "base/text.h"
#include "rank/append_actions.h"
#include "rank/bench/campaign_beginning.h"
#include "rank/bench/processor_laps.h"
#include "rank/bench/simulated_post.h"
#include "rank/relays.h"

#define TICK_SECONDS 1.0        /* between two looks of a coordinator to which nothing happens */
#define STANDSTILL 100000.0     /* seconds without any training: the coordinator waits for nothing */
#define UNIX_START 1700000000.0 /* Unix seconds at the fake clock's 0 */
#define JOB_SECONDS 1.0         /* of a service job (publishing, the ensemble), beside the coordinator */

struct SimulatedCampaign {
    SimulationRules rules;
    SimulatedWorld world;
    SimulatedRank *ranks; /* owned [rules.ranks] */
    Coordinator *coordinator;
    Actions actions;
    SimulatedPost post;
    Channel *channel; /* owned, on top of the post's: to all ranks, also to those behind relays */
    uint32_t relayed; /* so many of them */
    bool busy;        /* it goes on by itself */
    bool appended;    /* since the last sync */
    uint64_t rounds;  /* tag of the next tick */
    double last_seen; /* when some rank last trained */
    bool over;
    bool complete; /* where over: */
    Status status;
    char text[ERROR_TEXT_SIZE];
    ProcessorLaps laps;
    SimulationFigures figures;
};

SimulationRules simulation_rules(uint32_t ranks, MadeUpEpoch epoch, const void *context) {
    return (SimulationRules){.ranks = ranks, .epoch = epoch, .context = context};
}

static Moment moment(const SimulatedCampaign *s) {
    return (Moment){.steady = s->world.now, .unix_time = UNIX_START + s->world.now};
}

static Status later(SimulatedCampaign *s, SimulatedEvent kind, double after, uint64_t tag) {
    return event_queue_put(&s->world.events,
                           (TimedEvent){.time = s->world.now + after, .kind = kind, .tag = tag});
}

/* --- the coordinator's actions --- */

static Status send(SimulatedCampaign *s, const Action *action) {
    s->figures.sent++;
    return message_send(s->channel, (int)action->worker, action->message);
}

static Status carry_out(SimulatedCampaign *s, const Action *action) {
    switch (action->kind) {
    case ACTION_SEND: return send(s, action);
    case ACTION_APPEND: s->appended = true; return STATUS_OK; /* done */
    case ACTION_JOB: return later(s, JOB_IS_DONE, JOB_SECONDS, (uint64_t)action->job);
    case ACTION_FINISH:
        s->over = true;
        s->complete = action->complete;
        s->status = action->status;
        text_copy(s->text, sizeof(s->text), action->text);
        return STATUS_OK;
    default: return STATUS_OK; /* news, and files that nobody wrote */
    }
}

static Status step(SimulatedCampaign *s, Event *event) {
    Status status = coordinator_step(s->coordinator, event, moment(s), &s->actions);
    bool any;
    if (status == STATUS_OK && s->rules.journal != NULL)
        status = append_actions(s->rules.journal, &s->actions, &any);
    for (size_t i = 0; status == STATUS_OK && i < s->actions.count; i++)
        status = carry_out(s, &s->actions.list[i]);
    actions_clear(&s->actions);
    return status;
}

/* --- what comes in --- */

static Status take_loss(SimulatedCampaign *s, uint32_t rank) {
    status_clear();
    Event lost = {.kind = EVENT_WORKER_LOST, .worker = rank};
    return step(s, &lost);
}

/* The next one; where there is none, what has gathered for relays is sent. */
static Status take_message(SimulatedCampaign *s) {
    int peer;
    Message message;
    bool got;
    Status status = message_receive(s->channel, &peer, &message, &got);
    if (status != STATUS_OK && peer > 0) {
        simulated_post_seen(&s->post);
        return take_loss(s, (uint32_t)peer);
    }
    TRY(status);
    if (!got) return STATUS_OK;
    simulated_post_seen(&s->post);
    s->figures.received++;
    Event event = {.kind = EVENT_MESSAGE, .worker = (uint32_t)peer, .message = &message};
    status = step(s, &event);
    message_release(&message);
    return status;
}

/* The best trial alone. */
static Status ensemble_of(const SimulatedCampaign *s, EnsembleRecord *record) {
    uint64_t *best;
    size_t count;
    const Ledger *ledger = coordinator_ledger(s->coordinator);
    TRY(ledger_best(ledger, s->world.config->metric, 1, &best, &count));
    const TrainOutcome *outcome = &ledger->trials[best[0]].record.outcome;
    *record = (EnsembleRecord){.member_count = 1,
                               .members = best,
                               .pick_count = 1,
                               .val_accuracy = outcome->val_accuracy,
                               .val_loss = outcome->val_loss,
                               .test_accuracy = NAN,
                               .test_loss = NAN,
                               .single = best[0],
                               .single_val_accuracy = outcome->val_accuracy,
                               .single_val_loss = outcome->val_loss,
                               .single_test_accuracy = NAN,
                               .single_test_loss = NAN};
    TRY(memory_new(&record->counts, 1, sizeof(uint32_t)));
    TRY(memory_new(&record->metric_after_pick, 1, sizeof(double)));
    record->counts[0] = 1;
    record->metric_after_pick[0] =
        metric_of(s->world.config->metric, outcome->val_accuracy, outcome->val_loss);
    return STATUS_OK;
}

static Status job_result(SimulatedCampaign *s) {
    Record record = {.kind = RECORD_ENSEMBLE};
    Status status = ensemble_of(s, &record.as.ensemble);
    Event found = {.kind = EVENT_JOB_RESULT, .record = &record};
    if (status == STATUS_OK) status = step(s, &found);
    record_release(&record);
    return status;
}

static Status job_done(SimulatedCampaign *s, JobKind job) {
    if (job == JOB_ENSEMBLE) TRY(job_result(s));
    Event ended = {.kind = EVENT_JOB_ENDED, .text = "", .seconds = JOB_SECONDS};
    return step(s, &ended);
}

static Status take_in(SimulatedCampaign *s) {
    uint64_t job;
    return simulated_post_take_job(&s->post, &job) ? job_done(s, (JobKind)job) : take_message(s);
}

/* --- a round of rank 0's loop --- */

/* From here on the processor's time is the coordinator's .. */
static void begin_charge(SimulatedCampaign *s) {
    (void)processor_lap(&s->laps);
}

/* .. up to here: what it comes to on the fake clock. */
static double charge(SimulatedCampaign *s) {
    double seconds = processor_lap(&s->laps);
    s->figures.processor_seconds += seconds;
    return s->rules.charge ? seconds : 0;
}

/* All that has come by now. */
static Status take_batch(SimulatedCampaign *s) {
    size_t rows = coordinator_ledger(s->coordinator)->finished_count;
    simulated_post_begin_batch(&s->post);
    begin_charge(s);
    Status status = STATUS_OK;
    while (status == STATUS_OK && !s->over && simulated_post_has_more(&s->post))
        status = take_in(s);
    double cost = charge(s);
    if (coordinator_ledger(s->coordinator)->finished_count > rows) s->figures.seconds = s->world.now + cost;
    TRY(status);
    TRY(simulated_post_let_out(&s->post, &s->world, cost));
    return later(s, COORDINATOR_GOES_ON, cost, 0);
}

static Status simple_event(SimulatedCampaign *s, EventKind kind, double *cost) {
    begin_charge(s);
    if (kind == EVENT_TICK) TRY(take_message(s)); /* none: what has gathered for relays is sent */
    Event event = {.kind = kind};
    TRY(step(s, &event));
    *cost = charge(s);
    return simulated_post_let_out(&s->post, &s->world, *cost);
}

/* Everything has been taken in: time, then the journal. What the coordinator says then to ranks behind relays
 * leaves in the next round, as that finds nothing more to take in. */
static Status end_round(SimulatedCampaign *s) {
    double cost;
    TRY(simple_event(s, EVENT_TICK, &cost));
    if (s->appended) {
        s->appended = false;
        s->figures.syncs++;
        return later(s, COORDINATOR_SYNCED, cost + s->rules.sync_seconds, 0);
    }
    if (s->post.inbox_count > 0 || channel_sending(s->channel)) return later(s, COORDINATOR_GOES_ON, cost, 0);
    s->busy = false;
    return later(s, COORDINATOR_TICKS, TICK_SECONDS, ++s->rounds);
}

static Status go_on(SimulatedCampaign *s) {
    return s->post.inbox_count > 0 ? take_batch(s) : end_round(s);
}

static Status synced(SimulatedCampaign *s) {
    double cost;
    TRY(simple_event(s, EVENT_SYNCED, &cost));
    return later(s, COORDINATOR_GOES_ON, cost, 0);
}

static Status wake(SimulatedCampaign *s) {
    if (s->busy) return STATUS_OK;
    s->busy = true;
    return go_on(s);
}

static Status tick(SimulatedCampaign *s, uint64_t round) {
    if (s->busy || round != s->rounds) return STATUS_OK;
    if (s->world.training > 0) s->last_seen = s->world.now;
    if (s->world.now - s->last_seen > STANDSTILL)
        return status_fail(STATUS_ENVIRONMENT, "the simulated campaign stands still after %zu trials",
                           coordinator_ledger(s->coordinator)->finished_count);
    return wake(s);
}

static Status arrive(SimulatedCampaign *s, TimedEvent *event) {
    TRY(simulated_post_arrive(&s->post, event));
    return wake(s);
}

/* Behind a living relay a rank's end is that one's to tell, once it has seen it. */
static Status tell_death(SimulatedCampaign *s, TimedEvent *event) {
    const SimulatedRank *rank = &s->ranks[event->rank];
    if (!simulated_rank_is_relayed(rank) || s->ranks[rank->relay].dead) return arrive(s, event);
    return event_queue_put(&s->world.events, (TimedEvent){.time = s->world.now + NOTICE_SECONDS,
                                                          .kind = RELAY_IS_TOLD,
                                                          .rank = rank->relay,
                                                          .tag = event->rank});
}

static Status handle(SimulatedCampaign *s, TimedEvent *event) {
    switch ((SimulatedEvent)event->kind) {
    case TO_COORDINATOR:
    case JOB_IS_DONE: return arrive(s, event);
    case DEATH_IS_TOLD: return tell_death(s, event);
    case COORDINATOR_GOES_ON: return go_on(s);
    case COORDINATOR_SYNCED: return synced(s);
    case COORDINATOR_TICKS: return tick(s, event->tag);
    case TO_RANK:
    case RANK_CHILD_BEGINS:
    case RANK_EPOCH_ENDS:
    case RANK_STORED:
    case RANK_WAKES:
    case RANK_LOSES_RELAY:
    case RANK_DIES:
    case TO_RELAY:
    case RELAY_GOES_ON:
    case RELAY_IS_TOLD: return simulated_rank_event(&s->ranks[event->rank], event);
    }
    return STATUS_OK;
}

/* --- life --- */

static Status plan_losses(SimulatedCampaign *s) {
    for (size_t i = 0; i < s->rules.loss_count; i++) {
        const SimulatedLoss *loss = &s->rules.losses[i];
        if (loss->rank == 0 || loss->rank >= s->rules.ranks) continue;
        TimedEvent event = {.time = loss->time, .kind = RANK_DIES, .rank = loss->rank};
        TRY(event_queue_put(&s->world.events, event));
        event.kind = DEATH_IS_TOLD;
        if (loss->told) TRY(event_queue_put(&s->world.events, event));
    }
    return STATUS_OK;
}

/* As in a real job on nodes of RANKS_A_NODE ranks. */
static Status lay_out(Relays *relays, const SimulationRules *rules) {
    RankPlace *places;
    *relays = (Relays){0};
    TRY(memory_new(&places, rules->ranks, sizeof(RankPlace)));
    for (uint32_t r = 0; r < rules->ranks; r++)
        places[r] = (RankPlace){.node_first = r - r % RANKS_A_NODE, .node_rank = r % RANKS_A_NODE};
    Status status = relays_of(relays, places, rules->ranks, rules->ranks_per_relay);
    free(places);
    return status;
}

static Status begin_rank(SimulatedCampaign *s, const Relays *relays, uint32_t rank) {
    SimulatedRelay *relaying = NULL;
    uint32_t count = 0; /* ranks behind this one, which follow each other */
    while (rank + count < relays->ranks && relays->relay_of[rank + count] == rank)
        count++;
    s->relayed += count;
    if (count > 0) TRY(simulated_relay_create(&relaying, &s->world, rank, count));
    return simulated_rank_begin(&s->ranks[rank], &s->world, rank, relays->relay_of[rank], relaying);
}

static Status begin_ranks(SimulatedCampaign *s) {
    Relays relays;
    Status status = lay_out(&relays, &s->rules);
    if (status == STATUS_OK)
        status = channel_relayed_create(&s->channel, &s->post.channel, relays.relay_of, relays.ranks);
    if (status == STATUS_OK) status = memory_new(&s->ranks, s->rules.ranks, sizeof(SimulatedRank));
    for (uint32_t r = 0; status == STATUS_OK && r < s->rules.ranks; r++)
        status = begin_rank(s, &relays, r);
    relays_release(&relays);
    return status;
}

static Status begin(SimulatedCampaign *s, Ledger *ledger) {
    CoordinatorPlace place = {
        .workers = s->rules.ranks, .shard = SHARD_ALL, .published = true, .deadline = INFINITY};
    TRY(coordinator_create(&s->coordinator, s->world.config, ledger, &place, moment(s)));
    TRY(begin_ranks(s));
    TRY(plan_losses(s));
    return later(s, COORDINATOR_TICKS, 0, 0);
}

Status simulated_campaign_create(SimulatedCampaign **out, const Config *config, Ledger *ledger,
                                 const SimulationRules *rules) {
    *out = NULL;
    SimulatedCampaign *s = NULL;
    Status status = STATUS_OK;
    if (ledger == NULL) {
        TRY(ledger_create(&ledger));
        status = campaign_beginning(config, ledger, NULL);
    }
    if (status == STATUS_OK) status = memory_new(&s, 1, sizeof(*s));
    if (status != STATUS_OK) {
        ledger_destroy(&ledger);
        return status;
    }
    s->rules = *rules;
    s->post = simulated_post();
    s->world = (SimulatedWorld){.config = config,
                                .epoch = rules->epoch,
                                .context = rules->context,
                                .ended = rules->ended,
                                .watcher = rules->watcher};
    s->figures.leases = ledger->lease_count;
    status = begin(s, ledger);
    if (status == STATUS_OK)
        *out = s;
    else
        simulated_campaign_destroy(&s);
    return status;
}

Status simulated_campaign_run(SimulatedCampaign *s, SimulationFigures *figures) {
    uint64_t length = s->rules.journal != NULL ? journal_length(s->rules.journal) : 0;
    TimedEvent event;
    s->laps = processor_laps();
    while (!s->over) {
        if (stop_asked() != 0) return status_fail(STATUS_ENVIRONMENT, "ended by a signal");
        if (!event_queue_take(&s->world.events, &event))
            return status_fail(STATUS_ENVIRONMENT, "nothing more happens in the simulated campaign");
        s->world.now = event.time;
        Status status = handle(s, &event);
        free(event.bytes);
        TRY(status);
    }
    *figures = s->figures;
    figures->training_seconds = s->world.training_seconds;
    figures->epochs = s->world.epochs;
    figures->leases = coordinator_ledger(s->coordinator)->lease_count - s->figures.leases;
    figures->channel_received = s->post.received;
    figures->channel_sent = s->post.sent;
    figures->world_bytes = s->rules.ranks * sizeof(SimulatedRank) + s->relayed * sizeof(ProgressMessage) +
                           s->world.events.capacity * sizeof(TimedEvent);
    if (s->rules.journal != NULL) figures->journal_bytes = journal_length(s->rules.journal) - length;
    bool none_finished = s->complete && s->status == STATUS_ENVIRONMENT;
    return s->status == STATUS_OK || none_finished ? STATUS_OK : status_fail(s->status, "%s", s->text);
}

const Ledger *simulated_campaign_ledger(const SimulatedCampaign *campaign) {
    return coordinator_ledger(campaign->coordinator);
}

void simulated_campaign_destroy(SimulatedCampaign **campaign) {
    SimulatedCampaign *s = *campaign;
    if (s == NULL) return;
    *campaign = NULL;
    for (uint32_t r = 0; s->ranks != NULL && r < s->rules.ranks; r++)
        simulated_rank_release(&s->ranks[r]);
    channel_destroy(&s->channel);
    simulated_post_release(&s->post);
    coordinator_destroy(&s->coordinator);
    actions_release(&s->actions);
    event_queue_release(&s->world.events);
    free(s->ranks);
    free(s);
}

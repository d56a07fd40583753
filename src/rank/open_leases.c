#include "rank/open_leases.h"

#include <math.h>

#include "store/live.h"

/* How far the trial had come on that rank; 0 where it is not known. */
static uint32_t epochs_reached(const LiveState *live, const LeaseRecord *lease) {
    for (size_t i = 0; i < live->rank_count; i++) {
        const LiveRank *rank = &live->ranks[i];
        if (rank->training && rank->rank == lease->rank && rank->trial == lease->trial &&
            rank->epoch <= rank->epochs)
            return rank->epoch;
    }
    return 0;
}

static Status lease_end(Journal *journal, Ledger *ledger, const LeaseRecord *lease, uint32_t reached) {
    const CheckpointRecord *checkpoint = ledger->trials[lease->trial].checkpoint;
    uint32_t saved = checkpoint != NULL ? checkpoint->epoch : 0;
    Record record = {.kind = RECORD_LEASE, .as.lease = *lease};
    record.as.lease.outcome = LEASE_LOST;
    record.as.lease.end = NAN;
    record.as.lease.last_epoch = reached > saved ? reached : saved;
    if (record.as.lease.last_epoch < lease->first_epoch)
        record.as.lease.first_epoch = record.as.lease.last_epoch = 0; /* ended none */
    TRY(journal_append(journal, &record));
    return ledger_apply(ledger, &record);
}

Status open_leases_end(const char *file, Journal *journal, Ledger *ledger) {
    LiveState live = {0};
    bool found = false;
    if (live_read(file, &live, &found) != STATUS_OK) status_clear(); /* nothing needs it */
    Status status = STATUS_OK;
    for (size_t i = 0; i < ledger->lease_count && status == STATUS_OK; i++) {
        LeaseRecord lease = ledger->leases[i];
        if (lease.lease == 0 || lease.outcome != LEASE_OPEN || ledger->trials[lease.trial].finished) continue;
        status = lease_end(journal, ledger, &lease, epochs_reached(&live, &lease));
    }
    live_release(&live);
    return status;
}

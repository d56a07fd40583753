/* Trials that wait for a worker: those that nobody has had yet, by a cursor over their ids, and those that
 * have come free again or may go on past a rung, in a heap by id whose stale entries are dropped on the way.
 */
#include "base/memory.h"
#include "campaign/coordinator/state.h"

static void swap(uint64_t *a, uint64_t *b) {
    uint64_t held = *a;
    *a = *b;
    *b = held;
}

static void drop_lowest(Coordinator *c) {
    uint64_t *heap = c->freed;
    size_t count = --c->freed_count;
    heap[0] = heap[count];
    for (size_t at = 0, child = 1; child < count; at = child, child = 2 * at + 1) {
        if (child + 1 < count && heap[child + 1] < heap[child]) child++;
        if (heap[at] <= heap[child]) return;
        swap(&heap[at], &heap[child]);
    }
}

Status trial_free(Coordinator *c, uint64_t trial) {
    c->trials[trial].holder = 0;
    c->look_again = true;
    TRY(memory_grow(&c->freed, &c->freed_capacity, c->freed_count + 1, sizeof(uint64_t)));
    uint64_t *heap = c->freed;
    size_t at = c->freed_count++;
    for (heap[at] = trial; at > 0 && heap[at] < heap[(at - 1) / 2]; at = (at - 1) / 2)
        swap(&heap[at], &heap[(at - 1) / 2]);
    return STATUS_OK;
}

/* Its state is being written: whoever went on from the one before would train epochs twice. */
static bool is_stored_now(const Coordinator *c, uint64_t trial) {
    for (size_t i = 0; i < c->store_count; i++) {
        if (c->stores[i].record.trial == trial) return true;
    }
    return false;
}

bool trial_is_free(const Coordinator *c, uint64_t trial) {
    if (!plan_in_shard(&c->plan, trial, c->shard)) return false;
    if (trial >= c->trial_capacity) return true;
    return c->trials[trial].holder == 0 && !coordinator_finished(c, trial) && !trial_at_rung(c, trial) &&
           !is_stored_now(c, trial);
}

uint64_t trial_freed(Coordinator *c) {
    while (c->freed_count > 0 && !trial_is_free(c, c->freed[0]))
        drop_lowest(c);
    return c->freed_count > 0 ? c->freed[0] : NO_TRIAL;
}

uint64_t trial_waiting(Coordinator *c) {
    uint64_t end = c->plan.first[coordinator_stage(c) + 1], freed = trial_freed(c);
    while (c->next < end && !trial_is_free(c, c->next))
        c->next++;
    return c->next < end && c->next < freed ? c->next : freed;
}

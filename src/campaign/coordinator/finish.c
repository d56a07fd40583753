/* The end of a run. */
#include "base/memory.h"
#include "base/text.h"
#include "campaign/coordinator/state.h"

Status coordinator_finish(Coordinator *c, Actions *actions) {
    for (uint32_t i = 0; i < c->worker_count; i++)
        TRY(stop_tell(c, actions, i));
    TRY(worker_losses(c, actions));
    Action *action;
    TRY(actions_add(actions, ACTION_FINISH, &action));
    action->status = c->final_status;
    action->complete = c->complete;
    action->ranks_lost = ranks_lost(c);
    TRY(memory_text(&action->text, c->final_text));
    c->phase = PHASE_OVER;
    return STATUS_OK;
}

Status coordinator_fail(Coordinator *c, Actions *actions, Status status, const char *text, Moment now) {
    c->final_status = status;
    text_copy(c->final_text, sizeof(c->final_text), text);
    c->complete = false;
    Record failure = {.kind = RECORD_FAILURE, .as.failure = {.time = now.unix_time}};
    text_copy(failure.as.failure.reason, REASON_SIZE, c->final_text);
    TRY(coordinator_append(c, actions, &failure));
    return coordinator_finish(c, actions);
}

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "campaign/coordinator/state.h"

Status actions_add(Actions *actions, ActionKind kind, Action **out) {
    TRY(memory_grow(&actions->list, &actions->capacity, actions->count + 1, sizeof(Action)));
    Action *action = &actions->list[actions->count++];
    memset(action, 0, sizeof(*action));
    action->kind = kind;
    *out = action;
    return STATUS_OK;
}

void actions_clear(Actions *actions) {
    for (size_t i = 0; i < actions->count; i++) {
        free(actions->list[i].bytes);
        free(actions->list[i].text);
        if (actions->list[i].message != NULL) message_release(actions->list[i].message);
        free(actions->list[i].message);
    }
    actions->count = 0;
}

void actions_release(Actions *actions) {
    actions_clear(actions);
    free(actions->list);
    *actions = (Actions){0};
}

Status coordinator_news(Actions *actions, const char *format, ...) {
    Action *action;
    TRY(actions_add(actions, ACTION_NEWS, &action));
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&action->text, format, arguments);
    va_end(arguments);
    if (length >= 0) return STATUS_OK;
    action->text = NULL;
    return status_fail(STATUS_ENVIRONMENT, "out of memory");
}

Status coordinator_send(Coordinator *c, Actions *actions, uint32_t worker, const Message *message) {
    if (!worker_there(&c->workers[worker])) return STATUS_OK;
    Action *action;
    TRY(actions_add(actions, ACTION_SEND, &action));
    action->worker = worker;
    return message_duplicate(&action->message, message);
}

Status coordinator_verdict(Coordinator *c, Actions *actions, uint32_t worker, const Offer *offer,
                           BlobKind what, bool keep) {
    Message message;
    message.kind = MESSAGE_VERDICT;
    message.as.verdict =
        (VerdictMessage){.lease = offer->lease, .trial = offer->trial, .what = (uint8_t)what, .keep = keep};
    return coordinator_send(c, actions, worker, &message);
}

Status coordinator_append(Coordinator *c, Actions *actions, Record *record) {
    ByteWriter writer = {0};
    record_encode(record, &writer);
    Status status = bytes_writer_status(&writer);
    Action *action = NULL;
    if (status == STATUS_OK) status = actions_add(actions, ACTION_APPEND, &action);
    if (status != STATUS_OK) {
        bytes_writer_release(&writer);
        record_release(record);
        return status;
    }
    action->bytes = writer.data;
    action->length = writer.length;
    return ledger_apply(c->ledger, record);
}

Status coordinator_store(Actions *actions, const char *name, uint8_t **bytes, size_t length) {
    Action *action;
    TRY(actions_add(actions, ACTION_STORE, &action));
    text_copy(action->name, sizeof(action->name), name);
    action->bytes = *bytes;
    action->length = length;
    *bytes = NULL;
    return STATUS_OK;
}

Status coordinator_remove(Actions *actions, const char *name) {
    Action *action;
    TRY(actions_add(actions, ACTION_REMOVE, &action));
    text_copy(action->name, sizeof(action->name), name);
    return STATUS_OK;
}

Status coordinator_job(Coordinator *c, Actions *actions, JobKind job) {
    Action *action;
    TRY(actions_add(actions, ACTION_JOB, &action));
    action->job = job;
    c->job = job;
    c->job_running = true;
    return STATUS_OK;
}

#include "rank/append_actions.h"

Status append_actions(Journal *journal, const Actions *actions, bool *any) {
    *any = false;
    for (size_t i = 0; i < actions->count; i++) {
        const Action *action = &actions->list[i];
        if (action->kind != ACTION_APPEND) continue;
        journal_gather(journal, action->bytes, action->length);
        *any = true;
    }
    return *any ? journal_append_gathered(journal) : STATUS_OK;
}

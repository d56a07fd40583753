#include "store/live.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "store/paths.h"

#define LIVE_ENDING ".live"
#define LIVE_MAX ((size_t)64 << 20) /* bytes; a hundred thousand ranks take a fifth of it */

static json_t *rank_json(const LiveRank *rank) {
    json_t *object = json_pack("{s:I, s:s, s:b, s:b}", "rank", (json_int_t)rank->rank, "host", rank->host,
                               "lost", rank->lost, "training", rank->training);
    if (!rank->training) return object;
    json_object_set_new(object, "trial", json_integer((json_int_t)rank->trial));
    json_object_set_new(object, "epoch", json_integer(rank->epoch));
    json_object_set_new(object, "epochs", json_integer(rank->epochs));
    json_object_set_new(object, "since", json_number_or_null(rank->since));
    return object;
}

static char *state_text(const LiveState *state) {
    json_t *ranks = json_array();
    for (size_t i = 0; i < state->rank_count; i++)
        json_array_append_new(ranks, rank_json(&state->ranks[i]));
    json_t *object = json_pack("{s:f, s:s, s:I, s:s, s:o}", "time", state->time, "host", state->host,
                               "process", (json_int_t)state->process, "doing", state->doing, "ranks", ranks);
    return object != NULL ? json_text_take(object) : NULL;
}

static Status replace(const char *temporary, const char *path, const char *text, size_t length) {
    int descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) return status_fail_errno(STATUS_ENVIRONMENT, "cannot create %s", temporary);
    Status status = file_write_all(descriptor, text, length, temporary);
    if (close(descriptor) != 0 && status == STATUS_OK)
        status = status_fail_errno(STATUS_ENVIRONMENT, "cannot write %s", temporary);
    if (status == STATUS_OK && rename(temporary, path) != 0)
        status = status_fail_errno(STATUS_ENVIRONMENT, "cannot rename %s to %s", temporary, path);
    if (status != STATUS_OK) (void)unlink(temporary);
    return status;
}

Status live_write(const char *file, const LiveState *state) {
    char *path = NULL, *temporary = NULL;
    char *text = state_text(state);
    if (text == NULL) return status_fail(STATUS_ENVIRONMENT, "out of memory");
    Status status = campaign_path(&path, file, LIVE_ENDING);
    if (status == STATUS_OK) status = campaign_path(&temporary, file, LIVE_ENDING ".tmp");
    if (status == STATUS_OK) status = replace(temporary, path, text, strlen(text));
    free(temporary);
    free(path);
    free(text);
    return status;
}

/* --- reading: each getter gives false where the value is missing or makes no sense --- */

static bool get_text(const json_t *object, const char *key, char *out, size_t size) {
    const char *text = json_string_value(json_object_get(object, key));
    if (text == NULL || strlen(text) >= size) return false;
    text_copy(out, size, text);
    return true;
}

static bool get_whole(const json_t *object, const char *key, json_int_t limit, json_int_t *out) {
    const json_t *value = json_object_get(object, key);
    *out = json_integer_value(value);
    return json_is_integer(value) && *out >= 0 && *out <= limit;
}

static bool get_u32(const json_t *object, const char *key, uint32_t *out) {
    json_int_t value;
    bool sound = get_whole(object, key, UINT32_MAX, &value);
    *out = sound ? (uint32_t)value : 0;
    return sound;
}

static bool get_moment(const json_t *object, const char *key, double *out) {
    const json_t *value = json_object_get(object, key);
    *out = json_number_value(value);
    return json_is_number(value) && isfinite(*out);
}

static bool get_bool(const json_t *object, const char *key, bool *out) {
    const json_t *value = json_object_get(object, key);
    *out = json_is_true(value);
    return json_is_boolean(value);
}

static bool get_rank(const json_t *object, LiveRank *rank) {
    if (!get_u32(object, "rank", &rank->rank) || !get_text(object, "host", rank->host, sizeof(rank->host)) ||
        !get_bool(object, "lost", &rank->lost) || !get_bool(object, "training", &rank->training))
        return false;
    if (!rank->training) return true;
    json_int_t trial;
    bool sound = get_whole(object, "trial", INT64_MAX, &trial) && get_u32(object, "epoch", &rank->epoch) &&
                 get_u32(object, "epochs", &rank->epochs) && get_moment(object, "since", &rank->since);
    rank->trial = (uint64_t)trial;
    return sound;
}

static Status get_ranks(const json_t *list, LiveState *state, bool *found) {
    *found = json_is_array(list);
    TRY(memory_new(&state->ranks, json_array_size(list), sizeof(LiveRank)));
    while (*found && state->rank_count < json_array_size(list)) {
        *found = get_rank(json_array_get(list, state->rank_count), &state->ranks[state->rank_count]);
        state->rank_count++;
    }
    return STATUS_OK;
}

static Status get_state(const json_t *object, LiveState *state, bool *found) {
    *found = get_moment(object, "time", &state->time) &&
             get_text(object, "host", state->host, sizeof(state->host)) &&
             get_u32(object, "process", &state->process) &&
             get_text(object, "doing", state->doing, sizeof(state->doing));
    return *found ? get_ranks(json_object_get(object, "ranks"), state, found) : STATUS_OK;
}

Status live_read(const char *file, LiveState *state, bool *found) {
    *state = (LiveState){0};
    *found = false;
    char *path = NULL, *text = NULL;
    size_t length = 0;
    TRY(campaign_path(&path, file, LIVE_ENDING));
    Status status = STATUS_OK;
    if (file_read(path, LIVE_MAX, &text, &length) == STATUS_OK) {
        json_t *object = json_loadb(text, length, 0, NULL);
        status = get_state(object, state, found);
        json_decref(object);
    } else {
        status_clear();
    }
    free(text);
    free(path);
    if (!*found) live_release(state);
    return status;
}

void live_release(LiveState *state) {
    free(state->ranks);
    *state = (LiveState){0};
}

void live_remove(const char *file) {
    char *path = NULL;
    if (campaign_path(&path, file, LIVE_ENDING) == STATUS_OK)
        (void)unlink(path);
    else
        status_clear();
    free(path);
}

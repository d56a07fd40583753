#include "rank/bench_search.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "rank/signals.h"

/* Each part of "a=1,b=2" in turn. */
static Status each_assignment(const char *text, Status (*take)(void *context, const char *part),
                              void *context) {
    char *copy;
    TRY(memory_text(&copy, text));
    Status status = STATUS_OK;
    char *rest = copy;
    for (char *part; status == STATUS_OK && (part = strsep(&rest, ",")) != NULL;)
        status = take(context, part);
    free(copy);
    return status;
}

static Status place(void *context, const char *part) {
    return surface_place(context, part);
}

Status search_surface(const SearchOptions *options, uint64_t seed, Surface *surface) {
    *surface = surface_of(&options->config->space, options->noise, seed);
    return options->optimum == NULL ? STATUS_OK : each_assignment(options->optimum, place, surface);
}

/* --- settings as text --- */

typedef struct Settings {
    const Space *space;
    Draw *draw;
} Settings;

static Status set_value(const Parameter *parameter, const char *text, DrawnValue *value) {
    *value = (DrawnValue){.present = true, .number = NAN};
    if (distribution_is_choice(parameter->distribution)) {
        while (value->choice < parameter->value_count &&
               strcmp(parameter->values[value->choice].word, text) != 0)
            value->choice++;
        if (value->choice == parameter->value_count)
            return status_fail(STATUS_INPUT, "'%s' is none of the values of %s", text, parameter->name);
        const Value *chosen = &parameter->values[value->choice];
        if (chosen->kind != VALUE_WORD) value->number = chosen->number;
        return STATUS_OK;
    }
    char *end;
    value->number = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(value->number)
               ? STATUS_OK
               : status_fail(STATUS_INPUT, "%s takes a number, not '%s'", parameter->name, text);
}

static Status set(void *context, const char *part) {
    const Settings *settings = context;
    for (size_t i = 0; i < settings->space->count; i++) {
        const Parameter *parameter = &settings->space->parameters[i];
        size_t length = strlen(parameter->name);
        if (strncmp(part, parameter->name, length) != 0 || part[length] != '=') continue;
        return set_value(parameter, part + length + 1, &settings->draw->value[i]);
    }
    return status_fail(STATUS_INPUT,
                       "'%s' sets no parameter of this configuration; write NAME=VALUE, with commas between",
                       part);
}

Status search_draw(const Space *space, const char *text, Draw *draw) {
    *draw = (Draw){0};
    for (size_t i = 0; i < space->count; i++)
        draw->value[i].number = NAN;
    Settings settings = {.space = space, .draw = draw};
    return each_assignment(text, set, &settings);
}

/* --- campaigns --- */

static Status campaign(const SearchOptions *options, Surface surface, uint32_t number,
                       SearchFigures *figures) {
    Config *config;
    TRY(memory_new(&config, 1, sizeof(*config)));
    *config = *options->config; /* what it points to stays the other's */
    config->seed = surface.seed = options->config->seed + number;
    Status status = search_campaign(config, &surface, options->ranks, &options->levels, figures);
    free(config);
    return status;
}

Status bench_search(const SearchOptions *options, SearchFigures *figures) {
    Surface surface;
    TRY(search_surface(options, options->config->seed, &surface));
    signals_install();
    for (uint32_t i = 0; i < options->campaigns; i++)
        TRY(campaign(options, surface, i, &figures[i]));
    return STATUS_OK;
}

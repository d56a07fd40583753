#include "campaign/config/tests.h"

#include <stdio.h>
#include <string.h>

#include "search/sampler.h"
#include "suite.h"

Config *config_good(const char *text) {
    Config *config = NULL;
    Status status = config_parse(&config, "good.yaml", text, strlen(text));
    CU_ASSERT_EQUAL(status, STATUS_OK);
    if (status != STATUS_OK) printf("\n    %s\n", status_text());
    return config;
}

const CanonicalLine *canonical_line(const Config *config, const char *path) {
    for (size_t i = 0; config != NULL && i < config->canonical_count; i++) {
        if (strcmp(config->canonical[i].path, path) == 0) return &config->canonical[i];
    }
    return NULL;
}

const char *canonical_value(const Config *config, const char *path) {
    const CanonicalLine *line = canonical_line(config, path);
    return line == NULL ? "(none)" : line->value;
}

const Parameter *parameter_of(const Config *config, const char *name) {
    size_t index = space_find(&config->space, name);
    CU_ASSERT_FATAL(index < config->space.count);
    return &config->space.parameters[index];
}

Draw draw_of(const Config *config, uint32_t number) {
    Draw draw;
    Ranges ranges = space_ranges(&config->space);
    Sampler sampler = config_sampler(config, 0);
    CU_ASSERT_EQUAL(space_draw(&config->space, &ranges, &sampler, number, &draw), STATUS_OK);
    return draw;
}

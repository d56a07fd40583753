/* A configuration, and perhaps the one that a campaign is to go on with. What is accepted is the same when
 * read again, goes on from itself, and gives trials whose values lie in their ranges. */
#include <math.h>
#include <string.h>

#include "campaign/config.h"
#include "campaign/plan.h"
#include "fuzz.h"
#include "search/sampler.h"

#define NAME "fuzz/space.yaml"
#define DRAWS 3

/* libfyaml 0.7 forgets a table of a scalar with many doubled quotes. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libfyaml";
}

static void same(const Config *a, const Config *b) {
    REQUIRE(a->hash == b->hash);
    REQUIRE(a->canonical_count == b->canonical_count);
    for (size_t i = 0; i < a->canonical_count; i++) {
        REQUIRE(strcmp(a->canonical[i].path, b->canonical[i].path) == 0);
        REQUIRE(strcmp(a->canonical[i].value, b->canonical[i].value) == 0);
        REQUIRE(i == 0 || strcmp(a->canonical[i - 1].path, a->canonical[i].path) < 0);
    }
}

static void value_in_range(const Parameter *parameter, const Range *range, DrawnValue value) {
    char text[64];
    parameter_value_text(parameter, value, text, sizeof(text));
    if (!value.present) return;
    if (distribution_is_choice(parameter->distribution)) {
        REQUIRE(value.choice < parameter->value_count);
        REQUIRE(range->allowed >> value.choice & 1);
        return;
    }
    REQUIRE(value.number >= range->min && value.number <= range->max);
    REQUIRE(!parameter->integer || value.number == floor(value.number));
}

static void use(const Config *config, const Ranges *ranges, const Draw *draw, size_t stage) {
    static NetworkSpec network;
    static const Shape input = {2, 2, 1};
    TrainSettings settings;
    for (size_t i = 0; i < config->space.count; i++)
        value_in_range(&config->space.parameters[i], &ranges->range[i], draw->value[i]);
    if (fuzz_accepted(config_settings(config, draw, stage, &settings))) {
        REQUIRE(settings.epochs == config->stages[stage].epochs);
        REQUIRE(isfinite(settings.learning_rate) && settings.batch_size >= 1);
    }
    (void)fuzz_accepted(config_network(config, draw, input, 3, &network));
}

static void draws(const Config *config) {
    Ranges ranges = space_ranges(&config->space);
    Draw draw;
    for (size_t stage = 0; stage < config->stage_count && stage < DRAWS; stage++) {
        Sampler sampler = config_sampler(config, stage);
        for (uint32_t number = 0; number < DRAWS; number++) {
            REQUIRE(space_draw(&config->space, &ranges, &sampler, number, &draw) == STATUS_OK);
            use(config, &ranges, &draw, stage);
        }
    }
    REQUIRE(space_middle(&config->space, &ranges, &draw) == STATUS_OK);
    use(config, &ranges, &draw, 0);
    for (int high = 0; high < 2; high++) {
        REQUIRE(space_extreme(&config->space, &ranges, high == 1, &draw) == STATUS_OK);
        use(config, &ranges, &draw, 0);
    }
}

static bool parse(Config **config, FuzzPart part) {
    return fuzz_accepted(config_parse(config, NAME, (const char *)part.data, part.size));
}

static void check(const Config *config, FuzzPart part) {
    Config *again = NULL;
    REQUIRE(parse(&again, part));
    same(config, again);
    REQUIRE(config_continues(config, again) == STATUS_OK);
    config_destroy(&again);
    Plan plan = plan_of(config);
    REQUIRE(plan_trials(&plan) > 0 && plan_epochs(&plan) >= plan_trials(&plan));
    draws(config);
}

int fuzz_yaml(const uint8_t *data, size_t size) {
    Config *config = NULL, *other = NULL;
    FuzzPart rest = {data, size};
    FuzzPart first = fuzz_part(&rest);
    if (!parse(&config, first)) return 0;
    check(config, first);
    if (rest.size > 0 && parse(&other, rest)) (void)fuzz_accepted(config_continues(config, other));
    config_destroy(&other);
    config_destroy(&config);
    return 0;
}

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "campaign/plan.h"
#include "cli/command.h"
#include "cli/output.h"
#include "search/sampler.h"

#define DRAWS_MAX 10000000

enum { OPTION_STAGE, OPTION_COUNT, OPTION_JSON };
static const OptionSpec options[] = {
    [OPTION_STAGE] = {"stage", 0, "NAME", "draws of this stage (default: the first)"},
    [OPTION_COUNT] = {"count", 'n', "N", "how many (default: as many as the stage has configurations)"},
    [OPTION_JSON] = {"json", 0, NULL, "as one JSON object instead of CSV"},
};

/* What is to be drawn. */
typedef struct Sample {
    const Config *config;
    Plan plan;
    size_t stage;
    uint32_t count;
    Ranges ranges;
} Sample;

static Status find_stage(const Config *config, const char *name, size_t *stage) {
    Text names = {0};
    for (*stage = 0; *stage < config->stage_count; ++*stage) {
        if (name == NULL || strcmp(config->stages[*stage].name, name) == 0) break;
        text_add(&names, "%s%s", *stage > 0 ? ", " : "", config->stages[*stage].name);
    }
    Status status = STATUS_OK;
    if (*stage == config->stage_count)
        status = status_fail(STATUS_INPUT, "%s has no stage \"%s\"; its stages are %s", config->source.name,
                             name, text_of(&names));
    text_release(&names);
    return status;
}

/* Numbers past the stage's configurations belong to no trial of the plan. */
static bool in_plan(const Sample *sample, uint32_t number) {
    return number < stage_configurations(&sample->config->stages[sample->stage]);
}

/* Of the first trial that has these values. */
static uint64_t id_of(const Sample *sample, uint32_t number) {
    return sample->plan.first[sample->stage] + (uint64_t)number * sample->plan.replicates[sample->stage];
}

static Status draw(const Sample *sample, uint32_t number, Draw *out) {
    Sampler sampler = config_sampler(sample->config, sample->stage);
    return space_draw(&sample->config->space, &sample->ranges, &sampler, number, out);
}

static Status print_csv(const Sample *sample) {
    const Space *space = &sample->config->space;
    fputs("id,number", stdout);
    for (size_t p = 0; p < space->count; p++) {
        putchar(',');
        output_csv(stdout, space->parameters[p].name);
    }
    putchar('\n');
    for (uint32_t number = 0; number < sample->count; number++) {
        Draw drawn;
        TRY(draw(sample, number, &drawn));
        if (in_plan(sample, number)) printf("%llu", (unsigned long long)id_of(sample, number));
        printf(",%u", number);
        for (size_t p = 0; p < space->count; p++) {
            char text[PARAMETER_WORD_SIZE];
            parameter_value_text(&space->parameters[p], drawn.value[p], text, sizeof(text));
            putchar(',');
            output_csv(stdout, text);
        }
        putchar('\n');
    }
    return STATUS_OK;
}

static Status print_json(const Sample *sample) {
    const StageSpec *stage = &sample->config->stages[sample->stage];
    json_t *draws = json_array();
    for (uint32_t number = 0; number < sample->count; number++) {
        Draw drawn;
        Status status = draw(sample, number, &drawn);
        if (status != STATUS_OK) {
            json_decref(draws);
            return status;
        }
        json_t *row = json_object();
        json_object_set_new(row, "id",
                            in_plan(sample, number) ? json_integer((json_int_t)id_of(sample, number))
                                                    : json_null());
        json_object_set_new(row, "number", json_integer(number));
        json_object_set_new(row, "parameters", output_parameters(&sample->config->space, &drawn));
        json_array_append_new(draws, row);
    }
    return output_json(json_pack("{s:s, s:s, s:s, s:b, s:I, s:o}", "name", sample->config->name, "stage",
                                 stage->name, "sampler", sampler_name(sample->config->sampler),
                                 "ranges_known", !stage->zooms, "replicates", (json_int_t)stage->replicates,
                                 "draws", draws));
}

static Status sample_run(const Config *config, const Arguments *arguments) {
    Sample sample = {.config = config, .plan = plan_of(config), .ranges = space_ranges(&config->space)};
    TRY(find_stage(config, arguments->option[OPTION_STAGE], &sample.stage));
    const StageSpec *stage = &config->stages[sample.stage];
    if (stage->confirms)
        return status_fail(
            STATUS_INPUT,
            "stage %s draws nothing: it repeats the best configurations of stage %s, which are "
            "known once that is over",
            stage->name, config->stages[sample.stage - 1].name);
    uint64_t count = stage_configurations(stage);
    if (arguments->option[OPTION_COUNT] != NULL)
        TRY(option_number(arguments->option[OPTION_COUNT], "-n", 1, DRAWS_MAX, &count));
    sample.count = (uint32_t)count;
    if (stage->zooms)
        log_note("stage %s will draw from ranges that follow from results; these are draws from the "
                 "configured ones",
                 stage->name);
    return arguments->option[OPTION_JSON] != NULL ? print_json(&sample) : print_csv(&sample);
}

static Status run(const Arguments *arguments) {
    Config *config;
    TRY(config_read(&config, arguments->operand));
    Status status = sample_run(config, arguments);
    config_destroy(&config);
    return status;
}

const Command command_sample = {
    .name = "sample",
    .operand = "SPACE.yaml",
    .summary = "the draws of a stage as CSV, without training",
    .details = "One row a configuration: id and number within the stage, then one column a parameter, empty "
               "where it "
               "is\n"
               "absent. With replicates, the id is that of the first trial that has these values. They are "
               "the values that the campaign itself will use. A stage that zooms draws from "
               "ranges\n"
               "that are not known before the stage ahead of it is over; shown are draws from the configured "
               "ones.\n"
               "Draws past the stage's configurations have no id.\n",
    .example = "winnow sample search_spaces/spirals.yaml -n 1000 > draws.csv",
    .exit_codes = "  0   printed\n"
                  "  2   wrong usage or configuration\n",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .run = run,
};

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/bench_search_output.h"
#include "cli/command.h"
#include "cli/output.h"

#define DEFAULT_CAMPAIGNS 100
#define MOST_CAMPAIGNS 100000
#define MOST_RANKS 65536
#define DEFAULT_WITHIN "0.05,0.02,0.01"

enum {
    OPTION_CAMPAIGNS,
    OPTION_RANKS,
    OPTION_OPTIMUM,
    OPTION_NOISE,
    OPTION_WITHIN,
    OPTION_EVALUATE,
    OPTION_JSON
};
static const OptionSpec options[] = {
    [OPTION_CAMPAIGNS] = {"campaigns", 'n', "N",
                          "campaigns, with the configuration's seed and those after it (default: 100)"},
    [OPTION_RANKS] = {"ranks", 0, "W", "simulated ranks of each (default: 1)"},
    [OPTION_OPTIMUM] = {"optimum", 0, "NAME=VALUE[,..]", "where the formula has its optimum"},
    [OPTION_NOISE] = {"noise", 0, "S", "times the formula's noise (default: 1)"},
    [OPTION_WITHIN] = {"within", 0, "A[,A..]",
                       "count the epochs until the best trial is so near to the highest accuracy (default: "
                       "" DEFAULT_WITHIN ")"},
    [OPTION_EVALUATE] = {"evaluate", 0, "NAME=VALUE[,..]",
                         "no campaigns: the formula's curve for these settings, as JSON"},
    [OPTION_JSON] = {"json", 0, NULL, "as one JSON object, every campaign in it"},
};

static Status read_levels(const char *text, SearchLevels *levels) {
    const char *at = text;
    do {
        char *end;
        double level = strtod(at, &end);
        if (end == at || (*end != ',' && *end != '\0') || !(level >= 0 && level <= 1) ||
            levels->count == SEARCH_MAX_LEVELS)
            return status_fail(STATUS_INPUT,
                               "--within \"%s\" must be 1 to %d numbers from 0 to 1, with commas between",
                               text, SEARCH_MAX_LEVELS);
        levels->within[levels->count++] = level;
        at = *end == ',' ? end + 1 : NULL;
    } while (at != NULL);
    return STATUS_OK;
}

static Status evaluate(const SearchOptions *search, const char *settings) {
    const Config *config = search->config;
    uint32_t epochs = 0;
    for (size_t i = 0; i < config->stage_count; i++)
        epochs = config->stages[i].epochs > epochs ? config->stages[i].epochs : epochs;
    Surface surface;
    Draw draw;
    TRY(search_surface(search, config->seed, &surface));
    TRY(search_draw(&config->space, settings, &draw));
    return output_json(search_curve_json(&surface, &draw, epochs));
}

static Status search(const SearchOptions *search, bool json) {
    SearchFigures *figures;
    TRY(memory_new(&figures, search->campaigns, sizeof(*figures)));
    Status status = bench_search(search, figures);
    if (status == STATUS_OK)
        status = json ? output_json(search_json(search, figures)) : search_print(search, figures);
    for (uint32_t i = 0; i < search->campaigns; i++)
        search_figures_release(&figures[i]);
    free(figures);
    return status;
}

static Status run_with(const Arguments *arguments, const Config *config) {
    const char *const *option = arguments->option;
    SearchOptions what = {.config = config, .optimum = option[OPTION_OPTIMUM], .noise = 1};
    uint64_t campaigns = DEFAULT_CAMPAIGNS, ranks = 1;
    if (option[OPTION_CAMPAIGNS] != NULL)
        TRY(option_number(option[OPTION_CAMPAIGNS], "--campaigns", 1, MOST_CAMPAIGNS, &campaigns));
    if (option[OPTION_RANKS] != NULL)
        TRY(option_number(option[OPTION_RANKS], "--ranks", 1, MOST_RANKS, &ranks));
    if (option[OPTION_NOISE] != NULL)
        TRY(option_seconds(option[OPTION_NOISE], "--noise", 0, 1000, &what.noise));
    TRY(read_levels(option[OPTION_WITHIN] != NULL ? option[OPTION_WITHIN] : DEFAULT_WITHIN, &what.levels));
    what.campaigns = (uint32_t)campaigns;
    what.ranks = (uint32_t)ranks;
    if (option[OPTION_EVALUATE] != NULL) return evaluate(&what, option[OPTION_EVALUATE]);
    return search(&what, option[OPTION_JSON] != NULL);
}

static Status run(const Arguments *arguments) {
    Config *config;
    TRY(config_read(&config, arguments->operand));
    Status status = run_with(arguments, config);
    config_destroy(&config);
    return status;
}

const Command command_bench_search = {
    .name = "bench search",
    .operand = "SPACE.yaml",
    .summary = "how near to a known optimum the configuration's stages come",
    .details =
        "Simulates campaigns of the configuration with the real coordinator, draws, zoom and early stopping\n"
        "on a fake clock. No data are read and no network is trained: validation accuracy is a formula of\n"
        "learning_rate, momentum, weight_decay, dropout, hidden, batch_size, lr_decay and optimizer, with\n"
        "noise; other parameters are without influence. The README has the formula.\n",
    .example = "winnow bench search search_spaces/fashion_mnist_mlp.yaml --optimum learning_rate=0.01",
    .exit_codes = "  0   printed\n"
                  "  1   ended by a signal, or out of memory\n"
                  "  2   wrong usage or configuration\n",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .run = run,
};

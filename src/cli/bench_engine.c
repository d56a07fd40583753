#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "cli/bench_engine_output.h"
#include "cli/command.h"
#include "cli/output.h"
#include "engine/blas.h"
#include "rank/bench/dense_network.h"
#include "rank/bench/made_up_examples.h"
#include "rank/opening.h"

#define DEFAULT_NETWORK "784-256-128-10"
#define DEFAULT_BATCHES "32,64,128"
#define DEFAULT_SECONDS 3.0
#define LEAST_SECONDS 0.01
#define MOST_SECONDS 3600.0
#define MOST_BATCH 1000000

enum { OPTION_NETWORK, OPTION_BATCH, OPTION_OPTIMIZER, OPTION_SECONDS, OPTION_JSON };
static const OptionSpec options[] = {
    [OPTION_NETWORK] = {"network", 0, "N-N-..",
                        "inputs, dense layers, classes (default: " DEFAULT_NETWORK ")"},
    [OPTION_BATCH] = {"batch", 0, "N[,N..]",
                      "batch sizes (default: the configuration's, else " DEFAULT_BATCHES ")"},
    [OPTION_OPTIMIZER] = {"optimizer", 0, "NAME",
                          "update rule (default: the configuration's, else nesterov)"},
    [OPTION_SECONDS] = {"seconds", 0, "S", "about how long for each batch size (default: 3)"},
    [OPTION_JSON] = {"json", 0, NULL, "as one JSON object; shares and fractions from 0 to 1"},
};

static Status read_optimizer(const char *word, OptimizerKind *kind) {
    const char *names[OPTIMIZER_KIND_COUNT];
    Text known = {0};
    for (int k = 0; k < OPTIMIZER_KIND_COUNT; k++) {
        names[k] = optimizer_name((OptimizerKind)k);
        text_add(&known, "%s%s", k > 0 ? ", " : "", names[k]);
        if (strcmp(names[k], word) == 0) *kind = (OptimizerKind)k;
    }
    Status status = STATUS_OK;
    if (strcmp(names[*kind], word) != 0)
        status = status_fail(STATUS_INPUT, "--optimizer \"%s\" must be one of %s", word, text_of(&known));
    text_release(&known);
    return status;
}

/* What is asked for of the work that is known. */
static Status measure(const Arguments *arguments, EngineWork *work, const char *data,
                      EngineFigures *figures) {
    const char *batch_text = arguments->option[OPTION_BATCH];
    if (batch_text == NULL && arguments->operand == NULL) batch_text = DEFAULT_BATCHES;
    uint32_t batches[ENGINE_BATCHES_MAX] = {work->settings.batch_size};
    size_t count = 1;
    double seconds = DEFAULT_SECONDS;
    if (batch_text != NULL)
        TRY(option_list(batch_text, "--batch", MOST_BATCH, ENGINE_BATCHES_MAX, batches, &count));
    if (arguments->option[OPTION_OPTIMIZER] != NULL)
        TRY(read_optimizer(arguments->option[OPTION_OPTIMIZER], &work->settings.optimizer));
    if (arguments->option[OPTION_SECONDS] != NULL)
        TRY(option_seconds(arguments->option[OPTION_SECONDS], "--seconds", LEAST_SECONDS, MOST_SECONDS,
                           &seconds));
    (void)blas_prepare(1);
    TRY(bench_engine(work, batches, count, seconds, figures));
    return arguments->option[OPTION_JSON] != NULL ? output_json(engine_json(work, figures, data))
                                                  : engine_print(work, figures, data);
}

static Status measure_configured(const Arguments *arguments, NetworkSpec *spec, EngineFigures *figures) {
    if (arguments->option[OPTION_NETWORK] != NULL)
        return status_fail(STATUS_INPUT, "bench engine: %s has a network, so --network is one too many",
                           arguments->operand);
    Opening opening = {0};
    RankOptions rank = {.space = arguments->operand};
    EngineWork work;
    Status status = opening_read(&opening, &rank);
    if (status == STATUS_OK) status = engine_work_of(opening.config, opening.dataset, spec, &work);
    if (status == STATUS_OK) status = measure(arguments, &work, opening.config->name, figures);
    opening_release(&opening);
    return status;
}

static Status measure_made_up(const Arguments *arguments, NetworkSpec *spec, EngineFigures *figures) {
    const char *network = arguments->option[OPTION_NETWORK];
    TRY(dense_network_read(network != NULL ? network : DEFAULT_NETWORK, spec));
    MadeUpExamples examples;
    Status status = made_up_examples_create(&examples, spec->input, spec->classes);
    EngineWork work = {.spec = spec,
                       .settings = train_settings_default(1),
                       .train = examples.train,
                       .validation = examples.validation};
    if (status == STATUS_OK) status = measure(arguments, &work, "made-up bytes", figures);
    made_up_examples_release(&examples);
    return status;
}

static Status run(const Arguments *arguments) {
    NetworkSpec *spec = NULL;
    EngineFigures *figures = NULL;
    Status status = memory_new(&spec, 1, sizeof(*spec));
    if (status == STATUS_OK) status = memory_new(&figures, 1, sizeof(*figures));
    if (status == STATUS_OK)
        status = arguments->operand != NULL ? measure_configured(arguments, spec, figures)
                                            : measure_made_up(arguments, spec, figures);
    free(spec);
    free(figures);
    return status;
}

const Command command_bench_engine = {
    .name = "bench engine",
    .operand = "[SPACE.yaml]",
    .summary = "how fast networks are trained, beside what the core could do at most",
    .details =
        "Trains as a campaign's trial does, on one thread: whole epochs of the data, or of a part where the\n"
        "time is short. With a configuration, its data, and network and settings at the middle of its "
        "ranges;\n"
        "without one, random bytes. examples/s is the median of 5 turns, with gathering and update, without\n"
        "evaluation. GFLOP/s counts multiply-adds of matrix products and convolutions as two: forward, and\n"
        "both gradients, but none for the input of the first layer. The peak is that of fused multiply-adds\n"
        "in registers, measured in short windows in between. Shares of time are those of as many epochs\n"
        "under a stopwatch.\n",
    .example = "winnow bench engine search_spaces/fashion_mnist_mlp.yaml --batch 32,64,128",
    .exit_codes = "  0   printed\n"
                  "  1   there is not enough memory\n"
                  "  2   wrong usage, configuration or data\n",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .run = run,
};

#include <stdio.h>

#include "base/json.h"
#include "campaign/channel.h"
#include "cli/command.h"
#include "cli/output.h"
#include "engine/blas.h"
#include "report/table.h"
#include "store/results.h"

enum { OPTION_JSON };
static const OptionSpec options[] = {
    [OPTION_JSON] = {"json", 0, NULL, "as one JSON object"},
};

typedef struct Line {
    const char *key, *name, *text;
} Line;

static Status print_json(const Line *lines, size_t count) {
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++)
        json_object_set_new(object, lines[i].key, json_string(lines[i].text));
    return output_json(object);
}

static Status print_table(const Line *lines, size_t count) {
    Table *table;
    TRY(table_create(&table, 2));
    for (size_t i = 0; i < count; i++) {
        table_cell(table, "%s", lines[i].name);
        table_cell(table, "%s", lines[i].text);
    }
    Status status = table_print(table, stdout, 0);
    table_destroy(&table);
    return status;
}

static Status run(const Arguments *arguments) {
    (void)blas_prepare(1); /* as trials do: threads are part of the arithmetic */
    const Line lines[] = {
        {"winnow", "winnow", WINNOW_VERSION},
        {"mpi", "MPI", channel_mpi_version()},
        {"hdf5", "results file", results_library_version()},
        {"blas", "BLAS", blas_version()},
        {"blas_kernel", "BLAS kernel", blas_kernel()},
        {"arithmetic", "arithmetic", arithmetic_id()},
        {"jansson", "JSON", jansson_version_str()},
    };
    size_t count = sizeof(lines) / sizeof(lines[0]);
    return arguments->option[OPTION_JSON] != NULL ? print_json(lines, count) : print_table(lines, count);
}

const Command command_version = {
    .name = "version",
    .summary = "versions, and the BLAS kernel and instruction set in use",
    .details = "Trials with equal `arithmetic` give equal bits. Where the shell sets OPENBLAS_CORETYPE, that "
               "choice\n"
               "of kernel rules.\n",
    .example = "winnow version --json",
    .exit_codes = "  0   always\n",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .run = run,
};

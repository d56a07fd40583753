#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/status_view.h"
#include "rank/member_network.h"
#include "report/report.h"
#include "store/results.h"

enum { OPTION_OUTPUT, OPTION_PNG, OPTION_UNVERIFIED };
static const OptionSpec options[] = {
    [OPTION_OUTPUT] = {"output", 'o', "FILE.html", "where the page goes (default: FILE.html beside FILE.h5)"},
    [OPTION_PNG] = {"png", 0, "DIR", "write the figures as PNG files to this folder, too"},
    [OPTION_UNVERIFIED] = {"unverified", 0, NULL, "read a file that has changed since winnow wrote it"},
};

/* Where kept networks are found. */
typedef struct Source {
    const char *file;
    const Ledger *ledger;
} Source;

static Status load(void *context, uint64_t trial, MemberBlob *blob) {
    const Source *source = context;
    if (trial >= source->ledger->trial_count || !source->ledger->trials[trial].kept)
        return status_fail(STATUS_ENVIRONMENT, "the network of trial %llu is not stored",
                           (unsigned long long)trial);
    return member_load(source->file, source->ledger->trials[trial].member, blob);
}

/* By the file, which also knows of earlier ensembles; else the one that the journal tells of. */
static uint64_t test_evaluations(const CampaignFile *c, const char *file) {
    uint64_t count = 0;
    const Ledger *ledger = c->state.ledger;
    if (!c->state.from_journal && results_test_evaluations(file, &count) == STATUS_OK) return count;
    status_clear();
    return ledger->has_ensemble && ledger->ensemble.has_test;
}

static Status write_text(const void *context, FILE *out) {
    const Text *page = context;
    fwrite(page->data, 1, page->length, out);
    return STATUS_OK;
}

static Status write_page(const CampaignFile *c, const Arguments *arguments, const char *path) {
    StatusView view;
    TRY(status_view_of(c, arguments->operand, &view));
    Source source = {arguments->operand, c->state.ledger};
    ReportInput input = {.ledger = c->state.ledger,
                         .config = c->config,
                         .file = arguments->operand,
                         .standing = standing_name(view.standing),
                         .warnings = c->state.notes,
                         .warning_count = c->state.note_count,
                         .test_evaluations = test_evaluations(c, arguments->operand),
                         .load = load,
                         .context = &source,
                         .png = arguments->option[OPTION_PNG]};
    status_view_release(&view);
    Text page = {0};
    Status status = report_page(&input, &page);
    if (status == STATUS_OK) status = output_file(path, write_text, &page);
    text_release(&page);
    return status;
}

static Status run(const Arguments *arguments) {
    const char *output = arguments->option[OPTION_OUTPUT];
    CampaignFile campaign;
    TRY(campaign_file_open(&campaign, arguments->operand, arguments->option[OPTION_UNVERIFIED] != NULL));
    Text path = {0};
    size_t length = strlen(arguments->operand);
    if (text_ends_in(arguments->operand, ".h5")) length -= strlen(".h5");
    if (output != NULL)
        text_add(&path, "%s", output);
    else
        text_add(&path, "%.*s.html", (int)length, arguments->operand);
    Status status = path.failed ? status_fail(STATUS_ENVIRONMENT, "out of memory")
                                : write_page(&campaign, arguments, text_of(&path));
    if (status == STATUS_OK) printf("%s\n", text_of(&path));
    text_release(&path);
    campaign_file_close(&campaign);
    return status;
}

const Command command_report = {
    .name = "report",
    .operand = "FILE.h5",
    .summary = "one HTML page with figures and tables, which opens offline in any browser",
    .details =
        "The verdict and what to try next; every parameter from coarse to fine; learning curves; what "
        "random\n"
        "search would have found; which parameters mattered; under- and overfitting; the ensemble, its\n"
        "mistakes and its first filters; what the ranks did. Also while the campaign runs, and of one that\n"
        "was stopped. The figures are drawn by gnuplot (Debian: gnuplot-nox). Prints the page's name.\n",
    .example = "winnow report results/fashion-mlp.h5 -o report.html --png figures",
    .exit_codes =
        "  0   written\n"
        "  1   FILE.h5 is missing or cannot be read, gnuplot is missing, or the page cannot be written\n"
        "  2   wrong usage\n",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .run = run,
};

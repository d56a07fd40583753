/* One HTML page that tells what a campaign found: it opens offline in any browser. */
#ifndef WINNOW_REPORT_REPORT_H
#define WINNOW_REPORT_REPORT_H

#include "base/text.h"
#include "campaign/config.h"
#include "campaign/ledger.h"

typedef struct ReportInput {
    const Ledger *ledger;
    const Config *config;
    const char *file;     /* the results file's path, as the user named it */
    const char *standing; /* "complete", "running", ..: where the campaign stands */
    char *const *warnings;
    size_t warning_count;
    uint64_t test_evaluations; /* how often the test set was asked */
    /* Reads the network of a kept trial; the blob is then the caller's. */
    Status (*load)(void *context, uint64_t trial, MemberBlob *blob);
    void *context;
    const char *png; /* folder that the figures go to as files as well; NULL for none */
} ReportInput;

/* Append the page to *page. The same campaign gives the same page, byte for byte, with the same gnuplot.
 * Trials are drawn as a sample where they are many; every number is of all of them. Networks that cannot be
 * read leave a sentence in their section. STATUS_ENVIRONMENT where gnuplot is missing or fails, or a file
 * cannot be written. */
Status report_page(const ReportInput *input, Text *page) MUST_CHECK;

#endif

/* The suites of the cli room. */
#ifndef WINNOW_TESTS_CLI_SUITES_H
#define WINNOW_TESTS_CLI_SUITES_H

void suite_bench_engine(void);
void suite_options(void);
void suite_status_view(void);
void suite_watch_figures(void);

#endif

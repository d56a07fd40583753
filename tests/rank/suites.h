/* The suites of the rank room, one a file. */
#ifndef WINNOW_TESTS_RANK_SUITES_H
#define WINNOW_TESTS_RANK_SUITES_H

void suite_process_watch(void);
void suite_checkpoints(void);
void suite_host(void);
void suite_advice(void);
void suite_bench_engine(void);
void suite_relays(void);

#endif

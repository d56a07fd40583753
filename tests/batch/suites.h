/* The suites of the batch room. */
#ifndef WINNOW_TESTS_BATCH_SUITES_H
#define WINNOW_TESTS_BATCH_SUITES_H

void suite_job_script(void);
void suite_quote(void);
void suite_scheduler(void);
void suite_walltime(void);

#endif

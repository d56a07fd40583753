/* The suites of the report room. */
#ifndef WINNOW_TESTS_REPORT_SUITES_H
#define WINNOW_TESTS_REPORT_SUITES_H

void suite_table(void);
void suite_words(void);
void suite_estimate(void);
void suite_summary(void);
void suite_watch_frame(void);

#endif

/* The suites of the report room. */
#ifndef WINNOW_TESTS_REPORT_SUITES_H
#define WINNOW_TESTS_REPORT_SUITES_H

void suite_table(void);
void suite_words(void);
void suite_estimate(void);
void suite_summary(void);
void suite_watch_frame(void);
void suite_search_band(void);
void suite_importance(void);
void suite_judgements(void);
void suite_utilisation(void);
void suite_axis(void);
void suite_html(void);

#endif

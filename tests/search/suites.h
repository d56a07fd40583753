#ifndef WINNOW_TESTS_SEARCH_SUITES_H
#define WINNOW_TESTS_SEARCH_SUITES_H

void suite_space(void);
void suite_quantile(void);
void suite_points(void);
void suite_sampler(void);
void suite_sampler_points(void);
void suite_distributions(void);
void suite_stopping(void);
void suite_rung(void);
void suite_zoom(void);
void suite_zoom_rules(void);

#endif

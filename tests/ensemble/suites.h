#ifndef WINNOW_TESTS_ENSEMBLE_SUITES_H
#define WINNOW_TESTS_ENSEMBLE_SUITES_H

void suite_average(void);
void suite_optimism(void);
void suite_selection(void);

#endif

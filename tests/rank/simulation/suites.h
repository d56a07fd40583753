#ifndef WINNOW_TESTS_RANK_SIMULATION_SUITES_H
#define WINNOW_TESTS_RANK_SIMULATION_SUITES_H

void suite_event_queue(void);
void suite_simulated_campaign(void);

#endif

/* The suites of this program, registered by main. */
#ifndef WINNOW_TESTS_CAMPAIGN_CHANNELS_SUITES_H
#define WINNOW_TESTS_CAMPAIGN_CHANNELS_SUITES_H

void frames_suite(void);
void memory_suite(void);
void socket_suite(void);
void single_rank_suite(void);

#endif

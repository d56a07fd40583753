#ifndef WINNOW_TESTS_CAMPAIGN_RELAYS_SUITES_H
#define WINNOW_TESTS_CAMPAIGN_RELAYS_SUITES_H

void bundle_suite(void);
void relay_suite(void);
void relayed_suite(void);

#endif

#ifndef WINNOW_TESTS_STORE_SUITES_H
#define WINNOW_TESTS_STORE_SUITES_H

void suite_journal(void);
void suite_journal_damage(void);
void suite_lock(void);
void suite_parts(void);
void suite_results(void);
void suite_results_damage(void);
void suite_campaign_state(void);
void suite_campaign_follow(void);
void suite_recovery(void);
void suite_live(void);
void suite_merge_ledgers(void);

#endif

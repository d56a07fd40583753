/* The suites of this program, registered by main. */
#ifndef WINNOW_TESTS_CAMPAIGN_LEDGER_SUITES_H
#define WINNOW_TESTS_CAMPAIGN_LEDGER_SUITES_H

void records_suite(void);
void member_blob_suite(void);
void checkpoint_blob_suite(void);
void wire_suite(void);
void ranking_suite(void);
void ledger_suite(void);
void configurations_suite(void);

#endif

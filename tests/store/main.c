#include "suite.h"
#include "suites.h"

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    suite_journal();
    suite_journal_damage();
    suite_lock();
    suite_parts();
    suite_results();
    suite_results_damage();
    suite_campaign_state();
    suite_campaign_follow();
    suite_recovery();
    suite_live();
    suite_merge_ledgers();
    return suites_run();
}

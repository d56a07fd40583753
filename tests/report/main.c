#include "report/suites.h"

#include "suite.h"

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    suite_table();
    suite_words();
    suite_estimate();
    suite_summary();
    suite_watch_frame();
    suite_search_band();
    suite_importance();
    suite_judgements();
    suite_utilisation();
    suite_axis();
    suite_html();
    return suites_run();
}

#include "search/suites.h"

#include "suite.h"

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    suite_space();
    suite_quantile();
    suite_points();
    suite_sampler();
    suite_sampler_points();
    suite_distributions();
    suite_stopping();
    suite_rung();
    suite_zoom();
    suite_zoom_rules();
    return suites_run();
}

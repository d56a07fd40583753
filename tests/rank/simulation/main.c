#include "rank/simulation/suites.h"
#include "suite.h"

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    suite_event_queue();
    suite_simulated_campaign();
    return suites_run();
}

#include "suite.h"
#include "suites.h"

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    records_suite();
    member_blob_suite();
    checkpoint_blob_suite();
    wire_suite();
    ranking_suite();
    ledger_suite();
    configurations_suite();
    return suites_run();
}

#include "onnx/suites.h"
#include "suite.h"

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    suite_model();
    suite_network();
    return suites_run();
}

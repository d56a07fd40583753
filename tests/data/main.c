#include "scratch.h"
#include "suite.h"

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    suite_idx();
    suite_gzip();
    suite_csv();
    suite_csv_errors();
    suite_hdf5();
    suite_hdf5_errors();
    suite_channels();
    suite_synthetic();
    suite_split();
    suite_normalise();
    suite_dataset();
    suite_node_segment();
    suite_fashion_mnist();
    return suites_run();
}

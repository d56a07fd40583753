#include "suite.h"
#include "suites.h"

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    suite_blas();
    suite_product();
    suite_pools();
    suite_batch_norm();
    suite_network_spec();
    suite_flops();
    suite_losses();
    suite_graph();
    suite_gradients();
    suite_conv2d();
    suite_network();
    suite_dropout();
    suite_initialise();
    suite_optimizers();
    suite_schedules();
    suite_golden();
    suite_moving_average();
    suite_float_mode();
    suite_golden_images();
    suite_golden_images_f64();
    suite_examples();
    suite_augment();
    suite_trainer();
    suite_by_hand();
    suite_checkpoint();
    suite_snapshots();
    suite_stopwatch();
    return suites_run();
}

/* One function a subject: each registers its suite. */
#ifndef WINNOW_TESTS_ENGINE_SUITES_H
#define WINNOW_TESTS_ENGINE_SUITES_H

void suite_augment(void);
void suite_batch_norm(void);
void suite_blas(void);
void suite_by_hand(void);
void suite_checkpoint(void);
void suite_snapshots(void);
void suite_conv2d(void);
void suite_dropout(void);
void suite_examples(void);
void suite_float_mode(void);
void suite_flops(void);
void suite_golden(void);
void suite_golden_images(void);
void suite_golden_images_f64(void);
void suite_gradients(void);
void suite_graph(void);
void suite_initialise(void);
void suite_losses(void);
void suite_moving_average(void);
void suite_network(void);
void suite_network_spec(void);
void suite_optimizers(void);
void suite_pools(void);
void suite_product(void);
void suite_schedules(void);
void suite_stopwatch(void);
void suite_trainer(void);

#endif

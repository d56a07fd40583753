#ifndef WINNOW_TESTS_ONNX_SUITES_H
#define WINNOW_TESTS_ONNX_SUITES_H

void suite_model(void);
void suite_network(void);

#endif

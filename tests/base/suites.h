/* One function a subject: each registers its suite. */
#ifndef WINNOW_TESTS_BASE_SUITES_H
#define WINNOW_TESTS_BASE_SUITES_H

void suite_arena(void);
void suite_bytes(void);
void suite_file(void);
void suite_hash(void);
void suite_memory(void);
void suite_order(void);
void suite_philox(void);
void suite_random(void);
void suite_small(void);
void suite_source(void);
void suite_status(void);
void suite_text(void);
void suite_texts(void);

#endif

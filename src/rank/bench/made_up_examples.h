/* Examples of random bytes with random labels, for a network that is only timed. */
#ifndef WINNOW_RANK_MADE_UP_EXAMPLES_H
#define WINNOW_RANK_MADE_UP_EXAMPLES_H

#include "engine/examples.h"

typedef struct MadeUpExamples {
    Examples train, validation;
    void *memory[3]; /* owned: values, labels, index */
} MadeUpExamples;

/* As many as Fashion-MNIST has, 50000 to train on and 10000 to validate on, or fewer that take 256 MB.
 * Normalised to mean 0 and deviation 1. Release also after an error. */
Status made_up_examples_create(MadeUpExamples *examples, Shape shape, size_t classes) MUST_CHECK;
void made_up_examples_release(MadeUpExamples *examples);

#endif

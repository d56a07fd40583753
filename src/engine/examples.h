/* The examples that a network is trained or judged on, as they lie in memory: read-only, often shared by
 * processes. */
#ifndef WINNOW_ENGINE_EXAMPLES_H
#define WINNOW_ENGINE_EXAMPLES_H

#include <stddef.h>
#include <stdint.h>

#include "engine/network_spec.h"

typedef enum ValueType { VALUE_U8, VALUE_F32 } ValueType;

/* A view; everything it points to is borrowed. Value j of an example enters the network as
 * (x - mean[j % period]) / deviation[j % period], computed in float as (x - mean) * (1 / deviation): one
 * subtraction and one product, each rounded, for both types and every period. */
typedef struct Examples {
    const void *values; /* [rows in the file][shape_size(shape)] of `type` */
    ValueType type;
    Shape shape;
    const uint16_t *labels; /* [rows in the file], each < classes */
    size_t classes;
    const uint32_t *index; /* [count] rows of the file that belong to this part, in ascending order */
    size_t count;
    const float *mean;      /* [period] in the file's own units */
    const float *deviation; /* [period], > 0 */
    size_t period;          /* channels for images, features for tables, >= 1 */
} Examples;

/* The examples are what the network takes: its input shape and its classes. STATUS_INPUT naming both where
 * not. */
Status examples_fit(const Examples *examples, const NetworkSpec *spec) MUST_CHECK;

#endif

/* The door to jansson: whoever writes JSON includes this file. */
#ifndef WINNOW_BASE_JSON_H
#define WINNOW_BASE_JSON_H

#include <jansson.h>

/* A JSON number, or null for NaN and infinities, which JSON cannot say. */
json_t *json_number_or_null(double value);

/* `value` as text, indented by two, keys in the order given; owned by the caller (free), NULL without memory.
 * Releases `value`. */
char *json_text_take(json_t *value);

#endif

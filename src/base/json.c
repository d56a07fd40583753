#include "base/json.h"

#include <math.h>

json_t *json_number_or_null(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

char *json_text_take(json_t *value) {
    char *text = json_dumps(value, JSON_INDENT(2) | JSON_ENCODE_ANY);
    json_decref(value);
    return text;
}

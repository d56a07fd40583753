#include "cli/output.h"

#include <stdio.h>
#include <stdlib.h>

Status output_json(json_t *value) {
    char *text = value != NULL ? json_text_take(value) : NULL;
    if (text == NULL) return status_fail(STATUS_ENVIRONMENT, "out of memory");
    puts(text);
    free(text);
    return STATUS_OK;
}

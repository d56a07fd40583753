#include "store/paths.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

Status campaign_path(char **out, const char *file, const char *ending) {
    size_t size = strlen(file) + strlen(ending) + 1;
    TRY(memory_new(out, size, 1));
    (void)snprintf(*out, size, "%s%s", file, ending);
    return STATUS_OK;
}

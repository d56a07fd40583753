#include "base/memory.h"

#include <string.h>

#include "base/size.h"

/* `out` is the address of a pointer of unknown type, hence memcpy and not an assignment through void **. */
static void pointer_store(void *out, void *pointer) {
    memcpy(out, &pointer, sizeof(pointer));
}

static Status too_little(size_t count, size_t size) {
    return status_fail(STATUS_ENVIRONMENT, "out of memory: %zu times %zu bytes are not to be had", count,
                       size);
}

Status memory_new(void *out, size_t count, size_t size) {
    size_t bytes = 0;
    pointer_store(out, NULL);
    if (!size_mul(count, size, &bytes)) return too_little(count, size);
    void *block = calloc(bytes > 0 ? bytes : 1, 1);
    if (block == NULL) return too_little(count, size);
    pointer_store(out, block);
    return STATUS_OK;
}

Status memory_grow(void *array, size_t *capacity, size_t needed, size_t size) {
    if (needed <= *capacity) return STATUS_OK;
    size_t wanted = 0;
    size_t bytes = 0;
    if (!size_add(*capacity, *capacity / 2, &wanted) || wanted < needed) wanted = needed;
    if (!size_mul(wanted, size, &bytes)) {
        wanted = needed;
        if (!size_mul(wanted, size, &bytes)) return too_little(needed, size);
    }
    void *block = NULL;
    memcpy(&block, array, sizeof(block));
    block = realloc(block, bytes > 0 ? bytes : 1);
    if (block == NULL) return too_little(wanted, size);
    memset((char *)block + *capacity * size, 0, bytes - *capacity * size);
    pointer_store(array, block);
    *capacity = wanted;
    return STATUS_OK;
}

Status memory_text(char **out, const char *text) {
    *out = strdup(text);
    if (*out == NULL) return too_little(strlen(text) + 1, 1);
    return STATUS_OK;
}

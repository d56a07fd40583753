/* Memory that goes in one piece: everything a configuration points to. */
#ifndef WINNOW_CAMPAIGN_CONFIG_POOL_H
#define WINNOW_CAMPAIGN_CONFIG_POOL_H

#include <stddef.h>

#include "base/status.h"

typedef struct PoolBlock PoolBlock;

/* All zeros at the start. */
typedef struct ConfigPool {
    PoolBlock *newest;
} ConfigPool;

/* *out (the address of any object pointer) receives count * size zeroed bytes, aligned for every type, which
 * live as long as the pool. STATUS_ENVIRONMENT without memory or where the product overflows. */
Status pool_take(ConfigPool *pool, size_t count, size_t size, void *out) MUST_CHECK;

/* A copy of `length` bytes with a zero after them. */
Status pool_text(ConfigPool *pool, const char *text, size_t length, const char **out) MUST_CHECK;

void pool_release(ConfigPool *pool);

#endif

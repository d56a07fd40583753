/* A network for benchmarks: the smallest that a results file can hold. */
#ifndef WINNOW_RANK_MADE_UP_NETWORK_H
#define WINNOW_RANK_MADE_UP_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* The encoding of its MemberBlob, owned; always the same for a trial and epoch. */
Status made_up_network(uint64_t trial, uint32_t epoch, uint8_t **blob, size_t *length) MUST_CHECK;

#endif

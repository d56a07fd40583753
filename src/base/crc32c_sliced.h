/* CRC-32C by tables, eight bytes a step (Kounavis and Berry: A systematic approach to building high
 * performance software-based CRC generators, ISCC 2005), for machines without an instruction for it. */
#ifndef WINNOW_BASE_CRC32C_SLICED_H
#define WINNOW_BASE_CRC32C_SLICED_H

#include <stddef.h>
#include <stdint.h>

/* As crc32c of hash.h. */
uint32_t crc32c_sliced(uint32_t sum, const void *data, size_t length);

#endif

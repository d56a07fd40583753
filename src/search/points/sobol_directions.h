/* What Sobol's sequence is made of: for each dimension a primitive polynomial over the field of two elements
 * and the first direction numbers. Internal to the room.
 *
 * From new-joe-kuo-6.21201, dimensions 1 to 64: S. Joe and F. Y. Kuo, Constructing Sobol sequences with
 * better two-dimensional projections, SIAM J. Sci. Comput. 30, 2635-2654 (2008). Copyright (c) 2008, Frances
 * Y. Kuo and Stephen Joe; under the licence in LICENCE.joe-kuo beside this file (BSD, three clauses). */
#ifndef WINNOW_SEARCH_POINTS_SOBOL_DIRECTIONS_H
#define WINNOW_SEARCH_POINTS_SOBOL_DIRECTIONS_H

#include <stdint.h>

#include "search/space.h"

#define SOBOL_MAX_DEGREE 9

typedef struct SobolDirections {
    uint8_t degree;                     /* s; 0 for the first dimension, whose numbers are all 1 */
    uint16_t polynomial;                /* a: the coefficients between the first and the last */
    uint16_t initial[SOBOL_MAX_DEGREE]; /* m_1 .. m_s */
} SobolDirections;

extern const SobolDirections sobol_directions[SPACE_MAX_PARAMETERS];

#endif

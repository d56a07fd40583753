/* How this thread computes while it trains or judges: numbers too small for a full mantissa (denormals) are
 * taken and given as zero. Left alone, the optimizer state of units that have gone quiet drifts through
 * hundreds of steps of them, each of which costs a processor over a hundred cycles.
 *
 * The trainer asks for this mode at its own doors and gives the former one back, so that its bits do not
 * depend on who calls it, and nobody else's arithmetic (a draw, a printed figure) depends on it. */
#ifndef WINNOW_ENGINE_FLOAT_MODE_H
#define WINNOW_ENGINE_FLOAT_MODE_H

#include <stdint.h>

/* The processor's own control word. */
typedef uint64_t FloatMode;

/* Flush denormals, as inputs and as results, in this thread from now on; the value is the mode before. */
FloatMode float_mode_flush(void);
void float_mode_restore(FloatMode before);

/* Its part of the arithmetic id: "ftz", or "denormals" where the processor has no such mode. */
const char *float_mode_name(void);

#endif

/* What the core could do at most: fused multiply-adds of single-precision vectors in independent chains, with
 * no memory in the way. The widest vectors that the processor has are chosen at run time: AVX-512, AVX2 with
 * FMA, NEON, else vectors of four. */
#ifndef WINNOW_ENGINE_FMA_PEAK_H
#define WINNOW_ENGINE_FMA_PEAK_H

/* Floating-point operations a second (two a multiply-add and value) within a window of about that many
 * seconds on the clock. Clocks and neighbours vary: take the best of several. */
double fma_peak_window(double seconds);

/* "AVX-512", "AVX2 and FMA", "NEON", "vectors of 4"; static text. */
const char *fma_peak_vectors(void);

#endif

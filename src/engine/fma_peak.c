#include "engine/fma_peak.h"

#include <stddef.h>

#include "base/clock.h"

/* An FMA takes 4 or 5 cycles and a core begins 2 a cycle, with NEON up to 4: so many chains keep it busy. All
 * of them and the two constants have to fit the registers: 16 of AVX2, 32 of AVX-512 and NEON. */
#define CHAINS_12(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
#define CHAINS_20(DO) CHAINS_12(DO) DO(12) DO(13) DO(14) DO(15) DO(16) DO(17) DO(18) DO(19)

#define BEGIN(i) Vector chain##i = zero + (float)(i);
#define STEP(i) chain##i = chain##i * factor + term;
#define END(i) sum += chain##i;

#define ROUNDS 2000 /* a call: some microseconds */

static volatile float factor_value = 0.5F, term_value = 0.25F; /* unknown to the compiler */
static volatile float sink;

/* A function of ROUNDS steps of each chain on vectors of `bytes`. The chains converge to term / (1 - factor);
 * what they come to leaves through `sink`, so that nothing is optimised away. */
#define KERNEL(name, bytes, chains)                                                                          \
    static void name(void) {                                                                                 \
        typedef float Vector __attribute__((vector_size(bytes)));                                            \
        Vector zero = {0}, factor = zero + factor_value, term = zero + term_value, sum = zero;               \
        chains(BEGIN);                                                                                       \
        for (size_t round = 0; round < ROUNDS; round++) {                                                    \
            chains(STEP);                                                                                    \
        }                                                                                                    \
        chains(END);                                                                                         \
        sink = sum[0];                                                                                       \
    }                                                                                                        \
    _Static_assert((bytes) % sizeof(float) == 0, "whole values") /* and a semicolon ends the line */

/* One set of vectors, and what a call comes to. */
typedef struct Kernel {
    const char *vectors;
    void (*run)(void);
    double flops; /* a call */
} Kernel;

#define FLOPS(bytes, chains) (2.0 * ROUNDS * (chains) * (bytes) / sizeof(float))

#if defined(__x86_64__)
__attribute__((target("avx512f"))) KERNEL(run_avx512, 64, CHAINS_20);
__attribute__((target("avx2,fma"))) KERNEL(run_avx2, 32, CHAINS_12);
#endif
#if defined(__aarch64__)
#define PLAIN_NAME "NEON"
#define PLAIN_CHAINS CHAINS_20
#define PLAIN_COUNT 20
#else
#define PLAIN_NAME "vectors of 4"
#define PLAIN_CHAINS CHAINS_12
#define PLAIN_COUNT 12
#endif
KERNEL(run_plain, 16, PLAIN_CHAINS);

static Kernel kernel_here(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) return (Kernel){"AVX-512", run_avx512, FLOPS(64, 20)};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return (Kernel){"AVX2 and FMA", run_avx2, FLOPS(32, 12)};
#endif
    return (Kernel){PLAIN_NAME, run_plain, FLOPS(16, PLAIN_COUNT)};
}

double fma_peak_window(double seconds) {
    Kernel kernel = kernel_here();
    double flops = 0, spent;
    double start = clock_monotonic();
    do {
        kernel.run();
        flops += kernel.flops;
        spent = clock_monotonic() - start;
    } while (spent < seconds);
    return flops / spent;
}

const char *fma_peak_vectors(void) {
    return kernel_here().vectors;
}

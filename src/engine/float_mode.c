#include "engine/float_mode.h"

#if defined(__x86_64__)

#include <xmmintrin.h>

#define DENORMAL_INPUTS_ARE_ZERO 0x0040U /* bit 6 of MXCSR */
#define DENORMAL_RESULTS_TO_ZERO 0x8000U /* bit 15 */
#define FLUSHING (DENORMAL_INPUTS_ARE_ZERO | DENORMAL_RESULTS_TO_ZERO)

FloatMode float_mode_flush(void) {
    FloatMode before = _mm_getcsr();
    _mm_setcsr((unsigned)before | FLUSHING);
    return before;
}

void float_mode_restore(FloatMode before) {
    _mm_setcsr((unsigned)before);
}

const char *float_mode_name(void) {
    return "ftz";
}

#elif defined(__aarch64__)

#define FLUSHING (UINT64_C(1) << 24) /* FZ of FPCR: inputs and results */

static void set_control(uint64_t word) {
    __asm__ volatile("msr fpcr, %0" : : "r"(word) : "memory");
}

FloatMode float_mode_flush(void) {
    FloatMode before;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    set_control(before | FLUSHING);
    return before;
}

void float_mode_restore(FloatMode before) {
    set_control(before);
}

const char *float_mode_name(void) {
    return "ftz";
}

#else

FloatMode float_mode_flush(void) {
    return 0;
}

void float_mode_restore(FloatMode before) {
    (void)before;
}

const char *float_mode_name(void) {
    return "denormals";
}

#endif

#include "data/normalise.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "base/memory.h"

/* Below FLT_MIN, 1 / scale would overflow. */
static float usable_scale(double scale) {
    if (scale < (double)FLT_MIN) return 1;
    return (float)fmin(scale, (double)FLT_MAX);
}

static void fill(float *out, size_t count, float value) {
    for (size_t i = 0; i < count; i++) {
        out[i] = value;
    }
}

static Status fit_bytes(const Examples *examples, size_t size, float *mean, float *deviation) {
    size_t period = examples->period;
    uint64_t *sum; /* [2][period]: values, their squares */
    TRY(memory_new(&sum, 2 * period, sizeof *sum));
    uint64_t *squares = sum + period;
    for (size_t i = 0; i < examples->count; i++) {
        const uint8_t *values = (const uint8_t *)examples->values + examples->index[i] * size;
        for (size_t j = 0; j < size; j += period) {
            for (size_t c = 0; c < period; c++) {
                uint64_t value = values[j + c];
                sum[c] += value;
                squares[c] += value * value;
            }
        }
    }
    unsigned __int128 count = (unsigned __int128)examples->count * (size / period);
    for (size_t c = 0; c < period; c++) {
        unsigned __int128 spread = count * squares[c] - (unsigned __int128)sum[c] * sum[c];
        mean[c] = (float)((double)sum[c] / (double)count);
        deviation[c] = usable_scale(sqrt((double)spread) / (double)count);
    }
    free(sum);
    return STATUS_OK;
}

/* Two passes, the first relative to the first value, so that a constant column has a deviation of exactly
 * zero. */
static Status fit_floats(const Examples *examples, size_t size, float *mean, float *deviation) {
    size_t period = examples->period;
    double *centre; /* [2][period]: means, sums */
    TRY(memory_new(&centre, 2 * period, sizeof *centre));
    double *sum = centre + period;
    size_t repeats = size / period;
    double count = (double)examples->count * (double)repeats;
    const float *first = (const float *)examples->values + examples->index[0] * size;
    for (size_t i = 0; i < examples->count; i++) {
        const float *values = (const float *)examples->values + examples->index[i] * size;
        for (size_t j = 0; j < size; j++) {
            sum[j % period] += (double)values[j] - (double)first[j % period];
        }
    }
    for (size_t c = 0; c < period; c++) {
        centre[c] = (double)first[c] + sum[c] / count;
        sum[c] = 0;
    }
    for (size_t i = 0; i < examples->count; i++) {
        const float *values = (const float *)examples->values + examples->index[i] * size;
        for (size_t j = 0; j < size; j++) {
            double offset = (double)values[j] - centre[j % period];
            sum[j % period] += offset * offset;
        }
    }
    for (size_t c = 0; c < period; c++) {
        mean[c] = (float)centre[c];
        deviation[c] = usable_scale(sqrt(sum[c] / count));
    }
    free(centre);
    return STATUS_OK;
}

/* mean and deviation serve as minimum and maximum on the way. */
static void fit_range(const Examples *examples, size_t size, float *mean, float *deviation) {
    size_t period = examples->period;
    fill(mean, period, INFINITY);
    fill(deviation, period, -INFINITY);
    for (size_t i = 0; i < examples->count; i++) {
        const float *values = (const float *)examples->values + examples->index[i] * size;
        for (size_t j = 0; j < size; j++) {
            mean[j % period] = fminf(mean[j % period], values[j]);
            deviation[j % period] = fmaxf(deviation[j % period], values[j]);
        }
    }
    for (size_t c = 0; c < period; c++) {
        deviation[c] = usable_scale((double)deviation[c] - (double)mean[c]);
    }
}

Status normalise_fit(Normalisation how, const Examples *examples, size_t size, float *mean,
                     float *deviation) {
    bool bytes = examples->type == VALUE_U8;
    fill(mean, examples->period, 0);
    fill(deviation, examples->period, 1);
    switch (how) {
    case NORMALISE_NONE: return STATUS_OK;
    case NORMALISE_UNIT:
        if (bytes)
            fill(deviation, examples->period, UINT8_MAX);
        else
            fit_range(examples, size, mean, deviation);
        return STATUS_OK;
    case NORMALISE_STANDARD:
        return bytes ? fit_bytes(examples, size, mean, deviation)
                     : fit_floats(examples, size, mean, deviation);
    }
    return status_fail(STATUS_INPUT, "unknown normalisation %d", (int)how);
}

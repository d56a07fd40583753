#include "search/quantile.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

double normal_cdf(double x) {
    return 0.5 * erfc(-x * M_SQRT1_2);
}

/* c[0] + c[1] x + ... + c[7] x^7 */
static double polynomial(const double c[8], double x) {
    double sum = c[7];
    for (size_t i = 7; i-- > 0;) {
        sum = sum * x + c[i];
    }
    return sum;
}

double normal_quantile(double p) {
    static const double centre_top[8] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                                         1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                         4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                         3.3430575583588128105e+4, 2.5090809287301226727e+3};
    static const double centre_bottom[8] = {1,
                                            4.2313330701600911252e+1,
                                            6.8718700749205790830e+2,
                                            5.3941960214247511077e+3,
                                            2.1213794301586595867e+4,
                                            3.9307895800092710610e+4,
                                            2.8729085735721942674e+4,
                                            5.2264952788528545610e+3};
    static const double near_top[8] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                       5.76949722146069140550e0,  3.64784832476320460504e0,
                                       1.27045825245236838258e0,  2.41780725177450611770e-1,
                                       2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double near_bottom[8] = {1,
                                          2.05319162663775882187e0,
                                          1.67638483018380384940e0,
                                          6.89767334985100004550e-1,
                                          1.48103976427480074590e-1,
                                          1.51986665636164571966e-2,
                                          5.47593808499534494600e-4,
                                          1.05075007164441684324e-9};
    static const double far_top[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                      1.78482653991729133580e0,  2.96560571828504891230e-1,
                                      2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                      2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double far_bottom[8] = {1,
                                         5.99832206555887937690e-1,
                                         1.36929880922735805310e-1,
                                         1.48753612908506148525e-2,
                                         7.86869131145613259100e-4,
                                         1.84631831751005468180e-5,
                                         1.42151175831644588870e-7,
                                         2.04426310338993978564e-15};
    double q = p - 0.5;
    if (fabs(q) <= 0.425) {
        double r = 0.180625 - q * q;
        return q * polynomial(centre_top, r) / polynomial(centre_bottom, r);
    }
    double r = sqrt(-log(q < 0 ? p : 1 - p));
    double x = r <= 5 ? polynomial(near_top, r - 1.6) / polynomial(near_bottom, r - 1.6)
                      : polynomial(far_top, r - 5) / polynomial(far_bottom, r - 5);
    return q < 0 ? -x : x;
}

double normal_quantile_between(double low, double high, double u) {
    if (low > 0) return -normal_quantile_between(-high, -low, 1 - u); /* the lower tail keeps its digits */
    double below_low = normal_cdf(low), below_high = normal_cdf(high);
    /* So far out that the probability vanishes in double. */
    if (!(below_high > below_low)) return low + u * (high - low);
    double x = normal_quantile(below_low + u * (below_high - below_low));
    return fmin(fmax(x, low), high);
}

/* The continued fraction of I_x(a, b), which converges fast for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x) {
    const double tiny = 1e-300;
    double c = 1;
    double d = 1 - (a + b) * x / (a + 1);
    if (fabs(d) < tiny) d = tiny;
    d = 1 / d;
    double fraction = d;
    for (int m = 1; m <= 100000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        const double terms[2] = {even, odd};
        double change = 1;
        for (int i = 0; i < 2; i++) {
            d = 1 + terms[i] * d;
            if (fabs(d) < tiny) d = tiny;
            c = 1 + terms[i] / c;
            if (fabs(c) < tiny) c = tiny;
            d = 1 / d;
            change = c * d;
            fraction *= change;
        }
        if (fabs(change - 1) <= DBL_EPSILON) break;
    }
    return fraction;
}

double beta_cdf(double a, double b, double x) {
    if (x <= 0) return 0;
    if (x >= 1) return 1;
    int sign = 0;
    double front =
        exp(lgamma_r(a + b, &sign) - lgamma_r(a, &sign) - lgamma_r(b, &sign) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

static uint64_t bits_of(double value) {
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits) {
    double value = 0;
    memcpy(&value, &bits, sizeof value);
    return value;
}

double beta_quantile_between(double a, double b, double low, double high, double u) {
    double below_low = beta_cdf(a, b, low);
    if (below_low > 0.5) return 1 - beta_quantile_between(b, a, 1 - high, 1 - low, 1 - u);
    double p = below_low + u * (beta_cdf(a, b, high) - below_low);
    /* Bits of doubles that are not negative are in the order of the doubles: at most 62 halvings to the last
     * bit, however small the value. */
    uint64_t left = bits_of(low), right = bits_of(high);
    while (right - left > 1) {
        uint64_t middle = left + (right - left) / 2;
        if (beta_cdf(a, b, from_bits(middle)) < p) {
            left = middle;
        } else {
            right = middle;
        }
    }
    return from_bits(right);
}

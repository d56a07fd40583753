#include "search/quantile.h"

#include <math.h>

#include "search/suites.h"
#include "suite.h"

static double relative(double value, double expected) {
    return fabs(value / expected - 1);
}

static void normal_quantile_agrees_with_another_implementation(void) {
    /* Python 3.11, statistics.NormalDist().inv_cdf */
    CU_ASSERT_EQUAL(normal_quantile(0.5), 0);
    CU_ASSERT(relative(normal_quantile(0.3), -0.5244005127080407) < 1e-15);
    CU_ASSERT(relative(normal_quantile(0.975), 1.9599639845400536) < 1e-15);
    CU_ASSERT(relative(normal_quantile(0.07), -1.4757910281791702) < 1e-15);
    CU_ASSERT(relative(normal_quantile(1e-10), -6.361340902404056) < 1e-15);
    CU_ASSERT(relative(normal_quantile(1e-100), -21.27345356096532) < 1e-15);
    CU_ASSERT(relative(normal_quantile(1e-300), -37.0470962993612) < 1e-14);
}

static void normal_cdf_undoes_the_quantile(void) {
    for (int i = 0; i < 300; i++) {
        double p = i < 200 ? pow(10, i - 200) : (i - 199.5) / 100;
        CU_ASSERT(relative(normal_cdf(normal_quantile(p)), p) < 1e-12);
    }
}

static void truncated_normals_keep_their_digits_in_both_tails(void) {
    /* Python: -NormalDist().inv_cdf(math.erfc(10 / math.sqrt(2)) / 4) */
    double upper = normal_quantile_between(10, INFINITY, 0.5);
    CU_ASSERT(relative(upper, 10.068411836081427) < 1e-14);
    CU_ASSERT_DOUBLE_EQUAL(normal_quantile_between(-INFINITY, -10, 0.5), -upper, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(normal_quantile_between(-1, 1, 0.5), 0, 1e-15);
    double deep = normal_quantile_between(50, 51, 0.25); /* the probability is 0 in double */
    CU_ASSERT_EQUAL(deep, 50.25);
}

static void beta_cdf_agrees_with_another_implementation(void) {
    /* mpmath 1.2, betainc(regularized=True) at 30 digits; the second by quadrature */
    CU_ASSERT(relative(beta_cdf(2.5, 0.7, 0.3), 0.0298140248452504655411) < 1e-13);
    CU_ASSERT(relative(beta_cdf(1e4, 2e4, 0.335), 0.73013463424357235811) < 1e-9);
    CU_ASSERT(relative(beta_cdf(80, 120, 0.42), 0.720156925849242862494) < 1e-12);
    CU_ASSERT(relative(beta_cdf(0.01, 0.02, 0.001), 0.622375911327775339842) < 1e-13);
    CU_ASSERT(relative(beta_cdf(2.5, 0.7, 0.9999), 0.996819670184288043457) < 1e-13);
    CU_ASSERT_EQUAL(beta_cdf(2, 3, 0), 0);
    CU_ASSERT_EQUAL(beta_cdf(2, 3, 1), 1);
}

static void beta_cdf_undoes_the_quantile(void) {
    static const double shapes[][2] = {{2, 3}, {0.5, 0.5}, {0.1, 1}, {5, 0.2}, {300, 200}};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        double a = shapes[i][0], b = shapes[i][1];
        double before = 0;
        for (int k = 0; k < 100; k++) {
            double u = (k + 0.5) / 100;
            double x = beta_quantile_between(a, b, 0, 1, u);
            CU_ASSERT(x >= before);
            before = x;
            /* Near 1 a double is no finer than this; there the upper tail is compared. */
            if (x < 0.9) CU_ASSERT_DOUBLE_EQUAL(beta_cdf(a, b, x), u, 1e-12);
        }
    }
}

static void truncated_betas_stay_where_they_are_told(void) {
    static const double ends[][2] = {{0, 0.1}, {0.2, 0.4}, {0.9, 1}, {0.999, 0.9999}, {0.5, 0.5}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        double low = ends[i][0], high = ends[i][1];
        for (int k = 0; k < 10; k++) {
            double u = (k + 0.01) / 10;
            double x = beta_quantile_between(2, 3, low, high, u);
            CU_ASSERT(x >= low - 1e-15 && x <= high + 1e-15);
        }
    }
    /* P(x <= t) = t^2 for a = 2, b = 1, so half of [0.6, 0.8] lies below the root of (0.36 + 0.64) / 2. */
    CU_ASSERT_DOUBLE_EQUAL(beta_quantile_between(2, 1, 0.6, 0.8, 0.5), sqrt(0.5), 1e-14);
    CU_ASSERT_DOUBLE_EQUAL(beta_quantile_between(2, 1, 0.8, 0.9, 0.5), sqrt(0.725), 1e-14);
    /* P(x > t) = (1 - t)^3 for a = 1, b = 3, however little that is. */
    double above = 1 - beta_quantile_between(1, 3, 1 - 1e-5, 1, 0.5);
    CU_ASSERT(relative(above, 1e-5 * cbrt(0.5)) < 1e-9);
}

void suite_quantile(void) {
    static const TestCase tests[] = {
        {"the normal quantile agrees with another implementation",
         normal_quantile_agrees_with_another_implementation},
        {"the normal distribution function undoes the quantile", normal_cdf_undoes_the_quantile},
        {"truncated normals keep their digits in both tails",
         truncated_normals_keep_their_digits_in_both_tails},
        {"the beta distribution function agrees with another implementation",
         beta_cdf_agrees_with_another_implementation},
        {"the beta distribution function undoes the quantile", beta_cdf_undoes_the_quantile},
        {"truncated betas stay where they are told", truncated_betas_stay_where_they_are_told},
    };
    SUITE("quantile", tests);
}

/* Parameters: distributions, conditions, domains, and what they set. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "campaign/config/tests.h"
#include "suite.h"

static void distributions(void) {
    static const struct {
        const char *text;
        Distribution distribution;
        bool integer;
        double min, max, q, mu, sigma, a, b;
    } cases[] = {
        {"{value: 0.5}", DIST_CONSTANT, false, -INFINITY, INFINITY, 0, 0, 0, 0, 0},
        {"{distribution: constant, value: 1}", DIST_CONSTANT, true, -INFINITY, INFINITY, 0, 0, 0, 0, 0},
        {"{values: [0.5, 1]}", DIST_CATEGORICAL, false, -INFINITY, INFINITY, 0, 0, 0, 0, 0},
        {"{distribution: categorical, values: [1, 2]}", DIST_CATEGORICAL, true, -INFINITY, INFINITY, 0, 0, 0,
         0, 0},
        {"{min: 1, max: 4}", DIST_INT_UNIFORM, true, 1, 4, 1, 0, 1, 1, 1},
        {"{min: 1.0, max: 4}", DIST_UNIFORM, false, 1, 4, 1, 0, 1, 1, 1},
        {"{distribution: uniform, min: 1, max: 4}", DIST_UNIFORM, false, 1, 4, 1, 0, 1, 1, 1},
        {"{distribution: int_uniform, min: 1, max: 4}", DIST_INT_UNIFORM, true, 1, 4, 1, 0, 1, 1, 1},
        {"{distribution: q_uniform, min: 1, max: 4}", DIST_Q_UNIFORM, true, 1, 4, 1, 0, 1, 1, 1},
        {"{distribution: q_uniform, min: 1, max: 4, q: 0.5}", DIST_Q_UNIFORM, false, 1, 4, 0.5, 0, 1, 1, 1},
        {"{distribution: q_uniform, min: 1.5, max: 4, q: 1}", DIST_Q_UNIFORM, false, 1.5, 4, 1, 0, 1, 1, 1},
        {"{distribution: log_uniform_values, min: 1, max: 4}", DIST_LOG_UNIFORM_VALUES, false, 1, 4, 1, 0, 1,
         1, 1},
        {"{distribution: q_log_uniform_values, min: 1, max: 9, q: 2}", DIST_Q_LOG_UNIFORM_VALUES, true, 1, 9,
         2, 0, 1, 1, 1},
        {"{distribution: inv_log_uniform_values, min: 1, max: 4}", DIST_INV_LOG_UNIFORM_VALUES, false, 1, 4,
         1, 0, 1, 1, 1},
        {"{distribution: reverse_log_uniform_values, min: 0.5, max: 0.9}", DIST_REVERSE_LOG_UNIFORM_VALUES,
         false, 0.5, 0.9, 1, 0, 1, 1, 1},
        {"{distribution: normal, mu: 9, sigma: 2}", DIST_NORMAL, false, -INFINITY, INFINITY, 1, 9, 2, 1, 1},
        {"{distribution: q_normal, mu: 9, sigma: 2, q: 1}", DIST_Q_NORMAL, true, -INFINITY, INFINITY, 1, 9, 2,
         1, 1},
        {"{distribution: log_normal}", DIST_LOG_NORMAL, false, -INFINITY, INFINITY, 1, 0, 1, 1, 1},
        {"{distribution: q_log_normal, mu: 2, q: 0.01}", DIST_Q_LOG_NORMAL, false, -INFINITY, INFINITY, 0.01,
         2, 1, 1, 1},
        {"{distribution: beta, a: 2, b: 3}", DIST_BETA, false, -INFINITY, INFINITY, 1, 0, 1, 2, 3},
        {"{distribution: q_beta, q: 0.1, a: 2}", DIST_Q_BETA, false, -INFINITY, INFINITY, 0.1, 0, 1, 2, 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[512];
        (void)snprintf(text, sizeof(text), BASE "parameters: {weight_decay: %s}\n", cases[i].text);
        Config *config = config_good(text);
        CU_ASSERT_PTR_NOT_NULL_FATAL(config);
        const Parameter *parameter = &config->space.parameters[0];
        CU_ASSERT_EQUAL(parameter->distribution, cases[i].distribution);
        CU_ASSERT_EQUAL(parameter->integer, cases[i].integer);
        CU_ASSERT_EQUAL(parameter->min, cases[i].min);
        CU_ASSERT_EQUAL(parameter->max, cases[i].max);
        CU_ASSERT_EQUAL(parameter->q, cases[i].q);
        CU_ASSERT_EQUAL(parameter->mu, cases[i].mu);
        CU_ASSERT_EQUAL(parameter->sigma, cases[i].sigma);
        CU_ASSERT_EQUAL(parameter->a, cases[i].a);
        CU_ASSERT_EQUAL(parameter->b, cases[i].b);
        config_destroy(&config);
    }
}

/* Every draw of every distribution sets what it should, and the domain holds. */
static void every_draw_is_a_setting(void) {
    Config *config = config_good(
        BASE "parameters:\n"
             "  optimizer: {values: [sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw]}\n"
             "  learning_rate: {distribution: log_normal, mu: -4, sigma: 1.5}\n"
             "  momentum: {distribution: beta, a: 5, b: 0.05, when: {optimizer: [momentum, nesterov]}}\n"
             "  momentum_initial: {value: 0.5, when: {optimizer: nesterov}}\n"
             "  momentum_epochs: {values: [2, 4], when: {optimizer: [momentum, nesterov]}}\n"
             "  beta1: {min: 0.8, max: 0.95, when: {optimizer: [adam, adamw]}}\n"
             "  beta2: {distribution: reverse_log_uniform_values, min: 0.9, max: 0.9999, when: {optimizer: "
             "[adam, adamw]}}\n"
             "  rho: {distribution: q_uniform, min: 0.5, max: 0.95, q: 0.1, when: {optimizer: rmsprop}}\n"
             "  epsilon: {distribution: inv_log_uniform_values, min: 1e-10, max: 1e-4}\n"
             "  weight_decay: {distribution: q_log_normal, mu: -5, sigma: 1, q: 0.001}\n"
             "  lr_schedule: {values: [constant, step, exponential, inverse, cosine, plateau]}\n"
             "  lr_decay: {min: 0.3, max: 1.0}\n"
             "  lr_step: {min: 1, max: 5}\n"
             "  warmup_epochs: {values: [0, 1, 2]}\n"
             "  batch_size: {distribution: q_log_uniform_values, min: 8, max: 128, q: 8}\n"
             "  gradient_clip: {distribution: normal, mu: 5, sigma: 1}\n"
             "  label_smoothing: {min: 0.0, max: 0.2}\n"
             "  ema: {distribution: reverse_log_uniform_values, min: 0.9, max: 0.9999}\n"
             "  early_stop_epochs: {values: [3, 5]}\n"
             "  augment_shift: {min: 0, max: 4}\n"
             "  augment_flip: {distribution: uniform, min: 0, max: 1}\n"
             "  lr_cycles: {min: 1, max: 6, when: {lr_schedule: cosine}}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    size_t seen_optimizers = 0;
    size_t seen_schedules = 0;
    for (uint32_t number = 0; number < 400; number++) {
        Draw draw = draw_of(config, number);
        TrainSettings settings;
        CU_ASSERT_EQUAL_FATAL(config_settings(config, &draw, 0, &settings), STATUS_OK);
        seen_optimizers |= (size_t)1 << settings.optimizer;
        seen_schedules |= (size_t)1 << settings.schedule;
        CU_ASSERT_EQUAL((size_t)settings.optimizer, draw.value[0].choice);
        CU_ASSERT_DOUBLE_EQUAL(settings.learning_rate, draw.value[1].number, 0);
        bool has_momentum =
            settings.optimizer == OPTIMIZER_MOMENTUM || settings.optimizer == OPTIMIZER_NESTEROV;
        CU_ASSERT_EQUAL(draw.value[2].present, has_momentum);
        CU_ASSERT(settings.momentum >= 0 && settings.momentum < 1);
        CU_ASSERT_DOUBLE_EQUAL(settings.momentum, has_momentum ? draw.value[2].number : 0.9, 0);
        /* The ramp needs both of its parameters. */
        bool has_ramp = settings.optimizer == OPTIMIZER_NESTEROV;
        CU_ASSERT_EQUAL(isnan(settings.momentum_initial), !has_ramp);
        CU_ASSERT_EQUAL(settings.momentum_epochs > 0, has_ramp);
        CU_ASSERT_DOUBLE_EQUAL(settings.beta1, draw.value[5].present ? draw.value[5].number : 0.9, 0);
        CU_ASSERT_DOUBLE_EQUAL(settings.epsilon, draw.value[8].number, 0);
        CU_ASSERT_DOUBLE_EQUAL(settings.weight_decay, draw.value[9].number, 0);
        CU_ASSERT_DOUBLE_EQUAL(settings.lr_decay, draw.value[11].number, 0);
        CU_ASSERT_EQUAL((double)settings.lr_step, draw.value[12].number);
        CU_ASSERT_EQUAL(settings.warmup_epochs, draw.value[13].choice);
        CU_ASSERT_EQUAL((double)settings.batch_size, draw.value[14].number);
        CU_ASSERT_EQUAL(settings.batch_size % 8, 0);
        CU_ASSERT_DOUBLE_EQUAL(settings.gradient_clip, draw.value[15].number, 0);
        CU_ASSERT_DOUBLE_EQUAL(settings.label_smoothing, draw.value[16].number, 0);
        CU_ASSERT_DOUBLE_EQUAL(settings.ema, draw.value[17].number, 0);
        CU_ASSERT_EQUAL(settings.early_stop_epochs, draw.value[18].choice == 0 ? 3 : 5);
        CU_ASSERT_EQUAL((double)settings.augment_shift, draw.value[19].number);
        CU_ASSERT_DOUBLE_EQUAL(settings.augment_flip, draw.value[20].number, 0);
        CU_ASSERT_EQUAL(draw.value[21].present, settings.schedule == SCHEDULE_COSINE);
        CU_ASSERT_EQUAL((double)settings.lr_cycles, draw.value[21].present ? draw.value[21].number : 1);
    }
    CU_ASSERT_EQUAL(seen_optimizers, ((size_t)1 << OPTIMIZER_KIND_COUNT) - 1);
    CU_ASSERT_EQUAL(seen_schedules, ((size_t)1 << SCHEDULE_KIND_COUNT) - 1);
    config_destroy(&config);
}

static void domains(void) {
    Config *config =
        config_good(DATA STAGES "network: [dense: $h, dropout: $p, dense: 3]\n"
                                "parameters:\n"
                                "  h: {min: 4, max: 8}\n"
                                "  p: {min: 0.1, max: 0.5}\n"
                                "  learning_rate: {distribution: log_uniform_values, min: 0.1, max: 1}\n"
                                "  momentum: {distribution: reverse_log_uniform_values, min: 0.5, max: 0.9}\n"
                                "  weight_decay: {min: 0.0, max: 0.1}\n"
                                "  batch_size: {min: 8, max: 16}\n"
                                "  ema: {min: 0.5, max: 0.9}\n"
                                "  early_stop_epochs: {min: 2, max: 4}\n"
                                "  augment_shift: {min: 1, max: 2}\n"
                                "  augment_flip: {min: 0.1, max: 0.5}\n"
                                "  lr_schedule: {values: [step, inverse]}\n"
                                "  lr_decay: {min: 0.5, max: 0.9}\n"
                                "  lr_step: {value: 2}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_EQUAL(parameter_of(config, "h")->domain_min, 1);
    CU_ASSERT_EQUAL(parameter_of(config, "h")->domain_max, 16777216);
    CU_ASSERT_EQUAL(parameter_of(config, "p")->domain_min, 0);
    CU_ASSERT_EQUAL(parameter_of(config, "p")->domain_max, nextafter(1, 0));
    CU_ASSERT_EQUAL(parameter_of(config, "learning_rate")->domain_min, DBL_MIN);
    CU_ASSERT_TRUE(isinf(parameter_of(config, "learning_rate")->domain_max));
    CU_ASSERT_EQUAL(parameter_of(config, "momentum")->domain_min, 0);
    CU_ASSERT_EQUAL(parameter_of(config, "momentum")->domain_max, nextafter(1, 0));
    CU_ASSERT_EQUAL(parameter_of(config, "weight_decay")->domain_min, 0);
    CU_ASSERT_EQUAL(parameter_of(config, "batch_size")->domain_min, 1);
    CU_ASSERT_EQUAL(parameter_of(config, "lr_decay")->domain_max, 1);
    CU_ASSERT_EQUAL(parameter_of(config, "ema")->domain_max, nextafter(1, 0));
    CU_ASSERT_EQUAL(parameter_of(config, "early_stop_epochs")->domain_min, 1);
    CU_ASSERT_EQUAL(parameter_of(config, "augment_shift")->domain_min, 0);
    CU_ASSERT_EQUAL(parameter_of(config, "augment_flip")->domain_max, 1);
    config_destroy(&config);

    config = config_good(BASE "parameters:\n"
                              "  lr_schedule: {values: [step, inverse]}\n"
                              "  lr_decay: {min: 0.5, max: 9.0, when: {lr_schedule: inverse}}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_EQUAL(parameter_of(config, "lr_decay")->domain_min, 0);
    CU_ASSERT_TRUE(isinf(parameter_of(config, "lr_decay")->domain_max));
    config_destroy(&config);

    /* One name, two uses: both domains hold. */
    config = config_good(DATA STAGES "network: [dense: 4, leaky_relu: $x, dropout: $x, dense: 3]\n"
                                     "parameters: {x: {min: 0.1, max: 0.5}}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_EQUAL(parameter_of(config, "x")->domain_max, nextafter(1, 0));
    config_destroy(&config);
}

static void conditions(void) {
    Config *config =
        config_good(BASE "parameters:\n"
                         "  momentum: {value: 0.9, when: {optimizer: [nesterov, momentum], batch_size: 32}}\n"
                         "  optimizer: {values: [momentum, sgd, nesterov]}\n"
                         "  batch_size: {values: [16, 32.0]}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    const Parameter *momentum = &config->space.parameters[0];
    CU_ASSERT_EQUAL(momentum->condition_count, 2);
    CU_ASSERT_EQUAL(momentum->conditions[0].parameter, 1);
    CU_ASSERT_EQUAL(momentum->conditions[0].allowed, 5);
    CU_ASSERT_EQUAL(momentum->conditions[1].parameter, 2);
    CU_ASSERT_EQUAL(momentum->conditions[1].allowed, 2);
    config_destroy(&config);
}

/* The optimizer that is in force where its own condition does not hold. */
static void defaults_count_as_reached(void) {
    Config *config = config_good(BASE "parameters:\n"
                                      "  batch_size: {values: [16, 32]}\n"
                                      "  optimizer: {value: adam, when: {batch_size: 16}}\n"
                                      "  momentum: {value: 0.5}\n");
    CU_ASSERT_PTR_NOT_NULL(config);
    config_destroy(&config);
}

void add_parameters_suite(void) {
    static const TestCase tests[] = {
        {"every distribution is read, with its defaults", distributions},
        {"every draw becomes settings", every_draw_is_a_setting},
        {"growth ends where a name's domain does", domains},
        {"conditions name values of other parameters", conditions},
        {"a default optimizer is one that can be reached", defaults_count_as_reached},
    };
    SUITE("parameters", tests);
}

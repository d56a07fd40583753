/* Settings, schedules, the momentum ramp and the plateau rule. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/train_settings.h"
#include "suite.h"
#include "suites.h"

static ScheduleKind schedule_named(const char *name) {
    for (int kind = 0; kind < SCHEDULE_KIND_COUNT; kind++) {
        if (strcmp(schedule_name((ScheduleKind)kind), name) == 0) return (ScheduleKind)kind;
    }
    CU_FAIL_FATAL("no such schedule");
    return SCHEDULE_CONSTANT;
}

static void golden_schedules(void) {
    FILE *file = fopen(SOURCE_ROOT "/tests/engine/golden/schedules.txt", "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    bool seen[SCHEDULE_KIND_COUNT] = {0};
    char name[32], metric[32];
    unsigned epochs, step, warmup;
    double rate, decay;
    while (fscanf(file, "%31s %31s %u %lf %lf %u %u", name, metric, &epochs, &rate, &decay, &step, &warmup) ==
           7) {
        TrainSettings settings = train_settings_default(epochs);
        settings.schedule = schedule_named(name);
        settings.metric =
            strcmp(metric, metric_name(METRIC_VAL_LOSS)) == 0 ? METRIC_VAL_LOSS : METRIC_VAL_ACCURACY;
        settings.learning_rate = rate;
        settings.lr_decay = decay;
        settings.lr_step = step;
        settings.warmup_epochs = warmup;
        PlateauState plateau = {0};
        for (unsigned epoch = 0; epoch < epochs; epoch++) {
            double value, golden;
            CU_ASSERT_EQUAL_FATAL(fscanf(file, "%lf %lf", &value, &golden), 2);
            CU_ASSERT_DOUBLE_EQUAL(schedule_rate(&settings, epoch, plateau.reductions), golden, 1e-12);
            plateau_feed(&plateau, &settings, value);
        }
        seen[settings.schedule] = true;
    }
    CU_ASSERT(feof(file));
    for (int kind = 0; kind < SCHEDULE_KIND_COUNT; kind++)
        CU_ASSERT(seen[kind]);
    fclose(file);
}

static void warmup_is_a_line(void) {
    TrainSettings settings = train_settings_default(10);
    settings.learning_rate = 0.8;
    settings.warmup_epochs = 4;
    for (int kind = 0; kind < SCHEDULE_KIND_COUNT; kind++) {
        settings.schedule = (ScheduleKind)kind;
        for (int i = 0; i < 40; i++)
            CU_ASSERT_DOUBLE_EQUAL(schedule_rate(&settings, i / 10.0, 2), 0.02 * i, 1e-12);
        if (kind != SCHEDULE_PLATEAU) CU_ASSERT_EQUAL(schedule_rate(&settings, 4, 0), 0.8);
    }
}

static void warmup_to_the_end(void) {
    TrainSettings settings = train_settings_default(3);
    settings.schedule = SCHEDULE_COSINE;
    settings.warmup_epochs = 3;
    CU_ASSERT_EQUAL(schedule_rate(&settings, 3, 0), settings.learning_rate);
    settings.warmup_epochs = 5;
    CU_ASSERT_DOUBLE_EQUAL(schedule_rate(&settings, 3, 0), settings.learning_rate * 3 / 5, 1e-15);
}

static TrainSettings cycles_of(uint32_t epochs, uint32_t warmup, uint32_t cycles) {
    TrainSettings settings = train_settings_default(epochs);
    settings.schedule = SCHEDULE_COSINE;
    settings.learning_rate = 0.3;
    settings.warmup_epochs = warmup;
    settings.lr_cycles = cycles;
    return settings;
}

/* Equation 2 of the paper, its t counting epochs: alpha(t) = alpha0 / 2 (cos(pi mod(t - 1, ceil(T / M)) /
 * ceil(T / M)) + 1). */
static void cycles_as_published(void) {
    static const uint32_t cases[][3] = {{9, 0, 1}, {30, 0, 5}, {15, 3, 4}, {8, 0, 8}, {200, 0, 6}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t warmup = cases[i][1], cycles = cases[i][2], T = cases[i][0] - warmup;
        if (T % cycles != 0) T -= T % cycles;
        TrainSettings settings = cycles_of(T + warmup, warmup, cycles);
        double length = ceil((double)T / cycles);
        for (uint32_t t = 1; t <= T; t++) {
            double rate = 0.3 / 2 * (cos(M_PI * fmod(t - 1, length) / length) + 1);
            CU_ASSERT_DOUBLE_EQUAL(schedule_rate(&settings, warmup + t - 1, 0), rate, 1e-15);
        }
    }
}

static void one_cycle_to_the_bit(void) {
    for (uint32_t epochs = 1; epochs < 40; epochs++) {
        TrainSettings settings = cycles_of(epochs, 0, 1);
        for (uint32_t e = 0; e < epochs; e++) {
            double before = 0.3 * ((1 + cos(M_PI * (double)e / (double)epochs)) / 2);
            CU_ASSERT_EQUAL(schedule_rate(&settings, e, 0), before);
        }
    }
}

/* The lengths of the cycles, by the epochs at the full rate. */
static void uneven_cycles(void) {
    static const struct {
        uint32_t epochs, warmup, cycles;
        uint32_t count, begins[6];
    } cases[] = {{10, 0, 4, 4, {0, 2, 5, 7}},
                 {13, 3, 4, 4, {3, 5, 8, 10}},
                 {5, 0, 2, 2, {0, 2}},
                 {4, 0, 9, 4, {0, 1, 2, 3}}, /* more cycles than epochs */
                 {6, 2, UINT32_MAX, 4, {2, 3, 4, 5}}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        TrainSettings settings = cycles_of(cases[i].epochs, cases[i].warmup, cases[i].cycles);
        uint32_t found = 0;
        for (uint32_t e = cases[i].warmup; e < cases[i].epochs; e++) {
            if (schedule_rate(&settings, e, 0) < 0.3) continue;
            CU_ASSERT_FATAL(found < cases[i].count);
            CU_ASSERT_EQUAL(e, cases[i].begins[found]);
            found++;
        }
        CU_ASSERT_EQUAL(found, cases[i].count);
    }
}

static void check_minima(const TrainSettings *settings, const uint32_t *minima, uint32_t count) {
    uint32_t found = 0;
    for (uint32_t e = 0; e < settings->epochs; e++) {
        if (!schedule_minimum(settings, e)) continue;
        CU_ASSERT_FATAL(found < count);
        CU_ASSERT_EQUAL(e, minima[found]);
        found++;
    }
    CU_ASSERT_EQUAL(found, count);
    CU_ASSERT_EQUAL(schedule_minima(settings, 1000), count);
    CU_ASSERT_EQUAL(schedule_minima(settings, 1), 1);
}

static void minima_end_cycles(void) {
    TrainSettings settings = cycles_of(10, 0, 4);
    check_minima(&settings, (uint32_t[]){1, 4, 6, 9}, 4);
    settings = cycles_of(13, 3, 4);
    check_minima(&settings, (uint32_t[]){4, 7, 9, 12}, 4);
    settings = cycles_of(4, 0, 9); /* all at the full rate */
    check_minima(&settings, (uint32_t[]){3}, 1);
    settings = cycles_of(3, 5, 2); /* the warm-up outlasts it */
    check_minima(&settings, (uint32_t[]){2}, 1);
    settings = cycles_of(1, 0, 1);
    check_minima(&settings, (uint32_t[]){0}, 1);
}

static void only_cycles_have_minima(void) {
    for (int kind = 0; kind < SCHEDULE_KIND_COUNT; kind++) {
        TrainSettings settings = cycles_of(20, 4, 1);
        settings.schedule = (ScheduleKind)kind;
        settings.lr_step = 2;
        check_minima(&settings, (uint32_t[]){19}, 1);
    }
}

static void momentum_ramp(void) {
    TrainSettings settings = train_settings_default(20);
    settings.momentum = 0.99;
    for (uint32_t epoch = 0; epoch < 20; epoch++)
        CU_ASSERT_EQUAL(schedule_momentum(&settings, epoch), 0.99);
    settings.momentum_initial = 0.5;
    settings.momentum_epochs = 10;
    CU_ASSERT_EQUAL(schedule_momentum(&settings, 0), 0.5);
    CU_ASSERT_DOUBLE_EQUAL(schedule_momentum(&settings, 1), 0.549, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(schedule_momentum(&settings, 5), 0.745, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(schedule_momentum(&settings, 9), 0.941, 1e-15);
    for (uint32_t epoch = 10; epoch < 20; epoch++)
        CU_ASSERT_EQUAL(schedule_momentum(&settings, epoch), 0.99);
}

static void nan_is_no_improvement(void) {
    CU_ASSERT(metric_better(METRIC_VAL_ACCURACY, 0.6, 0.5) && !metric_better(METRIC_VAL_ACCURACY, 0.5, 0.5));
    CU_ASSERT(metric_better(METRIC_VAL_LOSS, 0.5, 0.6) && !metric_better(METRIC_VAL_LOSS, 0.6, 0.6));
    for (int metric = METRIC_VAL_ACCURACY; metric <= METRIC_VAL_LOSS; metric++) {
        CU_ASSERT(!metric_better((MetricKind)metric, NAN, 0.5));
        CU_ASSERT(!metric_better((MetricKind)metric, NAN, NAN));
        CU_ASSERT(metric_better((MetricKind)metric, 0.5, NAN));
    }
    TrainSettings settings = train_settings_default(9);
    settings.lr_step = 2;
    PlateauState plateau = {0};
    const double fed[] = {0.5, NAN, NAN};
    for (size_t i = 0; i < 3; i++)
        plateau_feed(&plateau, &settings, fed[i]);
    CU_ASSERT_EQUAL(plateau.reductions, 1);
    CU_ASSERT_EQUAL(plateau.best, 0.5);
}

static void early_stops(void) {
    static const struct {
        uint32_t patience, warmup, epochs, best;
        bool ends;
    } cases[] = {{0, 0, 1000, 1, false}, /* never */
                 {1, 0, 1, 1, false},
                 {1, 0, 2, 1, true},
                 {3, 0, 5, 3, false},
                 {3, 0, 6, 3, true},
                 {3, 0, 9, 3, true},
                 {3, 4, 6, 1, false},
                 {3, 4, 7, 1, true}, /* the warm-up does not count */
                 {3, 4, 7, 5, false},
                 {3, 4, 8, 5, true},
                 {3, 10, 9, 1, false},
                 {3, 0, 2, 0, false},
                 {UINT32_MAX, 0, UINT32_MAX, 1, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        TrainSettings settings = train_settings_default(20);
        settings.early_stop_epochs = cases[i].patience;
        settings.warmup_epochs = cases[i].warmup;
        CU_ASSERT_EQUAL(early_stop(&settings, cases[i].epochs, cases[i].best), cases[i].ends);
    }
}

static void defaults(void) {
    const uint32_t thirds[][2] = {
        {1, 1}, {2, 1}, {3, 1}, {4, 2}, {30, 10}, {31, 11}, {UINT32_MAX, 1431655765}};
    for (size_t i = 0; i < sizeof thirds / sizeof thirds[0]; i++) {
        TrainSettings settings = train_settings_default(thirds[i][0]);
        CU_ASSERT_EQUAL(settings.epochs, thirds[i][0]);
        CU_ASSERT_EQUAL(settings.lr_step, thirds[i][1]);
        CU_ASSERT(isnan(settings.momentum_initial) && isnan(settings.gradient_clip));
        CU_ASSERT(settings.lr_cycles == 1 && !settings.snapshots);
    }
}

void suite_schedules(void) {
    static const TestCase tests[] = {
        {"schedules follow PyTorch or their formula", golden_schedules},
        {"warm-up is a line from 0 to the rate, whatever follows", warmup_is_a_line},
        {"warm-up may fill or outlast the training", warmup_to_the_end},
        {"cosine cycles follow the published equation where they divide the epochs", cycles_as_published},
        {"one cycle is the plain cosine, to the bit", one_cycle_to_the_bit},
        {"else cycles differ by one epoch, and are at most as many as epochs", uneven_cycles},
        {"the rate has a minimum at the end of each cycle that falls", minima_end_cycles},
        {"without cycles the last epoch alone is one", only_cycles_have_minima},
        {"momentum rises from 0.5 to 0.99 and stays", momentum_ramp},
        {"NaN is never an improvement", nan_is_no_improvement},
        {"an early stop counts epochs after the best and after the warm-up", early_stops},
        {"lr_step defaults to a third of the epochs, rounded up", defaults},
    };
    SUITE("schedules", tests);
}

/* The optimizers in float: what they touch, how they clip, and that single precision follows the equations.
 */
#include <math.h>
#include <string.h>

#include "engine/optimizer.h"
#include "suite.h"
#include "suites.h"

#define COUNT 64 /* parameters: a weight of 5 x 7, padding, a bias of 7, padding */
#define BIAS 48
#define STATE_HEAD 17 /* bytes before the vectors in a saved state: kind, steps, length */

static const ParameterBlock blocks[] = {
    {.layer = "dense1", .role = "weight", .offset = 0, .count = 35, .decays = true, .trained = true},
    {.layer = "dense1", .role = "bias", .offset = BIAS, .count = 7, .trained = true},
};
#define BLOCK_COUNT (sizeof blocks / sizeof blocks[0])

static bool same_bytes(const void *a, const void *b, size_t length) {
    return memcmp(a, b, length) == 0;
}

static bool in_a_block(size_t i) {
    return i < 35 || (i >= BIAS && i < BIAS + 7);
}

static void fill(float *x, float *g) {
    for (size_t i = 0; i < COUNT; i++) {
        x[i] = in_a_block(i) ? (float)sin((double)i + 1) : 0;
        g[i] = in_a_block(i) ? (float)cos(3 * (double)i) : 0;
    }
}

static Optimizer *make(TrainSettings settings) {
    Optimizer *optimizer = NULL;
    CU_ASSERT_EQUAL_FATAL(optimizer_create(&optimizer, &settings, COUNT), STATUS_OK);
    return optimizer;
}

/* x after `steps` steps of `settings` from the values of fill(). */
static void run(TrainSettings settings, int steps, float *x) {
    float g[COUNT];
    fill(x, g);
    Optimizer *optimizer = make(settings);
    for (int i = 0; i < steps; i++)
        optimizer_step(optimizer, x, g, blocks, BLOCK_COUNT, settings.learning_rate, 0.9);
    optimizer_destroy(&optimizer);
}

static TrainSettings settings_of(OptimizerKind kind) {
    TrainSettings settings = train_settings_default(1);
    settings.optimizer = kind;
    settings.learning_rate = 0.05;
    return settings;
}

static void first_steps(void) {
    float x[COUNT], start[COUNT], g[COUNT];
    fill(start, g);
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++) {
        run(settings_of((OptimizerKind)kind), 1, x);
        for (size_t i = 0; i < COUNT; i++) {
            if (!in_a_block(i)) continue;
            double d = g[i], step = 0;
            switch ((OptimizerKind)kind) {
            case OPTIMIZER_SGD:
            case OPTIMIZER_MOMENTUM: step = 0.05 * d; break;
            case OPTIMIZER_NESTEROV: step = 1.9 * 0.05 * d; break;
            case OPTIMIZER_RMSPROP: step = 0.05 * d / sqrt(0.1 * d * d); break;
            default: step = 0.05 * d / fabs(d); break;
            }
            CU_ASSERT_DOUBLE_EQUAL(x[i], start[i] - step, 1e-6);
        }
    }
}

static void padding_is_left_alone(void) {
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++) {
        TrainSettings settings = settings_of((OptimizerKind)kind);
        settings.weight_decay = 0.1;
        settings.gradient_clip = 0.5;
        float x[COUNT], g[COUNT];
        fill(x, g);
        for (size_t i = 0; i < COUNT; i++) {
            if (!in_a_block(i)) x[i] = g[i] = 7;
        }
        Optimizer *optimizer = make(settings);
        optimizer_step(optimizer, x, g, blocks, BLOCK_COUNT, 0.05, 0.9);
        for (size_t i = 0; i < COUNT; i++)
            CU_ASSERT((x[i] == 7) == !in_a_block(i));
        ByteWriter saved = {0};
        optimizer_save(optimizer, &saved);
        float state[2 * COUNT];
        size_t count = optimizer_vectors(settings.optimizer) * COUNT;
        CU_ASSERT_EQUAL_FATAL(saved.length, STATE_HEAD + count * sizeof *state);
        memcpy(state, saved.data + STATE_HEAD, count * sizeof *state);
        for (size_t i = 0; i < count; i++)
            CU_ASSERT((state[i] == 0) == !in_a_block(i % COUNT));
        bytes_writer_release(&saved);
        optimizer_destroy(&optimizer);
    }
}

static void decay_spares_biases(void) {
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++) {
        TrainSettings settings = settings_of((OptimizerKind)kind);
        float plain[COUNT], decayed[COUNT];
        run(settings, 3, plain);
        settings.weight_decay = 0.5;
        run(settings, 3, decayed);
        size_t changed = 0;
        for (size_t i = 0; i < BIAS; i++)
            changed += plain[i] != decayed[i];
        CU_ASSERT(changed > 0);
        CU_ASSERT(same_bytes(plain + BIAS, decayed + BIAS, 7 * sizeof(float)));
    }
}

static void adamw_decays_apart(void) {
    TrainSettings settings = settings_of(OPTIMIZER_ADAM);
    float plain[COUNT], decayed[COUNT], start[COUNT], g[COUNT];
    run(settings, 1, plain);
    settings.optimizer = OPTIMIZER_ADAMW;
    settings.weight_decay = 0.5;
    run(settings, 1, decayed);
    fill(start, g);
    for (size_t i = 0; i < 35; i++) {
        CU_ASSERT_DOUBLE_EQUAL(decayed[i], plain[i] - 0.05 * 0.5 * start[i], 1e-6);
    }
}

static void clipping_bounds_the_norm(void) {
    TrainSettings settings = settings_of(OPTIMIZER_SGD);
    float plain[COUNT], clipped[COUNT], start[COUNT], g[COUNT];
    fill(start, g);
    double norm = 0;
    for (size_t i = 0; i < COUNT; i++)
        norm += (double)g[i] * g[i];
    norm = sqrt(norm);
    run(settings, 1, plain);
    settings.gradient_clip = norm * 1.001;
    run(settings, 1, clipped);
    CU_ASSERT(same_bytes(plain, clipped, sizeof plain));

    settings.gradient_clip = norm / 8;
    run(settings, 1, clipped);
    double moved = 0;
    for (size_t i = 0; i < COUNT; i++) {
        double change = (double)clipped[i] - start[i];
        moved += change * change;
        CU_ASSERT_DOUBLE_EQUAL(change, ((double)plain[i] - start[i]) / 8, 1e-6);
    }
    CU_ASSERT_DOUBLE_EQUAL(sqrt(moved), 0.05 * norm / 8, 1e-6);
}

static void alignment_changes_no_bit(void) {
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++) {
        TrainSettings settings = settings_of((OptimizerKind)kind);
        settings.weight_decay = 0.1;
        settings.gradient_clip = 0.5;
        _Alignas(64) float room_x[2 * COUNT], room_g[2 * COUNT];
        float reference[COUNT];
        run(settings, 3, reference);
        for (size_t shift = 1; shift < 16; shift += 5) {
            float *x = room_x + shift, *g = room_g + 2 * shift;
            fill(x, g);
            Optimizer *optimizer = make(settings);
            for (int i = 0; i < 3; i++)
                optimizer_step(optimizer, x, g, blocks, BLOCK_COUNT, 0.05, 0.9);
            CU_ASSERT(same_bytes(x, reference, sizeof reference));
            optimizer_destroy(&optimizer);
        }
    }
}

/* The state, saved and put into a new optimizer, continues with the same bits. */
static void state_is_complete(void) {
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++) {
        TrainSettings settings = settings_of((OptimizerKind)kind);
        float whole[COUNT], x[COUNT], g[COUNT];
        run(settings, 6, whole);
        fill(x, g);
        Optimizer *first = make(settings), *second = make(settings);
        for (int i = 0; i < 4; i++)
            optimizer_step(first, x, g, blocks, BLOCK_COUNT, 0.05, 0.9);
        ByteWriter saved = {0};
        optimizer_save(first, &saved);
        ByteReader reader = bytes_reader(saved.data, saved.length);
        optimizer_restore(second, &reader);
        CU_ASSERT_EQUAL(bytes_reader_status(&reader, "the state"), STATUS_OK);
        CU_ASSERT_EQUAL(optimizer_steps(second), 4);
        for (int i = 0; i < 2; i++)
            optimizer_step(second, x, g, blocks, BLOCK_COUNT, 0.05, 0.9);
        CU_ASSERT(same_bytes(x, whole, sizeof x));
        bytes_writer_release(&saved);
        optimizer_destroy(&first);
        optimizer_destroy(&second);
    }
}

/* Also where the other's state has the same size. */
static void state_of_another_is_refused(void) {
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++) {
        Optimizer *optimizer = make(settings_of((OptimizerKind)kind));
        ByteWriter saved = {0};
        optimizer_save(optimizer, &saved);
        for (int other = 0; other < OPTIMIZER_KIND_COUNT; other++) {
            Optimizer *another = make(settings_of((OptimizerKind)other));
            ByteReader reader = bytes_reader(saved.data, saved.length);
            optimizer_restore(another, &reader);
            CU_ASSERT_EQUAL(reader.failed, other != kind);
            optimizer_destroy(&another);
        }
        bytes_writer_release(&saved);
        optimizer_destroy(&optimizer);
    }
}

static void bad_numbers_spread(void) {
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++) {
        const float bad[] = {NAN, INFINITY};
        for (size_t i = 0; i < 2; i++) {
            TrainSettings settings = settings_of((OptimizerKind)kind);
            settings.gradient_clip = 1;
            float x[COUNT], g[COUNT];
            fill(x, g);
            g[3] = bad[i];
            Optimizer *optimizer = make(settings);
            optimizer_step(optimizer, x, g, blocks, BLOCK_COUNT, 0.05, 0.9);
            CU_ASSERT(!isfinite(x[3]));
            optimizer_destroy(&optimizer);
        }
    }
}

static void too_many_parameters(void) {
    Optimizer *optimizer = NULL;
    TrainSettings settings = settings_of(OPTIMIZER_ADAM);
    CU_ASSERT_EQUAL(optimizer_create(&optimizer, &settings, SIZE_MAX / 2 + 1), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(optimizer_create(&optimizer, &settings, SIZE_MAX / 4), STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NULL(optimizer);
}

void suite_optimizers(void) {
    static const TestCase tests[] = {
        {"the first step of every rule is as on paper", first_steps},
        {"what lies between blocks is neither used nor changed", padding_is_left_alone},
        {"weight decay acts on weights, never on biases", decay_spares_biases},
        {"adamw decays apart from the gradient", adamw_decays_apart},
        {"clipping bounds the norm of the whole gradient", clipping_bounds_the_norm},
        {"alignment changes no bit", alignment_changes_no_bit},
        {"the saved state is all that an optimizer remembers", state_is_complete},
        {"the state of another optimizer is refused", state_of_another_is_refused},
        {"a gradient of NaN or infinity leaves a mark, even where it is clipped", bad_numbers_spread},
        {"a state that does not fit in memory is an error", too_many_parameters},
    };
    SUITE("optimizers", tests);
}

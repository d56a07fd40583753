/* Denormals do not survive in training, and nobody else notices. */
#include "engine/float_mode.h"

#include <math.h>
#include <string.h>

#include "courses.h"
#include "engine/blas.h"
#include "engine/optimizer.h"
#include "made_up_data.h"
#include "suite.h"
#include "suites.h"

#define COUNT 37
#define STATE_HEAD 17   /* bytes before the vectors of an optimizer's saved state */
#define TRAINER_HEAD 76 /* bytes before the parameters of a trainer's */

#if defined(__x86_64__) || defined(__aarch64__)
#define FLUSHES true
#else
#define FLUSHES false
#endif

static size_t denormals(const void *floats, size_t count) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, (const char *)floats + i * sizeof bits, sizeof bits);
        found += (bits & 0x7F800000) == 0 && (bits & 0x007FFFFF) != 0;
    }
    return found;
}

/* Does arithmetic in this thread keep them? */
static bool kept_here(void) {
    volatile float least = 0x1p-126F, half = 0.5F, tiny = 0x1p-140F;
    volatile float result = least * half, input = tiny * 0x1p40F;
    return result != 0 && input != 0;
}

static void mode(void) {
    CU_ASSERT_TRUE(kept_here());
    FloatMode before = float_mode_flush();
    bool kept = kept_here();
    FloatMode within = float_mode_flush();
    float_mode_restore(within);
    bool still_kept = kept_here();
    float_mode_restore(before);
    CU_ASSERT_EQUAL(kept, !FLUSHES);
    CU_ASSERT_EQUAL(still_kept, !FLUSHES);
    CU_ASSERT_TRUE(kept_here());
}

/* One step without gradient, from a state of denormals, as of a unit that went quiet long ago. */
static size_t denormals_after_step(OptimizerKind kind) {
    static const ParameterBlock block = {.count = COUNT, .decays = true, .trained = true};
    TrainSettings settings = train_settings_default(1);
    settings.optimizer = kind;
    Optimizer *optimizer = NULL;
    CU_ASSERT_EQUAL_FATAL(optimizer_create(&optimizer, &settings, COUNT), STATUS_OK);
    float x[COUNT], g[COUNT] = {0}, tiny[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        x[i] = 1;
        tiny[i] = ldexpf(1, -127 - (int)(i % 20));
    }
    ByteWriter state = {0};
    optimizer_save(optimizer, &state);
    CU_ASSERT_EQUAL_FATAL(bytes_writer_status(&state), STATUS_OK);
    size_t vectors = optimizer_vectors(kind);
    for (size_t v = 0; v < vectors; v++)
        memcpy(state.data + STATE_HEAD + v * sizeof tiny, tiny, sizeof tiny);
    ByteReader reader = bytes_reader(state.data, state.length);
    optimizer_restore(optimizer, &reader);
    optimizer_step(optimizer, x, g, &block, 1, 0.01, 0.9);
    bytes_writer_reset(&state);
    optimizer_save(optimizer, &state);
    size_t found = denormals(state.data + STATE_HEAD, vectors * COUNT);
    bytes_writer_release(&state);
    optimizer_destroy(&optimizer);
    return found;
}

static void optimizers(void) {
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++) {
        bool has_state = optimizer_vectors((OptimizerKind)kind) > 0;
        CU_ASSERT_EQUAL(denormals_after_step((OptimizerKind)kind) > 0, has_state);
        bool decays = has_state && kind != OPTIMIZER_ADAGRAD; /* which only adds up */
        FloatMode before = float_mode_flush();
        size_t flushed = denormals_after_step((OptimizerKind)kind);
        float_mode_restore(before);
        if (FLUSHES && decays) CU_ASSERT_EQUAL(flushed, 0);
    }
}

/* At this rate the velocities are denormal, or would be. */
static void trainer(void) {
    Data *data = made_up();
    NetworkSpec spec = course_spec(0);
    TrainSettings settings = train_settings_default(2);
    settings.optimizer = OPTIMIZER_MOMENTUM;
    settings.learning_rate = 1e-37;
    Trainer *trainer = course_begin(&spec, &settings, &data->train, &data->validation, course_key);
    EpochRow row;
    bool done = false;
    trainer_epoch(trainer, &row, &done);
    CU_ASSERT_TRUE(kept_here());
    ByteWriter state = {0};
    trainer_save(trainer, &state);
    size_t count = network_parameter_count(trainer_network(trainer));
    size_t at = TRAINER_HEAD + sizeof(uint64_t) + count * sizeof(float) + STATE_HEAD;
    CU_ASSERT_FATAL(state.length > at + count * sizeof(float));
    if (FLUSHES) CU_ASSERT_EQUAL(denormals(state.data + at, count), 0);
    bytes_writer_release(&state);
    trainer_destroy(&trainer);
}

/* Outputs so far apart that the lesser probabilities are denormal, or would be. */
static void judge(void) {
    Data *data = made_up();
    NetworkSpec spec = course_spec(0);
    Network *network = NULL;
    CU_ASSERT_EQUAL_FATAL(network_create(&network, &spec, 1), STATUS_OK);
    float *parameters = network_parameters(network), probabilities[ROWS * CLASSES];
    size_t last = network_block_count(network) - 1; /* the biases of the outputs */
    parameters[network_block(network, last).offset] = 95;
    double loss, accuracy;
    CU_ASSERT_EQUAL_FATAL(
        trainer_judge(&spec, parameters, &data->validation, &loss, &accuracy, probabilities), STATUS_OK);
    CU_ASSERT_TRUE(kept_here());
    CU_ASSERT(isfinite(loss));
    if (FLUSHES) CU_ASSERT_EQUAL(denormals(probabilities, data->validation.count * CLASSES), 0);
    network_destroy(&network);
}

static void word(void) {
    char end[32];
    (void)snprintf(end, sizeof end, "/%s", float_mode_name());
    const char *id = arithmetic_id();
    CU_ASSERT_STRING_EQUAL(float_mode_name(), FLUSHES ? "ftz" : "denormals");
    CU_ASSERT_STRING_EQUAL(id + strlen(id) - strlen(end), end);
}

void suite_float_mode(void) {
    static const TestCase tests[] = {
        {"denormals are zero within the mode, as inputs and as results, and nowhere else", mode},
        {"they do not survive a step of an optimizer", optimizers},
        {"the trainer sets the mode itself and gives the caller's back", trainer},
        {"so does judging", judge},
        {"the arithmetic id says so", word},
    };
    SUITE("float mode", tests);
}

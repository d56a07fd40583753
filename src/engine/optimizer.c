#include "engine/optimizer.h"

#include <math.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/size.h"

struct Optimizer {
    OptimizerKind kind;
    double beta1, beta2, rho, epsilon;
    double weight_decay;
    double gradient_clip; /* NaN for none */
    size_t count;         /* parameters */
    uint64_t steps;       /* taken so far */
    Arena arena;
    real *state; /* [vectors of the rule][count] */
};

/* The constants of one step on one block, rounded once from double. */
typedef struct Step {
    real rate;         /* eta; adam: divided by the bias correction of m */
    real momentum;     /* mu */
    real scale;        /* on the gradient: 1, or less where it is clipped */
    real decay;        /* weight decay added to the gradient */
    real shrink;       /* adamw: 1 - eta * weight_decay; else 1 */
    real keep1, take1; /* beta1, 1 - beta1 */
    real keep2, take2; /* beta2 or rho, 1 - that */
    real correct2;     /* adam: 1 / sqrt(1 - beta2^t) */
    real epsilon;
} Step;

/* One block [n] of parameters x with gradient g and the block's part of the state vectors a and b (NULL where
 * the rule has none). In all of them d is the gradient with clipping and weight decay in it. */
typedef void Rule(size_t n, real *restrict x, const real *restrict g, real *restrict a, real *restrict b,
                  Step s);

static real square_root(real value) {
#ifdef ENGINE_DOUBLE
    return sqrt(value);
#else
    return sqrtf(value);
#endif
}

/* x <- x - eta d. Robbins and Monro 1951. */
static void step_sgd(size_t n, real *restrict x, const real *restrict g, real *restrict a, real *restrict b,
                     Step s) {
    (void)a;
    (void)b;
    for (size_t i = 0; i < n; i++) {
        real d = s.scale * g[i] + s.decay * x[i];
        x[i] -= s.rate * d;
    }
}

/* v <- mu v - eta d;  x <- x + v. Polyak 1964; in this form Sutskever, Martens, Dahl, Hinton 2013. */
static void step_momentum(size_t n, real *restrict x, const real *restrict g, real *restrict v,
                          real *restrict b, Step s) {
    (void)b;
    for (size_t i = 0; i < n; i++) {
        real d = s.scale * g[i] + s.decay * x[i];
        v[i] = s.momentum * v[i] - s.rate * d;
        x[i] += v[i];
    }
}

/* v' <- mu v - eta d;  x <- x - mu v + (1 + mu) v'. Nesterov 1983, rewritten for the gradient at x itself as
 * in Bengio, Boulanger-Lewandowski, Pascanu 2013: x is the look-ahead point. */
static void step_nesterov(size_t n, real *restrict x, const real *restrict g, real *restrict v,
                          real *restrict b, Step s) {
    (void)b;
    const real ahead = 1 + s.momentum;
    for (size_t i = 0; i < n; i++) {
        real d = s.scale * g[i] + s.decay * x[i];
        real before = v[i];
        v[i] = s.momentum * before - s.rate * d;
        x[i] += ahead * v[i] - s.momentum * before;
    }
}

/* c <- c + d^2;  x <- x - eta d / (sqrt(c) + eps). Duchi, Hazan, Singer 2011. */
static void step_adagrad(size_t n, real *restrict x, const real *restrict g, real *restrict c,
                         real *restrict b, Step s) {
    (void)b;
    for (size_t i = 0; i < n; i++) {
        real d = s.scale * g[i] + s.decay * x[i];
        c[i] += d * d;
        x[i] -= s.rate * d / (square_root(c[i]) + s.epsilon);
    }
}

/* c <- rho c + (1 - rho) d^2;  x <- x - eta d / (sqrt(c) + eps). Tieleman and Hinton 2012, lecture 6.5. */
static void step_rmsprop(size_t n, real *restrict x, const real *restrict g, real *restrict c,
                         real *restrict b, Step s) {
    (void)b;
    for (size_t i = 0; i < n; i++) {
        real d = s.scale * g[i] + s.decay * x[i];
        c[i] = s.keep2 * c[i] + s.take2 * (d * d);
        x[i] -= s.rate * d / (square_root(c[i]) + s.epsilon);
    }
}

/* m <- b1 m + (1 - b1) d;  v <- b2 v + (1 - b2) d^2;
 * x <- x - eta (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps). Kingma and Ba 2015.
 * adamw: x <- (1 - eta lambda) x first, with no decay in d. Loshchilov and Hutter 2019. */
static void step_adam(size_t n, real *restrict x, const real *restrict g, real *restrict m, real *restrict v,
                      Step s) {
    for (size_t i = 0; i < n; i++) {
        real d = s.scale * g[i] + s.decay * x[i];
        m[i] = s.keep1 * m[i] + s.take1 * d;
        v[i] = s.keep2 * v[i] + s.take2 * (d * d);
        x[i] = s.shrink * x[i] - s.rate * m[i] / (square_root(v[i]) * s.correct2 + s.epsilon);
    }
}

static const struct {
    Rule *step;
    size_t vectors; /* of state */
} rules[OPTIMIZER_KIND_COUNT] = {
    [OPTIMIZER_SGD] = {step_sgd, 0},           [OPTIMIZER_MOMENTUM] = {step_momentum, 1},
    [OPTIMIZER_NESTEROV] = {step_nesterov, 1}, [OPTIMIZER_ADAGRAD] = {step_adagrad, 1},
    [OPTIMIZER_RMSPROP] = {step_rmsprop, 1},   [OPTIMIZER_ADAM] = {step_adam, 2},
    [OPTIMIZER_ADAMW] = {step_adam, 2},
};

size_t optimizer_vectors(OptimizerKind kind) {
    return rules[kind].vectors;
}

Status optimizer_create(Optimizer **out, const TrainSettings *settings, size_t count) {
    Optimizer *optimizer = NULL;
    TRY(memory_new((void *)&optimizer, 1, sizeof *optimizer));
    *optimizer = (Optimizer){
        .kind = settings->optimizer,
        .beta1 = settings->beta1,
        .beta2 = settings->beta2,
        .rho = settings->rho,
        .epsilon = settings->epsilon,
        .weight_decay = settings->weight_decay,
        .gradient_clip = settings->gradient_clip,
        .count = count,
    };
    size_t values = 0;
    Status status = STATUS_OK;
    if (!size_mul(rules[optimizer->kind].vectors, count, &values)) {
        status = status_fail(STATUS_ENVIRONMENT,
                             "the optimizer's state for %zu parameters does not fit in memory", count);
    }
    if (status == STATUS_OK) status = arena_reserve(&optimizer->arena, values, sizeof(real));
    if (status == STATUS_OK) status = arena_allocate(&optimizer->arena);
    if (status != STATUS_OK) {
        optimizer_destroy(&optimizer);
        return status;
    }
    optimizer->state = arena_take(&optimizer->arena, values, sizeof(real));
    *out = optimizer;
    return STATUS_OK;
}

void optimizer_destroy(Optimizer **optimizer) {
    if (*optimizer == NULL) return;
    arena_release(&(*optimizer)->arena);
    free(*optimizer);
    *optimizer = NULL;
}

#define NORM_LANES                                                                                           \
    8 /* partial sums in a fixed order, so that the sum is the same however it is vectorised                 \
       */

/* Euclidean norm of the whole gradient. */
static double gradient_norm(const real *g, const ParameterBlock *blocks, size_t block_count) {
    double sums[NORM_LANES] = {0};
    for (size_t b = 0; b < block_count; b++) {
        if (!blocks[b].trained) continue;
        const real *part = g + blocks[b].offset;
        size_t n = blocks[b].count;
        size_t whole = n - n % NORM_LANES;
        for (size_t i = 0; i < whole; i += NORM_LANES) {
            for (size_t lane = 0; lane < NORM_LANES; lane++) {
                double value = part[i + lane];
                sums[lane] += value * value;
            }
        }
        for (size_t i = whole; i < n; i++) {
            double value = part[i];
            sums[i - whole] += value * value;
        }
    }
    double sum = 0;
    for (size_t lane = 0; lane < NORM_LANES; lane++)
        sum += sums[lane];
    return sqrt(sum);
}

void optimizer_step(Optimizer *optimizer, real *x, real *g, const ParameterBlock *blocks, size_t block_count,
                    double learning_rate, double momentum) {
    optimizer->steps++;
    bool is_adam = optimizer->kind == OPTIMIZER_ADAM || optimizer->kind == OPTIMIZER_ADAMW;
    bool decoupled = optimizer->kind == OPTIMIZER_ADAMW;
    double keep2 = is_adam ? optimizer->beta2 : optimizer->rho;
    double scale = 1;
    if (!isnan(optimizer->gradient_clip)) {
        double norm = gradient_norm(g, blocks, block_count);
        if (norm > optimizer->gradient_clip) scale = optimizer->gradient_clip / norm;
    }
    double rate = learning_rate, correct2 = 1;
    if (is_adam) {
        double t = (double)optimizer->steps;
        rate /= 1 - pow(optimizer->beta1, t);
        correct2 = 1 / sqrt(1 - pow(optimizer->beta2, t));
    }
    Step step = {
        .rate = (real)rate,
        .momentum = (real)momentum,
        .scale = (real)scale,
        .keep1 = (real)optimizer->beta1,
        .take1 = (real)(1 - optimizer->beta1),
        .keep2 = (real)keep2,
        .take2 = (real)(1 - keep2),
        .correct2 = (real)correct2,
        .epsilon = (real)optimizer->epsilon,
    };
    size_t vectors = rules[optimizer->kind].vectors;
    for (size_t b = 0; b < block_count; b++) {
        if (!blocks[b].trained) continue;
        double decay = blocks[b].decays ? optimizer->weight_decay : 0;
        step.decay = decoupled ? 0 : (real)decay;
        step.shrink = decoupled ? (real)(1 - learning_rate * decay) : 1;
        size_t at = blocks[b].offset;
        real *first = vectors > 0 ? optimizer->state + at : NULL;
        real *second = vectors > 1 ? optimizer->state + optimizer->count + at : NULL;
        rules[optimizer->kind].step(blocks[b].count, x + at, g + at, first, second, step);
    }
}

static size_t state_bytes(const Optimizer *optimizer) {
    return rules[optimizer->kind].vectors * optimizer->count * sizeof *optimizer->state;
}

uint64_t optimizer_steps(const Optimizer *optimizer) {
    return optimizer->steps;
}

void optimizer_save(const Optimizer *optimizer, ByteWriter *writer) {
    bytes_put_u8(writer, (uint8_t)optimizer->kind);
    bytes_put_u64(writer, optimizer->steps);
    bytes_put_block(writer, optimizer->state, state_bytes(optimizer));
}

void optimizer_restore(Optimizer *optimizer, ByteReader *reader) {
    if (bytes_get_u8(reader) != optimizer->kind) reader->failed = true;
    optimizer->steps = bytes_get_u64(reader);
    bytes_get_block_into(reader, optimizer->state, state_bytes(optimizer));
}

/* y = scale (x - mean) / sqrt(variance + epsilon) + shift, one of each a channel (Ioffe and Szegedy 2015).
 * Training takes mean and variance of the batch and its places, and moves the running ones, which evaluation
 * takes: kept <- momentum kept + (1 - momentum) of the batch, with the unbiased variance; that of a single
 * value does not exist and moves nothing. */
#include <math.h>
#include <string.h>

#include "base/size.h"
#include "engine/op.h"

enum { SCALE, SHIFT, MEAN, VARIANCE };

/* Rows are summed in `real` by blocks of so many, and the blocks in double, so that rounding stays that of
 * one block however many rows there are. */
enum { BLOCK = 64 };

/* Pieces of the scratch, [channels] each. */
typedef struct Scratch {
    double *first, *second; /* sums over all rows: mean and squares about it; of dy and of dy (x - mean) */
    real *one, *two, *three;
} Scratch;

/* What backward needs again of the batch, [channels] each, in the workspace. */
typedef struct Batch {
    real *mean, *inverse; /* 1 / sqrt(variance + epsilon) */
} Batch;

static Scratch scratch_of(const Node *node) {
    size_t channels = node->in.channels;
    double *doubles = node->scratch;
    real *reals = (real *)(doubles + 2 * channels);
    return (Scratch){doubles, doubles + channels, reals, reals + channels, reals + 2 * channels};
}

static Batch batch_of(const Node *node) {
    real *mean = node->workspace;
    return (Batch){mean, mean + node->in.channels};
}

static size_t row_count(const Node *node, const Run *run) {
    return run->batch * node->in.height * node->in.width;
}

/* What is summed over rows: x, x - about, (x - about)^2, or g (x - about). */
typedef enum Term { VALUES, DISTANCES, SQUARES, PRODUCTS } Term;

#define INLINE static inline __attribute__((always_inline))

INLINE real term_at(Term term, const real *g, const real *x, real about, size_t at) {
    switch (term) {
    case DISTANCES: return x[at] - about;
    case SQUARES: return (x[at] - about) * (x[at] - about);
    case PRODUCTS: return g[at] * (x[at] - about);
    default: return x[at];
    }
}

/* sum [n] <- of a block of rows [rows, n], four at a time. */
INLINE void sum_block(Term term, const real *restrict g, const real *restrict x, const real *restrict about,
                      size_t rows, size_t n, real *restrict sum) {
    memset(sum, 0, n * sizeof(real));
    size_t r = 0;
    for (; r + 4 <= rows; r += 4) {
        for (size_t c = 0; c < n; c++) {
            real a = term == VALUES ? 0 : about[c];
            size_t at = r * n + c;
            sum[c] += (term_at(term, g, x, a, at) + term_at(term, g, x, a, at + n)) +
                      (term_at(term, g, x, a, at + 2 * n) + term_at(term, g, x, a, at + 3 * n));
        }
    }
    for (; r < rows; r++) {
        for (size_t c = 0; c < n; c++)
            sum[c] += term_at(term, g, x, term == VALUES ? 0 : about[c], r * n + c);
    }
}

static void sum_values(const real *x, size_t rows, size_t n, real *sum) {
    sum_block(VALUES, NULL, x, NULL, rows, n, sum);
}

static void sum_distances(const real *x, const real *about, size_t rows, size_t n, real *sum) {
    sum_block(DISTANCES, NULL, x, about, rows, n, sum);
}

static void sum_squares(const real *x, const real *about, size_t rows, size_t n, real *sum) {
    sum_block(SQUARES, NULL, x, about, rows, n, sum);
}

static void sum_products(const real *g, const real *x, const real *about, size_t rows, size_t n, real *sum) {
    sum_block(PRODUCTS, g, x, about, rows, n, sum);
}

static size_t block_rows(size_t first, size_t rows) {
    return rows - first < BLOCK ? rows - first : BLOCK;
}

/* scratch->first, ->second [n] <- mean of the rows, and the sum of squares about it, in one pass over memory:
 * each block's own, joined as in Chan, Golub, LeVeque 1983. A block is measured from its first row, so that
 * rounding is that of distances between values, not of the values. */
static void measure(const real *x, size_t rows, size_t n, const Scratch *scratch) {
    double *restrict mean = scratch->first, *restrict squares = scratch->second;
    real *distances = scratch->one, *about = scratch->two, *block_squares = scratch->three;
    memset(mean, 0, n * sizeof *mean);
    memset(squares, 0, n * sizeof *squares);
    for (size_t first = 0; first < rows; first += BLOCK) {
        const real *block = x + first * n; /* [rows of it, n] */
        size_t block_size = block_rows(first, rows);
        double count = (double)block_size, part = count / (double)(first + block_size);
        sum_distances(block, block, block_size, n, distances);
        for (size_t c = 0; c < n; c++)
            about[c] = (real)((double)block[c] + (double)distances[c] / count);
        sum_squares(block, about, block_size, n, block_squares);
        for (size_t c = 0; c < n; c++) {
            double block_mean = (double)block[c] + (double)distances[c] / count;
            double rounded = block_mean - (double)about[c], step = block_mean - mean[c];
            mean[c] += part * step;
            squares[c] +=
                (double)block_squares[c] - count * rounded * rounded + part * (double)first * step * step;
        }
    }
}

/* y <- (x - mean) slope + shift */
static void transform(const real *restrict x, const real *restrict mean, const real *restrict slope,
                      const real *restrict shift, size_t rows, size_t n, real *restrict y) {
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < n; c++)
            y[r * n + c] = (x[r * n + c] - mean[c]) * slope[c] + shift[c];
    }
}

static real moved(real kept, double batch, double momentum) {
    return (real)(momentum * (double)kept + (1 - momentum) * batch);
}

/* Mean and 1 / deviation of this batch, and the running ones after it. */
static void take_batch(const Node *node, size_t rows) {
    size_t n = node->in.channels;
    double momentum = node->layer->momentum, count = (double)rows;
    Scratch scratch = scratch_of(node);
    Batch batch = batch_of(node);
    measure(node->inputs[0]->data, rows, n, &scratch);
    for (size_t c = 0; c < n; c++) {
        double variance = scratch.second[c] / count;
        batch.mean[c] = (real)scratch.first[c];
        batch.inverse[c] = (real)(1 / sqrt(variance + node->layer->epsilon));
        real *mean = &node->parameters[MEAN][c], *running = &node->parameters[VARIANCE][c];
        *mean = moved(*mean, scratch.first[c], momentum);
        if (rows > 1) *running = moved(*running, variance * (count / (count - 1)), momentum);
    }
}

static void batch_norm_forward(const Node *node, const Run *run) {
    size_t n = node->in.channels, rows = row_count(node, run);
    const real *mean = node->parameters[MEAN]; /* [n] */
    real *slope = scratch_of(node).three;      /* [n] */
    if (run->training) {
        take_batch(node, rows);
        mean = batch_of(node).mean;
        for (size_t c = 0; c < n; c++)
            slope[c] = node->parameters[SCALE][c] * batch_of(node).inverse[c];
    } else {
        for (size_t c = 0; c < n; c++) {
            double variance = (double)node->parameters[VARIANCE][c];
            slope[c] = (real)((double)node->parameters[SCALE][c] / sqrt(variance + node->layer->epsilon));
        }
    }
    transform(node->inputs[0]->data, mean, slope, node->parameters[SHIFT], rows, n, node->output->data);
}

/* dx <- slope dy + tilt (x - mean) + level */
static void transform_back(const real *restrict dy, const real *restrict x, const real *restrict mean,
                           const Scratch *scratch, size_t rows, size_t n, bool adds, real *restrict dx) {
    const real *restrict slope = scratch->one, *restrict tilt = scratch->two,
                         *restrict level = scratch->three; /* [n] */
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < n; c++) {
            size_t at = r * n + c;
            dx[at] = (adds ? dx[at] : 0) + (slope[c] * dy[at] + (tilt[c] * (x[at] - mean[c]) + level[c]));
        }
    }
}

/* With z = (x - mean) inverse: dscale = sum dy z, dshift = sum dy, and through mean and variance
 * dx = scale inverse (dy - dshift / rows - z dscale / rows). */
static void batch_norm_backward(const Node *node, const Run *run) {
    const real *dy = node->output->gradient;     /* [rows, n] */
    const real *x = node->inputs[0]->data;       /* [rows, n] */
    const real *scale = node->parameters[SCALE]; /* [n] */
    size_t n = node->in.channels, rows = row_count(node, run);
    Scratch scratch = scratch_of(node);
    Batch batch = batch_of(node);
    double *shares = scratch.first, *products = scratch.second; /* [n] */
    memset(shares, 0, n * sizeof *shares);
    memset(products, 0, n * sizeof *products);
    for (size_t first = 0; first < rows; first += BLOCK) {
        size_t count = block_rows(first, rows);
        sum_values(dy + first * n, count, n, scratch.one);
        sum_products(dy + first * n, x + first * n, batch.mean, count, n, scratch.two);
        for (size_t c = 0; c < n; c++) {
            shares[c] += (double)scratch.one[c];
            products[c] += (double)scratch.two[c];
        }
    }
    for (size_t c = 0; c < n; c++) {
        double inverse = (double)batch.inverse[c], slope = (double)scale[c] * inverse;
        node->gradients[SHIFT][c] = (real)shares[c];
        node->gradients[SCALE][c] = (real)(products[c] * inverse);
        scratch.one[c] = (real)slope;
        scratch.two[c] = (real)(-slope * inverse * inverse * products[c] / (double)rows);
        scratch.three[c] = (real)(-slope * shares[c] / (double)rows);
    }
    if (!node->inputs[0]->needs_gradient) return;
    transform_back(dy, x, batch.mean, &scratch, rows, n, node->adds[0], node->inputs[0]->gradient);
}

static size_t batch_norm_arrays(const LayerSpec *layer, Shape input, StoredArray *out) {
    (void)layer;
    ArrayShape shape = {1, {input.channels}};
    out[SCALE] = (StoredArray){.role = "scale", .shape = shape, .initial = 1};
    out[SHIFT] = (StoredArray){.role = "shift", .shape = shape};
    out[MEAN] = (StoredArray){.role = "mean", .shape = shape, .kept = true};
    out[VARIANCE] = (StoredArray){.role = "variance", .shape = shape, .initial = 1, .kept = true};
    return 4;
}

static bool batch_norm_workspace(const Node *node, size_t batch, size_t *bytes) {
    (void)batch;
    return size_mul(node->in.channels, 2 * sizeof(real), bytes);
}

static bool batch_norm_scratch(const Node *node, size_t *bytes) {
    return size_mul(node->in.channels, 2 * sizeof(double) + 3 * sizeof(real), bytes);
}

const Op op_batch_norm = {.name = "batch_norm",
                          .settings = SETTING_NORM,
                          .inputs_min = 1,
                          .inputs_max = 1,
                          .reading = READS_NOTHING,
                          .shape = shape_same,
                          .arrays = batch_norm_arrays,
                          .workspace = batch_norm_workspace,
                          .scratch = batch_norm_scratch,
                          .forward = batch_norm_forward,
                          .backward = batch_norm_backward};

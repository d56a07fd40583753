#include "data/split.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/philox.h"

/* Of the stream RANDOM_SPLIT. */
#define VALIDATION_STEP 0
#define SELECTION_STEP 1

typedef struct ClassShare {
    size_t label;
    size_t rows;
    size_t taken;
    uint64_t remainder; /* of count * rows / all rows */
} ClassShare;

/* The classes of `count` rows of the file. */
static Status count_classes(const uint16_t *labels, const uint32_t *rows, size_t count, size_t classes,
                            ClassShare **out) {
    ClassShare *shares;
    TRY(memory_new(&shares, classes, sizeof *shares));
    for (size_t c = 0; c < classes; c++) {
        shares[c].label = c;
    }
    for (size_t i = 0; i < count; i++) {
        shares[labels[rows[i]]].rows++;
    }
    *out = shares;
    return STATUS_OK;
}

static Status count_existing(const uint16_t *labels, size_t rows, size_t classes, size_t *existing) {
    unsigned char *seen;
    TRY(memory_new(&seen, classes, 1));
    *existing = 0;
    for (size_t i = 0; i < rows; i++) {
        *existing += seen[labels[i]] == 0;
        seen[labels[i]] = 1;
    }
    free(seen);
    return STATUS_OK;
}

/* `name` is what asks, `taken` how many examples are in other parts already. */
static Status count_part(const char *name, double part, const uint16_t *labels, size_t rows, size_t classes,
                         size_t taken, size_t *count) {
    if (!isfinite(part) || part <= 0 || (part >= 1 && part != floor(part))) {
        return status_fail(STATUS_INPUT,
                           "%s is a whole number of examples or a fraction between 0 and 1, not %g", name,
                           part);
    }
    char beside[96] = "";
    if (taken > 0) (void)snprintf(beside, sizeof(beside), " beside the %zu that validate", taken);
    double wanted = part >= 1 ? part : fmax(1, round(part * (double)rows));
    if (wanted >= (double)(rows - taken)) {
        return status_fail(STATUS_INPUT,
                           "%s asks for %.0f examples%s, but the training file has %zu, and some must be "
                           "left to train on",
                           name, wanted, beside, rows);
    }
    size_t existing;
    TRY(count_existing(labels, rows, classes, &existing));
    *count = (size_t)wanted;
    if (*count + taken <= rows - existing) return STATUS_OK;
    return status_fail(STATUS_INPUT,
                       "%s asks for %zu examples%s, but the training file has %zu, and each of its %zu "
                       "classes needs one to train on, which leaves %zu",
                       name, *count, beside, rows, existing, rows - existing - taken);
}

Status split_count_validation(double validation, const uint16_t *labels, size_t rows, size_t classes,
                              SplitCounts *counts) {
    return count_part("validation", validation, labels, rows, classes, 0, &counts->validation);
}

Status split_count_selection(double selection, const uint16_t *labels, size_t rows, size_t classes,
                             SplitCounts *counts) {
    return count_part("selection", selection, labels, rows, classes, counts->validation, &counts->selection);
}

static int compare_remainders(const void *a, const void *b) {
    const ClassShare *left = a;
    const ClassShare *right = b;
    if (left->remainder != right->remainder) return left->remainder < right->remainder ? 1 : -1;
    return (left->label > right->label) - (left->label < right->label);
}

static int compare_labels(const void *a, const void *b) {
    const ClassShare *left = a;
    const ClassShare *right = b;
    return (left->label > right->label) - (left->label < right->label);
}

/* Hare's quota: whole parts first, then one more to the largest remainders, round after round where classes
 * are exhausted. count and rows are below 2^32, so their product fits. */
static void apportion(ClassShare *shares, size_t classes, size_t rows, size_t count) {
    size_t left = count;
    for (size_t c = 0; c < classes; c++) {
        uint64_t product = (uint64_t)count * shares[c].rows;
        shares[c].remainder = product % rows;
        shares[c].taken = product / rows;
        if (shares[c].rows > 0 && shares[c].taken == shares[c].rows) shares[c].taken--;
        left -= shares[c].taken;
    }
    qsort(shares, classes, sizeof *shares, compare_remainders);
    while (left > 0) {
        for (size_t c = 0; c < classes && left > 0; c++) {
            if (shares[c].taken + 1 >= shares[c].rows) continue;
            shares[c].taken++;
            left--;
        }
    }
    qsort(shares, classes, sizeof *shares, compare_labels);
}

/* The rows that are left to train on. */
typedef struct Rest {
    uint32_t *rows; /* [count] ascending */
    size_t count;
} Rest;

/* Mark the positions that are taken. `by_class` [rest->count] is filled with positions, class after class. */
static void choose(const ClassShare *shares, const size_t *begin, size_t classes, uint64_t seed,
                   uint32_t step, uint32_t *by_class, unsigned char *chosen) {
    for (size_t c = 0; c < classes; c++) {
        RandomStream stream = random_stream(seed, RANDOM_SPLIT, 0, (uint16_t)c, 0, step);
        uint32_t *members = by_class + begin[c];
        random_shuffle(&stream, members, shares[c].rows);
        for (size_t i = 0; i < shares[c].taken; i++) {
            chosen[members[i]] = 1;
        }
    }
}

static void group(const uint16_t *labels, const Rest *rest, size_t classes, const ClassShare *shares,
                  size_t *begin, uint32_t *by_class) {
    size_t next = 0;
    for (size_t c = 0; c < classes; c++) {
        begin[c] = next;
        next += shares[c].rows;
    }
    for (size_t i = 0; i < rest->count; i++) {
        by_class[begin[labels[rest->rows[i]]]++] = (uint32_t)i;
    }
    for (size_t c = 0; c < classes; c++) {
        begin[c] -= shares[c].rows;
    }
}

static void move(Rest *rest, const unsigned char *chosen, uint32_t *taken) {
    size_t kept = 0;
    for (size_t i = 0; i < rest->count; i++) {
        if (chosen[i])
            *taken++ = rest->rows[i];
        else
            rest->rows[kept++] = rest->rows[i];
    }
    rest->count = kept;
}

/* `count` of the rest go to `taken`. */
static Status take(const uint16_t *labels, size_t classes, Rest *rest, size_t count, uint64_t seed,
                   uint32_t step, uint32_t *taken) {
    ClassShare *shares = NULL;
    size_t *begin = NULL;
    uint32_t *by_class = NULL;
    unsigned char *chosen = NULL;
    Status status = count_classes(labels, rest->rows, rest->count, classes, &shares);
    if (status == STATUS_OK) status = memory_new(&begin, classes, sizeof *begin);
    if (status == STATUS_OK) status = memory_new(&by_class, rest->count, sizeof *by_class);
    if (status == STATUS_OK) status = memory_new(&chosen, rest->count, 1);
    if (status == STATUS_OK) {
        apportion(shares, classes, rest->count, count);
        group(labels, rest, classes, shares, begin, by_class);
        choose(shares, begin, classes, seed, step, by_class, chosen);
        move(rest, chosen, taken);
    }
    free(shares);
    free(begin);
    free(by_class);
    free(chosen);
    return status;
}

Status split_stratified(const uint16_t *labels, size_t rows, size_t classes, SplitCounts counts,
                        uint64_t seed, SplitIndex index) {
    Rest rest = {.count = rows};
    TRY(memory_new(&rest.rows, rows, sizeof *rest.rows));
    for (size_t i = 0; i < rows; i++) {
        rest.rows[i] = (uint32_t)i;
    }
    Status status = take(labels, classes, &rest, counts.validation, seed, VALIDATION_STEP, index.validation);
    if (status == STATUS_OK && counts.selection > 0)
        status = take(labels, classes, &rest, counts.selection, seed, SELECTION_STEP, index.selection);
    if (status == STATUS_OK) memcpy(index.training, rest.rows, rest.count * sizeof *rest.rows);
    free(rest.rows);
    return status;
}

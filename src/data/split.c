#include "data/split.h"

#include <math.h>

#include "base/memory.h"
#include "base/philox.h"

typedef struct ClassShare {
    size_t label;
    size_t rows;
    size_t taken;
    uint64_t remainder; /* of count * rows / all rows */
} ClassShare;

static Status count_classes(const uint16_t *labels, size_t rows, size_t classes, ClassShare **out) {
    ClassShare *shares;
    TRY(memory_new(&shares, classes, sizeof *shares));
    for (size_t c = 0; c < classes; c++) {
        shares[c].label = c;
    }
    for (size_t i = 0; i < rows; i++) {
        shares[labels[i]].rows++;
    }
    *out = shares;
    return STATUS_OK;
}

Status split_count(double validation, const uint16_t *labels, size_t rows, size_t classes, size_t *count) {
    if (!isfinite(validation) || validation <= 0 || (validation >= 1 && validation != floor(validation))) {
        return status_fail(STATUS_INPUT,
                           "validation is a whole number of examples or a fraction between 0 and 1, not %g",
                           validation);
    }
    double wanted = validation >= 1 ? validation : fmax(1, round(validation * (double)rows));
    if (wanted >= (double)rows) {
        return status_fail(
            STATUS_INPUT,
            "validation asks for %.0f examples, but the training file has %zu, and some must be left to "
            "train on",
            wanted, rows);
    }
    ClassShare *shares;
    TRY(count_classes(labels, rows, classes, &shares));
    size_t existing = 0;
    for (size_t c = 0; c < classes; c++) {
        existing += shares[c].rows > 0;
    }
    free(shares);
    *count = (size_t)wanted;
    if (*count <= rows - existing) return STATUS_OK;
    return status_fail(
        STATUS_INPUT,
        "validation asks for %zu examples, but the training file has %zu, and each of its %zu classes "
        "needs one to train on, which leaves %zu",
        *count, rows, existing, rows - existing);
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

/* Mark the rows that validate. `by_class` [rows] is filled with row numbers, class after class. */
static void choose(const ClassShare *shares, const size_t *begin, size_t classes, uint64_t seed,
                   uint32_t *by_class, unsigned char *chosen) {
    for (size_t c = 0; c < classes; c++) {
        RandomStream stream = random_stream(seed, RANDOM_SPLIT, 0, (uint16_t)c, 0, 0);
        uint32_t *members = by_class + begin[c];
        random_shuffle(&stream, members, shares[c].rows);
        for (size_t i = 0; i < shares[c].taken; i++) {
            chosen[members[i]] = 1;
        }
    }
}

static void group(const uint16_t *labels, size_t rows, size_t classes, const ClassShare *shares,
                  size_t *begin, uint32_t *by_class) {
    size_t next = 0;
    for (size_t c = 0; c < classes; c++) {
        begin[c] = next;
        next += shares[c].rows;
    }
    for (size_t i = 0; i < rows; i++) {
        by_class[begin[labels[i]]++] = (uint32_t)i;
    }
    for (size_t c = 0; c < classes; c++) {
        begin[c] -= shares[c].rows;
    }
}

Status split_stratified(const uint16_t *labels, size_t rows, size_t classes, size_t count, uint64_t seed,
                        uint32_t *training, uint32_t *validation) {
    ClassShare *shares = NULL;
    size_t *begin = NULL;
    uint32_t *by_class = NULL;
    unsigned char *chosen = NULL;
    Status status = count_classes(labels, rows, classes, &shares);
    if (status == STATUS_OK) status = memory_new(&begin, classes, sizeof *begin);
    if (status == STATUS_OK) status = memory_new(&by_class, rows, sizeof *by_class);
    if (status == STATUS_OK) status = memory_new(&chosen, rows, 1);
    if (status == STATUS_OK) {
        apportion(shares, classes, rows, count);
        group(labels, rows, classes, shares, begin, by_class);
        choose(shares, begin, classes, seed, by_class, chosen);
        for (size_t i = 0; i < rows; i++) {
            if (chosen[i])
                *validation++ = (uint32_t)i;
            else
                *training++ = (uint32_t)i;
        }
    }
    free(shares);
    free(begin);
    free(by_class);
    free(chosen);
    return status;
}

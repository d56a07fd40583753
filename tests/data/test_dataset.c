#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/stop.h"
#include "data/block.h"
#include "hdf5_files.h"
#include "idx_files.h"
#include "scratch.h"
#include "suite.h"

static Dataset *load_small(void) {
    IdxFiles files = idx_files();
    idx_files_write(&files);
    DataSpec spec = idx_spec();
    spec.normalise = NORMALISE_STANDARD;
    spec.selection = 1;
    Dataset *dataset;
    CU_ASSERT_EQUAL_FATAL(dataset_load(&dataset, &spec, 1), STATUS_OK);
    return dataset;
}

/* A copy at an address that is 8-aligned and no more. */
static unsigned char *copy_block(const Dataset *dataset, unsigned char **allocated, size_t *length) {
    const void *block = dataset_block(dataset, length);
    *allocated = aligned_alloc(64, *length + 64);
    if (*allocated == NULL) exit(1);
    return memcpy(*allocated + 8, block, *length);
}

static void same_part(const Dataset *left, const Dataset *right, DataPart part) {
    Examples a = dataset_part(left, part);
    Examples b = dataset_part(right, part);
    CU_ASSERT(a.values != b.values && a.labels != b.labels && a.index != b.index);
    CU_ASSERT(a.type == b.type && a.classes == b.classes && a.period == b.period);
    CU_ASSERT_EQUAL(memcmp(&a.shape, &b.shape, sizeof a.shape), 0);
    CU_ASSERT_EQUAL_FATAL(a.count, b.count);
    CU_ASSERT_EQUAL(memcmp(a.index, b.index, a.count * sizeof *a.index), 0);
    CU_ASSERT_EQUAL(memcmp(a.mean, b.mean, a.period * sizeof *a.mean), 0);
    CU_ASSERT_EQUAL(memcmp(a.deviation, b.deviation, a.period * sizeof *a.deviation), 0);
    for (size_t i = 0; i < a.count; i++) {
        CU_ASSERT_EQUAL(a.labels[a.index[i]], b.labels[b.index[i]]);
    }
}

static void a_moved_block_gives_the_same_parts(void) {
    Dataset *dataset = load_small();
    unsigned char *allocated;
    size_t length;
    unsigned char *block = copy_block(dataset, &allocated, &length);
    Dataset *moved;
    CU_ASSERT_EQUAL_FATAL(dataset_view(&moved, block, length), STATUS_OK);
    CU_ASSERT_EQUAL(dataset_hash(dataset), dataset_hash(moved));
    for (DataPart part = PART_TRAIN; part <= PART_SELECTION; part++) {
        same_part(dataset, moved, part);
    }
    CU_ASSERT_EQUAL(walk(dataset), walk(moved));
    CU_ASSERT_STRING_EQUAL(dataset_class_name(moved, 2), "2");
    size_t moved_length;
    CU_ASSERT(dataset_block(moved, &moved_length) == block && moved_length == length);
    dataset_destroy(&moved);
    dataset_destroy(&dataset);
    free(allocated);
}

static void sections_are_aligned(void) {
    Dataset *dataset = load_small();
    size_t length;
    const unsigned char *base = dataset_block(dataset, &length);
    CU_ASSERT_EQUAL((uintptr_t)base % BLOCK_ALIGNMENT, 0);
    for (DataPart part = PART_TRAIN; part <= PART_SELECTION; part++) {
        Examples examples = dataset_part(dataset, part);
        CU_ASSERT_EQUAL((uintptr_t)examples.values % BLOCK_ALIGNMENT, 0);
        CU_ASSERT_EQUAL((uintptr_t)examples.labels % BLOCK_ALIGNMENT, 0);
        CU_ASSERT_EQUAL((uintptr_t)examples.index % BLOCK_ALIGNMENT, 0);
        CU_ASSERT_EQUAL((uintptr_t)examples.mean % BLOCK_ALIGNMENT, 0);
        CU_ASSERT_EQUAL((uintptr_t)examples.deviation % BLOCK_ALIGNMENT, 0);
    }
    dataset_destroy(&dataset);
}

static void a_block_cut_anywhere_is_refused(void) {
    Dataset *dataset = load_small();
    size_t length;
    const unsigned char *block = dataset_block(dataset, &length);
    for (size_t shorter = 0; shorter < length; shorter++) {
        unsigned char *copy = malloc(shorter + 1); /* so that the sanitizer sees every read beyond */
        if (copy == NULL) exit(1);
        memcpy(copy, block, shorter);
        Dataset *view;
        CU_ASSERT_EQUAL(dataset_view(&view, copy, shorter), STATUS_ENVIRONMENT);
        CU_ASSERT_PTR_NULL(view);
        free(copy);
    }
    dataset_destroy(&dataset);
}

static void a_changed_block_is_refused_or_sound(void) {
    Dataset *dataset = load_small();
    size_t length;
    unsigned char *allocated;
    unsigned char *block = copy_block(dataset, &allocated, &length);
    static const unsigned char changes[] = {0x01, 0x80, 0xff};
    size_t refused = 0;
    for (size_t at = 0; at < length; at++) {
        for (size_t c = 0; c < sizeof changes; c++) {
            block[at] ^= changes[c];
            Dataset *view;
            if (dataset_view(&view, block, length) == STATUS_OK)
                walk(view);
            else
                refused++;
            dataset_destroy(&view);
            block[at] ^= changes[c];
        }
    }
    CU_ASSERT(refused > sizeof(BlockHeader));
    dataset_destroy(&dataset);
    free(allocated);
}

typedef void (*Spoil)(unsigned char *block, BlockHeader *header);

static void spoil_label(unsigned char *block, BlockHeader *header) {
    block[header->labels[SET_TEST]] = 3;
}
static void spoil_order(unsigned char *block, BlockHeader *header) {
    memset(block + header->index[PART_TRAIN], 0, 8);
}
static void spoil_row(unsigned char *block, BlockHeader *header) {
    block[header->index[PART_TEST] + 8] = IDX_TEST;
}
static void spoil_deviation(unsigned char *block, BlockHeader *header) {
    memset(block + header->deviation, 0, sizeof(float));
}
static void spoil_mean(unsigned char *block, BlockHeader *header) {
    float nan_value = NAN;
    memcpy(block + header->mean, &nan_value, sizeof nan_value);
}
static void spoil_name(unsigned char *block, BlockHeader *header) {
    block[header->names + header->names_length - 1] = 'x';
}
static void spoil_counts(unsigned char *block, BlockHeader *header) {
    (void)block;
    header->rows[SET_TRAIN] = UINT64_MAX;
}
static void spoil_version(unsigned char *block, BlockHeader *header) {
    (void)block;
    header->version++;
}

static void what_a_reader_relies_on_is_checked(void) {
    static const Spoil spoils[] = {spoil_label, spoil_order, spoil_row,    spoil_deviation,
                                   spoil_mean,  spoil_name,  spoil_counts, spoil_version};
    Dataset *dataset = load_small();
    for (size_t i = 0; i < sizeof spoils / sizeof *spoils; i++) {
        size_t length;
        unsigned char *allocated;
        unsigned char *block = copy_block(dataset, &allocated, &length);
        spoils[i](block, (BlockHeader *)(void *)block);
        Dataset *view;
        CU_ASSERT_EQUAL(dataset_view(&view, block, length), STATUS_ENVIRONMENT);
        CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "no data block"));
        dataset_destroy(&view);
        free(allocated);
    }
    dataset_destroy(&dataset);
}

static uint64_t hash_of_parts(const IdxFiles *files, Normalisation how, double validation, double selection,
                              uint64_t seed) {
    idx_files_write(files);
    DataSpec spec = idx_spec();
    spec.normalise = how;
    spec.validation = validation;
    spec.selection = selection;
    Dataset *dataset;
    CU_ASSERT_EQUAL_FATAL(dataset_load(&dataset, &spec, seed), STATUS_OK);
    uint64_t hash = dataset_hash(dataset);
    dataset_destroy(&dataset);
    return hash;
}

static uint64_t hash_with(const IdxFiles *files, Normalisation how, double validation, uint64_t seed) {
    return hash_of_parts(files, how, validation, 0, seed);
}

static void the_hash_covers_all_content(void) {
    IdxFiles files = idx_files();
    uint64_t hash = hash_with(&files, NORMALISE_NONE, 2, 1);
    CU_ASSERT_EQUAL(hash_with(&files, NORMALISE_NONE, 2, 1), hash);
    CU_ASSERT_NOT_EQUAL(hash_with(&files, NORMALISE_UNIT, 2, 1), hash);
    CU_ASSERT_NOT_EQUAL(hash_with(&files, NORMALISE_NONE, 3, 1), hash);
    uint64_t with_selection = hash_of_parts(&files, NORMALISE_NONE, 2, 1, 1);
    CU_ASSERT_NOT_EQUAL(with_selection, hash);
    CU_ASSERT_NOT_EQUAL(with_selection, hash_with(&files, NORMALISE_NONE, 3, 1));
    CU_ASSERT_NOT_EQUAL(with_selection, hash_of_parts(&files, NORMALISE_NONE, 2, 2, 1));
    CU_ASSERT_NOT_EQUAL(with_selection, hash_of_parts(&files, NORMALISE_NONE, 1, 2, 1));
    unsigned char *const bytes[] = {&files.images[40], &files.labels[10], &files.test_images[20],
                                    &files.test_labels[9]};
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        *bytes[i] ^= 1;
        CU_ASSERT_NOT_EQUAL(hash_with(&files, NORMALISE_NONE, 2, 1), hash);
        *bytes[i] ^= 1;
    }
    uint64_t other = hash;
    for (uint64_t seed = 2; seed < 12 && other == hash; seed++) {
        other = hash_with(&files, NORMALISE_NONE, 2, seed);
    }
    CU_ASSERT_NOT_EQUAL(other, hash);
}

static void is_stopped(const DataSpec *spec) {
    Dataset *dataset;
    stop_ask(SIGUSR1);
    CU_ASSERT_EQUAL(dataset_load(&dataset, spec, 1), STATUS_RESUMABLE);
    CU_ASSERT_PTR_NULL(dataset);
    stop_ask(0);
    CU_ASSERT_EQUAL_FATAL(dataset_load(&dataset, spec, 1), STATUS_OK);
    dataset_destroy(&dataset);
}

static void a_stop_is_heeded_in_every_format(void) {
    IdxFiles files = idx_files();
    idx_files_write(&files);
    DataSpec idx = idx_spec();
    is_stopped(&idx);
    scratch_write_text("train.csv", "x,kind\n1,a\n2,b\n3,a\n4,b\n");
    is_stopped(
        &(DataSpec){.format = DATA_CSV, .train_table = "train.csv", .label_column = "kind", .validation = 1});
    is_stopped(&(DataSpec){.format = DATA_SYNTHETIC,
                           .synthetic = SYNTHETIC_MOONS,
                           .examples = 10,
                           .classes = 2,
                           .features = 2,
                           .validation = 2});
    hdf5_sure(H5Fclose(hdf5_small()));
    DataSpec hdf5 = hdf5_spec();
    is_stopped(&hdf5);
}

void suite_dataset(void) {
    static const TestCase tests[] = {
        {"a block moved to another address gives the same parts", a_moved_block_gives_the_same_parts},
        {"every section is aligned to 64 bytes", sections_are_aligned},
        {"a block cut anywhere is refused", a_block_cut_anywhere_is_refused},
        {"a changed block is refused, or safe to read", a_changed_block_is_refused_or_sound},
        {"all that a reader relies on is checked", what_a_reader_relies_on_is_checked},
        {"a stop is heeded while data of any format are read", a_stop_is_heeded_in_every_format},
        {"the hash covers values, labels, split and normalisation", the_hash_covers_all_content},
    };
    SUITE("data set", tests);
}

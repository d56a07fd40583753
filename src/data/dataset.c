#include "data/dataset.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/memory.h"
#include "data/block.h"
#include "data/data_source.h"
#include "data/normalise.h"
#include "data/split.h"

struct Dataset {
    Arena arena;               /* holds the block where this data set owns it */
    const unsigned char *base; /* the block */
    const BlockHeader *header; /* at its beginning */
    const char **names;        /* [classes], into the block */
};

/* The fault is in the configuration, not in the file. */
static Status blame(Status status, const DataSource *source, const DataSpec *spec, SourceMark mark) {
    if (status != STATUS_INPUT) return status;
    if (spec->source == NULL) return status_within(status, "%s", source->name);
    char *reason;
    TRY(memory_text(&reason, status_text()));
    status = source_fail(spec->source, mark, "%s", reason);
    free(reason);
    return status;
}

static Status count_parts(const DataSource *source, const DataSpec *spec, SplitCounts *counts) {
    const uint16_t *labels = source->labels[SET_TRAIN];
    size_t rows = source->rows[SET_TRAIN];
    *counts = (SplitCounts){0};
    Status status = split_count_validation(spec->validation, labels, rows, source->classes, counts);
    TRY(blame(status, source, spec, spec->validation_mark));
    if (spec->selection == 0) return STATUS_OK;
    status = split_count_selection(spec->selection, labels, rows, source->classes, counts);
    return blame(status, source, spec, spec->selection_mark);
}

static Status plan(BlockHeader *header, const DataSource *source, const DataSpec *spec) {
    SplitCounts counts;
    if (source->classes < 2) {
        return status_fail(STATUS_INPUT,
                           "%s: all training examples have one label, '%s'; at least 2 classes are needed",
                           source->name, source->names);
    }
    TRY(count_parts(source, spec, &counts));
    *header = (BlockHeader){
        .type = source->type,
        .height = source->shape.height,
        .width = source->shape.width,
        .channels = source->shape.channels,
        .classes = source->classes,
        .rows = {source->rows[SET_TRAIN], source->rows[SET_TEST]},
        .count = {[PART_TRAIN] = source->rows[SET_TRAIN] - counts.validation - counts.selection,
                  [PART_VALIDATION] = counts.validation,
                  [PART_TEST] = source->rows[SET_TEST],
                  [PART_SELECTION] = counts.selection},
        .names_length = source->names_length,
    };
    Status status = block_plan(header);
    if (status == STATUS_OK) status = data_check_memory((double)header->length);
    return status == STATUS_OK ? status : status_within(status, "%s", source->name);
}

static void *section(Dataset *dataset, uint64_t offset) {
    return dataset->arena.base + offset;
}

static Status fill_rows(Dataset *dataset, DataSource *source, uint64_t seed) {
    const BlockHeader *header = dataset->header;
    for (size_t set = 0; set < SET_COUNT; set++) {
        if (source->rows[set] == 0) continue;
        memcpy(section(dataset, header->labels[set]), source->labels[set],
               source->rows[set] * sizeof *source->labels[set]);
        TRY(source->read_values(source, set, section(dataset, header->values[set])));
    }
    uint32_t *test = section(dataset, header->index[PART_TEST]);
    for (size_t i = 0; i < header->count[PART_TEST]; i++) {
        test[i] = (uint32_t)i;
    }
    memcpy(section(dataset, header->names), source->names, source->names_length);
    SplitCounts counts = {header->count[PART_VALIDATION], header->count[PART_SELECTION]};
    SplitIndex index = {.training = section(dataset, header->index[PART_TRAIN]),
                        .validation = section(dataset, header->index[PART_VALIDATION]),
                        .selection = section(dataset, header->index[PART_SELECTION])};
    return split_stratified(source->labels[SET_TRAIN], source->rows[SET_TRAIN], source->classes, counts, seed,
                            index);
}

/* The block's layout is left out: it may change while the data stay the same. */
static Status hash_content(const Dataset *dataset, uint64_t *out) {
    const BlockHeader *header = dataset->header;
    Hash64 *hash = hash64_begin();
    if (hash == NULL) return status_fail(STATUS_ENVIRONMENT, "no memory to hash the data");
    uint64_t numbers[] = {header->type,           header->height,           header->width,
                          header->channels,       header->classes,          header->rows[SET_TRAIN],
                          header->rows[SET_TEST], header->count[PART_TRAIN]};
    hash64_add(hash, numbers, sizeof numbers);
    hash64_add(hash, dataset->base + header->names, header->names_length);
    size_t value_size = header->type == VALUE_U8 ? sizeof(uint8_t) : sizeof(float);
    for (size_t set = 0; set < SET_COUNT; set++) {
        size_t values = header->rows[set] * header->values_per_example;
        hash64_add(hash, dataset->base + header->values[set], values * value_size);
        hash64_add(hash, dataset->base + header->labels[set], header->rows[set] * sizeof(uint16_t));
    }
    for (size_t part = 0; part < PART_COUNT; part++) {
        hash64_add(hash, dataset->base + header->index[part], header->count[part] * sizeof(uint32_t));
    }
    /* Where the validation part ends and the selection part begins; data without one keep their hash. */
    if (header->count[PART_SELECTION] > 0)
        hash64_add(hash, &header->count[PART_SELECTION], sizeof header->count[PART_SELECTION]);
    hash64_add(hash, dataset->base + header->mean, header->channels * sizeof(float));
    hash64_add(hash, dataset->base + header->deviation, header->channels * sizeof(float));
    *out = hash64_end(hash);
    return STATUS_OK;
}

/* The block is whole: find the names in it. */
static Status index_names(Dataset *dataset) {
    const BlockHeader *header = dataset->header;
    TRY(memory_new(&dataset->names, header->classes, sizeof *dataset->names));
    const char *name = (const char *)dataset->base + header->names;
    for (size_t c = 0; c < header->classes; c++) {
        dataset->names[c] = name;
        name += strlen(name) + 1;
    }
    return STATUS_OK;
}

static Status build(Dataset *dataset, DataSource *source, const DataSpec *spec, uint64_t seed) {
    BlockHeader planned = {0};
    TRY(plan(&planned, source, spec));
    TRY(arena_reserve(&dataset->arena, planned.length, 1));
    TRY(arena_allocate(&dataset->arena));
    BlockHeader *header = arena_take(&dataset->arena, planned.length, 1);
    *header = planned;
    dataset->header = header;
    dataset->base = dataset->arena.base;
    TRY(fill_rows(dataset, source, seed));
    Examples training = dataset_part(dataset, PART_TRAIN);
    TRY(normalise_fit(spec->normalise, &training, header->values_per_example, section(dataset, header->mean),
                      section(dataset, header->deviation)));
    TRY(hash_content(dataset, &header->hash));
    return index_names(dataset);
}

Status dataset_load(Dataset **out, const DataSpec *spec, uint64_t seed) {
    *out = NULL;
    DataSource source = {0};
    Dataset *dataset = NULL;
    Status status = data_source_open(&source, spec, seed);
    if (status == STATUS_OK) status = memory_new(&dataset, 1, sizeof *dataset);
    if (status == STATUS_OK) status = build(dataset, &source, spec, seed);
    data_source_close(&source);
    if (status != STATUS_OK) dataset_destroy(&dataset);
    *out = dataset;
    return status;
}

Status dataset_view(Dataset **out, const void *block, size_t length) {
    *out = NULL;
    TRY(block_check(block, length));
    Dataset *dataset;
    TRY(memory_new(&dataset, 1, sizeof *dataset));
    dataset->base = block;
    dataset->header = block;
    Status status = index_names(dataset);
    if (status != STATUS_OK) dataset_destroy(&dataset);
    *out = dataset;
    return status;
}

void dataset_destroy(Dataset **dataset) {
    if (*dataset == NULL) return;
    arena_release(&(*dataset)->arena);
    free((*dataset)->names);
    free(*dataset);
    *dataset = NULL;
}

const void *dataset_block(const Dataset *dataset, size_t *length) {
    *length = dataset->header->length;
    return dataset->base;
}

Examples dataset_part(const Dataset *dataset, DataPart part) {
    const BlockHeader *header = dataset->header;
    size_t set = part == PART_TEST ? SET_TEST : SET_TRAIN;
    const unsigned char *base = dataset->base;
    return (Examples){
        .values = base + header->values[set],
        .type = (ValueType)header->type,
        .shape = dataset_shape(dataset),
        .labels = (const uint16_t *)(const void *)(base + header->labels[set]),
        .classes = header->classes,
        .index = (const uint32_t *)(const void *)(base + header->index[part]),
        .count = header->count[part],
        .mean = (const float *)(const void *)(base + header->mean),
        .deviation = (const float *)(const void *)(base + header->deviation),
        .period = header->channels,
    };
}

size_t dataset_classes(const Dataset *dataset) {
    return dataset->header->classes;
}

Shape dataset_shape(const Dataset *dataset) {
    const BlockHeader *header = dataset->header;
    return (Shape){header->height, header->width, header->channels};
}

const char *dataset_class_name(const Dataset *dataset, size_t c) {
    return dataset->names[c];
}

uint64_t dataset_hash(const Dataset *dataset) {
    return dataset->header->hash;
}

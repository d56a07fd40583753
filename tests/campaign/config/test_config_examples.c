/* The examples that ship with winnow, and what is left of them after random damage. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/philox.h"
#include "campaign/config/tests.h"
#include "suite.h"

#define EXAMPLES SOURCE_ROOT "/search_spaces/"
#define MUTATIONS 1500 /* of each example */

static const char *const examples[] = {EXAMPLES "fashion_mnist_mlp.yaml", EXAMPLES "fashion_mnist_adam.yaml",
                                       EXAMPLES "fashion_mnist_cnn.yaml", EXAMPLES "spirals.yaml",
                                       EXAMPLES "csv_table.yaml"};
#define EXAMPLE_COUNT (sizeof(examples) / sizeof(examples[0]))

static void all_parse(void) {
    for (size_t i = 0; i < EXAMPLE_COUNT; i++) {
        Config *config = NULL;
        Status status = config_read(&config, examples[i]);
        CU_ASSERT_EQUAL(status, STATUS_OK);
        if (status != STATUS_OK) printf("\n    %s\n", status_text());
        config_destroy(&config);
    }
}

/* With their own data, Debian's Fashion-MNIST among them. */
static void they_fit_their_data(void) {
    for (size_t i = 0; i < EXAMPLE_COUNT; i++) {
        Config *config = NULL;
        Dataset *dataset = NULL;
        CU_ASSERT_EQUAL_FATAL(config_read(&config, examples[i]), STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(dataset_load(&dataset, &config->data, config->seed), STATUS_OK);
        Status status = config_check_data(config, dataset);
        CU_ASSERT_EQUAL(status, STATUS_OK);
        if (status != STATUS_OK) printf("\n    %s\n", status_text());
        dataset_destroy(&dataset);
        config_destroy(&config);
    }
}

/* Pieces that mean something in YAML or in a configuration. */
static const char *const pieces[] = {
    ":",   "- ", "[",  "]",     "{",        "}",  "\n",    "\t",    "  ",   ",",       "#",    "*a",
    "&a ", "'",  "\"", "$",     "|\n",      "? ", "---\n", "0",     "-1",   "1e",      ".inf", "null",
    "~",   "!!", "%",  "input", "value: 3", "zz", "<<: ",  "1e999", "\xc3", "\xc3\xa4"};

/* One random change: a byte, a piece put in, a stretch cut out, or a stretch copied. */
static size_t mutate(RandomStream *random, char *text, size_t length, size_t size) {
    size_t at = random_below(random, (uint32_t)length + 1);
    size_t stretch = random_below(random, 40);
    const char *piece = pieces[random_below(random, sizeof(pieces) / sizeof(pieces[0]))];
    char copy[64];
    switch (random_below(random, 4)) {
    case 0:
        if (at < length) text[at] = (char)random_u32(random);
        return length;
    case 1:
        if (at + stretch > length) stretch = length - at;
        memmove(text + at, text + at + stretch, length - at - stretch);
        return length - stretch;
    case 2: {
        size_t from = random_below(random, (uint32_t)length + 1);
        if (from + stretch > length) stretch = length - from;
        memcpy(copy, text + from, stretch);
        break;
    }
    default:
        stretch = strlen(piece);
        memcpy(copy, piece, stretch);
        break;
    }
    if (length + stretch > size) return length;
    memmove(text + at + stretch, text + at, length - at);
    memcpy(text + at, copy, stretch);
    return length + stretch;
}

static void damaged_texts_end_in_order(void) {
    size_t accepted = 0;
    size_t refused = 0;
    for (size_t i = 0; i < EXAMPLE_COUNT; i++) {
        char *text = NULL;
        size_t length = 0;
        CU_ASSERT_EQUAL_FATAL(file_read(examples[i], CONFIG_MAX_BYTES, &text, &length), STATUS_OK);
        size_t size = length + 256;
        char *damaged = malloc(size);
        CU_ASSERT_PTR_NOT_NULL_FATAL(damaged);
        for (uint32_t m = 0; m < MUTATIONS; m++) {
            RandomStream random = random_stream(4711, RANDOM_PREFLIGHT, 0, (uint16_t)i, m, 0);
            memcpy(damaged, text, length);
            size_t left = length;
            for (uint32_t changes = 1 + random_below(&random, 3); changes > 0; changes--) {
                left = mutate(&random, damaged, left, size);
            }
            Config *config = NULL;
            status_clear();
            Status status = config_parse(&config, "damaged.yaml", damaged, left);
            bool right = status == STATUS_OK ? config != NULL
                                             : status == STATUS_INPUT && config == NULL &&
                                                   strncmp(status_text(), "damaged.yaml:", 13) == 0;
            CU_ASSERT(right);
            if (!right)
                printf("\n    example %zu, mutation %u: status %d: %s\n", i, m, (int)status, status_text());
            *(status == STATUS_OK ? &accepted : &refused) += 1;
            config_destroy(&config);
        }
        free(damaged);
        free(text);
    }
    /* Damage in comments and numbers is not always seen. */
    CU_ASSERT(refused > MUTATIONS);
    CU_ASSERT(accepted > 0);
}

void add_examples_suite(void) {
    static const TestCase tests[] = {
        {"every example is a configuration", all_parse},
        {"the examples with data of their own fit them", they_fit_their_data},
        {"random damage gives an error or a configuration, never a crash", damaged_texts_end_in_order},
    };
    SUITE("examples", tests);
}

#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/size.h"
#include "base/suites.h"
#include "suite.h"

static void new_is_zeroed(void) {
    int *block = NULL;
    CU_ASSERT_EQUAL_FATAL(memory_new(&block, 100, sizeof(*block)), STATUS_OK);
    for (size_t i = 0; i < 100; i++)
        CU_ASSERT_EQUAL(block[i], 0);
    free(block);
}

static void nothing_is_something(void) {
    char *block = NULL;
    CU_ASSERT_EQUAL(memory_new(&block, 0, 8), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL(block);
    free(block);
}

static void impossible_sizes(void) {
    char here = 0;
    char *block = &here;
    CU_ASSERT_EQUAL(memory_new(&block, SIZE_MAX / 2, 3), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(memory_new(&block, SIZE_MAX / 2 + 1, 2), STATUS_ENVIRONMENT); /* 0 where it wraps */
    CU_ASSERT_PTR_NULL(block);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "out of memory"));
    CU_ASSERT_EQUAL(memory_new(&block, SIZE_MAX / 4, 1), STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NULL(block);
}

static void grow_keeps_and_zeroes(void) {
    uint64_t *array = NULL;
    size_t capacity = 0;
    for (size_t count = 1; count <= 1000; count++) {
        size_t before = capacity;
        CU_ASSERT_EQUAL_FATAL(memory_grow(&array, &capacity, count, sizeof(*array)), STATUS_OK);
        CU_ASSERT_FATAL(capacity >= count);
        if (capacity != before) CU_ASSERT(capacity >= before + before / 2);
        for (size_t i = before; i < capacity; i++)
            CU_ASSERT_EQUAL(array[i], 0);
        array[count - 1] = count;
    }
    for (size_t i = 0; i < 1000; i++)
        CU_ASSERT_EQUAL(array[i], i + 1);
    free(array);
}

static void failed_grow_keeps_the_array(void) {
    uint32_t *array = NULL;
    size_t capacity = 0;
    CU_ASSERT_EQUAL_FATAL(memory_grow(&array, &capacity, 4, sizeof(*array)), STATUS_OK);
    array[3] = 7;
    CU_ASSERT_EQUAL(memory_grow(&array, &capacity, SIZE_MAX / 2, sizeof(*array)), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(memory_grow(&array, &capacity, SIZE_MAX / 8, sizeof(*array)), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(capacity, 4);
    CU_ASSERT_EQUAL(array[3], 7);
    free(array);
}

static void text_is_copied(void) {
    char original[] = "word";
    char *copy = NULL;
    CU_ASSERT_EQUAL_FATAL(memory_text(&copy, original), STATUS_OK);
    original[0] = 'W';
    CU_ASSERT_STRING_EQUAL(copy, "word");
    free(copy);
}

static void sizes_are_checked(void) {
    size_t out = 0;
    CU_ASSERT_TRUE(size_mul(SIZE_MAX / 2, 2, &out));
    CU_ASSERT_EQUAL(out, SIZE_MAX - 1);
    CU_ASSERT_FALSE(size_mul(SIZE_MAX / 2 + 1, 2, &out));
    CU_ASSERT_TRUE(size_add(SIZE_MAX - 1, 1, &out));
    CU_ASSERT_EQUAL(out, SIZE_MAX);
    CU_ASSERT_FALSE(size_add(SIZE_MAX, 1, &out));
    CU_ASSERT_EQUAL(size_align(0, 64), 0);
    CU_ASSERT_EQUAL(size_align(1, 64), 64);
    CU_ASSERT_EQUAL(size_align(64, 64), 64);
    CU_ASSERT_EQUAL(size_align(65, 64), 128);
}

void suite_memory(void) {
    static const TestCase tests[] = {
        {"new memory is zeroed", new_is_zeroed},
        {"no elements are still an address", nothing_is_something},
        {"an impossible size is an error and gives NULL", impossible_sizes},
        {"growing keeps the old and zeroes the new", grow_keeps_and_zeroes},
        {"a failed growth changes nothing", failed_grow_keeps_the_array},
        {"a text is copied", text_is_copied},
        {"sizes never wrap", sizes_are_checked},
    };
    SUITE("memory", tests);
}

#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "base/suites.h"
#include "suite.h"

/* One of each kind. */
static void put_all(ByteWriter *w) {
    bytes_put_u8(w, 0xAB);
    bytes_put_u32(w, UINT32_C(0xDEADBEEF));
    bytes_put_u64(w, UINT64_C(0x0123456789ABCDEF));
    bytes_put_f64(w, 0.1);
    bytes_put_text(w, "winnow");
    bytes_put_text(w, "");
    bytes_put_block(w, "a\0b", 3);
    bytes_put_block(w, NULL, 0);
    bytes_put_raw(w, "end", 3);
}

static Status get_all(ByteReader *r, bool check) {
    char text[16] = "unset";
    size_t length = 99;
    uint8_t u8 = bytes_get_u8(r);
    uint32_t u32 = bytes_get_u32(r);
    uint64_t u64 = bytes_get_u64(r);
    double f64 = bytes_get_f64(r);
    bytes_get_text(r, text, sizeof(text));
    char *empty = bytes_get_text_new(r);
    const uint8_t *block = bytes_get_block(r, &length);
    size_t nothing_length = 99;
    const uint8_t *nothing = bytes_get_block(r, &nothing_length);
    const uint8_t *raw = bytes_get_raw(r, 3);
    if (check) {
        CU_ASSERT_EQUAL(u8, 0xAB);
        CU_ASSERT_EQUAL(u32, UINT32_C(0xDEADBEEF));
        CU_ASSERT_EQUAL(u64, UINT64_C(0x0123456789ABCDEF));
        CU_ASSERT_EQUAL(f64, 0.1);
        CU_ASSERT_STRING_EQUAL(text, "winnow");
        CU_ASSERT_PTR_NOT_NULL_FATAL(empty);
        CU_ASSERT_STRING_EQUAL(empty, "");
        CU_ASSERT_EQUAL(length, 3);
        CU_ASSERT_PTR_NOT_NULL_FATAL(block);
        CU_ASSERT_EQUAL(memcmp(block, "a\0b", 3), 0);
        CU_ASSERT_PTR_NOT_NULL(nothing);
        CU_ASSERT_EQUAL(nothing_length, 0);
        CU_ASSERT_PTR_NOT_NULL_FATAL(raw);
        CU_ASSERT_EQUAL(memcmp(raw, "end", 3), 0);
    } else {
        CU_ASSERT_PTR_NULL(raw);
    }
    free(empty);
    return bytes_reader_status(r, "the message");
}

static void all_comes_back(void) {
    ByteWriter w = {0};
    put_all(&w);
    CU_ASSERT_EQUAL_FATAL(bytes_writer_status(&w), STATUS_OK);
    ByteReader r = bytes_reader(w.data, w.length);
    CU_ASSERT_EQUAL(get_all(&r, true), STATUS_OK);
    bytes_writer_release(&w);
    CU_ASSERT_PTR_NULL(w.data);
}

static void a_block_of_another_length_is_refused(void) {
    ByteWriter w = {0};
    bytes_put_block(&w, "abc", 3);
    for (size_t length = 2; length <= 4; length++) {
        char out[4] = "...";
        ByteReader r = bytes_reader(w.data, w.length);
        bytes_get_block_into(&r, out, length);
        CU_ASSERT_EQUAL(r.failed, length != 3);
        CU_ASSERT_STRING_EQUAL(out, length == 3 ? "abc" : "...");
    }
    bytes_writer_release(&w);
}

static void layout_is_little_endian(void) {
    ByteWriter w = {0};
    bytes_put_u32(&w, UINT32_C(0x03040506));
    bytes_put_f64(&w, 1.0);
    bytes_put_text(&w, "ab");
    bytes_put_block(&w, "c", 1);
    static const uint8_t expected[] = {6, 5, 4, 3,                             /* u32 */
                                       0, 0, 0, 0, 0,   0,   0xF0, 0x3F,       /* f64 */
                                       2, 0, 0, 0, 'a', 'b',                   /* text */
                                       1, 0, 0, 0, 0,   0,   0,    0,    'c'}; /* block */
    CU_ASSERT_EQUAL_FATAL(w.length, sizeof(expected));
    CU_ASSERT_EQUAL(memcmp(w.data, expected, sizeof(expected)), 0);
    bytes_writer_release(&w);
}

static void nan_keeps_its_bits(void) {
    uint64_t bits = UINT64_C(0x7FF0000000C0FFEE);
    double value;
    memcpy(&value, &bits, sizeof(value));
    ByteWriter w = {0};
    bytes_put_f64(&w, value);
    bytes_put_u64(&w, bits);
    bytes_put_f64(&w, -INFINITY);
    ByteReader r = bytes_reader(w.data, w.length);
    CU_ASSERT_EQUAL(bytes_get_u64(&r), bits);
    value = bytes_get_f64(&r);
    uint64_t back;
    memcpy(&back, &value, sizeof(back));
    CU_ASSERT_EQUAL(back, bits);
    CU_ASSERT_EQUAL(bytes_get_f64(&r), -INFINITY);
    bytes_writer_release(&w);
}

static void every_cut_is_noticed(void) {
    ByteWriter w = {0};
    put_all(&w);
    for (size_t length = 0; length < w.length; length++) {
        /* A copy of just that length, so that the sanitizer sees any read past it. */
        uint8_t *cut = malloc(length > 0 ? length : 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(cut);
        memcpy(cut, w.data, length);
        ByteReader r = bytes_reader(cut, length);
        CU_ASSERT_EQUAL(get_all(&r, false), STATUS_INPUT);
        CU_ASSERT_STRING_EQUAL(status_text(), "the message is cut short or damaged");
        free(cut);
    }
    bytes_writer_release(&w);
}

static void left_over_is_noticed(void) {
    ByteReader r = bytes_reader("ab", 2);
    CU_ASSERT_EQUAL(bytes_get_u8(&r), 'a');
    CU_ASSERT_EQUAL(bytes_reader_status(&r, "x"), STATUS_INPUT);
    CU_ASSERT_EQUAL(bytes_get_u8(&r), 'b');
    CU_ASSERT_EQUAL(bytes_reader_status(&r, "x"), STATUS_OK);
}

static void failure_sticks(void) {
    ByteReader r = bytes_reader("\1\2\3", 3);
    CU_ASSERT_EQUAL(bytes_get_u32(&r), 0);
    /* There would be bytes for these. */
    CU_ASSERT_EQUAL(bytes_get_u8(&r), 0);
    CU_ASSERT_EQUAL(bytes_get_f64(&r), 0);
    CU_ASSERT_PTR_NULL(bytes_get_raw(&r, 0));
    char text[4] = "abc";
    bytes_get_text(&r, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text, "");
    CU_ASSERT_PTR_NULL(bytes_get_text_new(&r));
    CU_ASSERT_EQUAL(bytes_reader_status(&r, "x"), STATUS_INPUT);
}

/* Reads `length` bytes as a text into eight bytes of room; true where it went well. */
static bool text_reads(const char *data, size_t length) {
    char text[8] = "unset";
    ByteReader r = bytes_reader(data, length);
    bytes_get_text(&r, text, sizeof(text));
    bool well = bytes_reader_status(&r, "x") == STATUS_OK;
    if (!well) CU_ASSERT_STRING_EQUAL(text, "");
    return well;
}

static void texts_are_checked(void) {
    CU_ASSERT_TRUE(text_reads("\7\0\0\0abcdefg", 11));
    CU_ASSERT_FALSE(text_reads("\10\0\0\0abcdefgh", 12));
    CU_ASSERT_FALSE(text_reads("\3\0\0\0a\0b", 7));
    CU_ASSERT_FALSE(text_reads("\xFF\xFF\xFF\xFF"
                               "abc",
                               7));
    ByteReader zero = bytes_reader("\3\0\0\0a\0b", 7);
    CU_ASSERT_PTR_NULL(bytes_get_text_new(&zero));
    CU_ASSERT_EQUAL(bytes_reader_status(&zero, "x"), STATUS_INPUT);
    ByteReader huge = bytes_reader("\xFF\xFF\xFF\xFF"
                                   "abc",
                                   7);
    CU_ASSERT_PTR_NULL(bytes_get_text_new(&huge));
    CU_ASSERT_EQUAL(bytes_reader_status(&huge, "x"), STATUS_INPUT);
}

static void huge_lengths_do_not_wrap(void) {
    static const uint8_t huge[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3};
    size_t length = 99;
    ByteReader block = bytes_reader(huge, sizeof(huge));
    CU_ASSERT_PTR_NULL(bytes_get_block(&block, &length));
    CU_ASSERT_EQUAL(length, 0);
    CU_ASSERT_EQUAL(bytes_reader_status(&block, "x"), STATUS_INPUT);
    ByteReader raw = bytes_reader(huge, sizeof(huge));
    (void)bytes_get_u32(&raw);
    CU_ASSERT_PTR_NULL(bytes_get_raw(&raw, SIZE_MAX - 2));
    CU_ASSERT_EQUAL(bytes_reader_status(&raw, "x"), STATUS_INPUT);
}

static void empty_message(void) {
    ByteReader r = bytes_reader(NULL, 0);
    CU_ASSERT_EQUAL(bytes_reader_status(&r, "x"), STATUS_OK);
    CU_ASSERT_EQUAL(bytes_get_u8(&r), 0);
    CU_ASSERT_EQUAL(bytes_reader_status(&r, "x"), STATUS_INPUT);
}

static void writer_failure_sticks(void) {
    ByteWriter w = {0};
    bytes_put_u8(&w, 1);
    bytes_put_raw(&w, "", SIZE_MAX / 4);
    bytes_put_u8(&w, 2);
    CU_ASSERT_EQUAL(w.length, 1);
    CU_ASSERT_EQUAL(bytes_writer_status(&w), STATUS_ENVIRONMENT);
    bytes_put_raw(&w, "", SIZE_MAX);
    bytes_writer_reset(&w);
    CU_ASSERT_EQUAL(bytes_writer_status(&w), STATUS_OK);
    bytes_put_u8(&w, 3);
    CU_ASSERT_EQUAL(w.length, 1);
    CU_ASSERT_EQUAL(w.data[0], 3);
    bytes_writer_release(&w);
}

static void reset_keeps_the_memory(void) {
    ByteWriter w = {0};
    for (int i = 0; i < 1000; i++)
        bytes_put_u64(&w, 1);
    size_t capacity = w.capacity;
    bytes_writer_reset(&w);
    CU_ASSERT_EQUAL(w.length, 0);
    CU_ASSERT_EQUAL(w.capacity, capacity);
    bytes_writer_release(&w);
}

void suite_bytes(void) {
    static const TestCase tests[] = {
        {"what was put comes back", all_comes_back},
        {"a block of another length than the expected one is refused", a_block_of_another_length_is_refused},
        {"the layout is little-endian without padding", layout_is_little_endian},
        {"NaN and infinity keep their bits", nan_keeps_its_bits},
        {"a message cut anywhere is noticed", every_cut_is_noticed},
        {"bytes left over are noticed", left_over_is_noticed},
        {"a reader's failure sticks and reads give zeros", failure_sticks},
        {"texts too long or with a zero byte fail", texts_are_checked},
        {"huge lengths do not wrap", huge_lengths_do_not_wrap},
        {"an empty message can be read", empty_message},
        {"a writer's failure sticks until reset", writer_failure_sticks},
        {"a reset keeps the memory", reset_keeps_the_memory},
    };
    SUITE("bytes", tests);
}

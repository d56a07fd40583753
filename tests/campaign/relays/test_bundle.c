#include <string.h>

#include "base/philox.h"
#include "campaign/bundle.h"
#include "suite.h"
#include "suites.h"

static Bundle three_parts(void) {
    Bundle bundle = {0};
    bundle_add(&bundle, 7, "abc", 3);
    bundle_add(&bundle, 9, NULL, 0);
    bundle_add(&bundle, 7, "de", 2);
    return bundle;
}

static void test_parts(void) {
    Bundle bundle = {0};
    CU_ASSERT_TRUE(bundle_is_empty(&bundle));
    bundle = three_parts();
    CU_ASSERT_FALSE(bundle_is_empty(&bundle));
    CU_ASSERT_TRUE(bundle_is(bundle.writer.data, bundle.writer.length));
    ByteReader reader = bundle_reader(bundle.writer.data, bundle.writer.length);
    static const uint32_t ranks[] = {7, 9, 7};
    static const char *const texts[] = {"abc", "", "de"};
    for (size_t i = 0; i < 4; i++) {
        uint32_t rank;
        const uint8_t *data;
        size_t length;
        bool got;
        CU_ASSERT_EQUAL(bundle_next(&reader, &rank, &data, &length, &got), STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(got, i < 3);
        if (!got) break;
        CU_ASSERT_EQUAL(rank, ranks[i]);
        CU_ASSERT_TRUE(length == strlen(texts[i]) && memcmp(data, texts[i], length) == 0);
    }
    bundle_release(&bundle);
}

/* Every part that is read lies within the bytes, and the reading ends. */
static void read_all(const uint8_t *data, size_t length) {
    ByteReader reader = bundle_reader(data, length);
    size_t parts = 0;
    for (bool got = true; got; parts++) {
        uint32_t rank;
        const uint8_t *part;
        size_t size;
        if (bundle_next(&reader, &rank, &part, &size, &got) != STATUS_OK) {
            CU_ASSERT_FALSE(got);
            break;
        }
        if (got) CU_ASSERT_TRUE(part >= data && part + size <= data + length);
    }
    CU_ASSERT_TRUE(parts <= length + 1);
}

static void test_damage(void) {
    Bundle bundle = three_parts();
    RandomStream dice = random_stream(1, RANDOM_SYNTHETIC, 0, 0, 0, 0);
    uint8_t bytes[64];
    size_t length = bundle.writer.length;
    CU_ASSERT_TRUE_FATAL(length <= sizeof(bytes));
    for (size_t cut = 0; cut < length; cut++) {
        memcpy(bytes, bundle.writer.data, length);
        read_all(bytes, cut);
    }
    for (int i = 0; i < 20000; i++) {
        memcpy(bytes, bundle.writer.data, length);
        bytes[random_below(&dice, (uint32_t)length)] ^= (uint8_t)(1U << random_below(&dice, 8));
        read_all(bytes, length);
    }
    static const uint8_t other_version[] = {WIRE_VERSION + 1, MESSAGE_BUNDLE};
    CU_ASSERT_FALSE(bundle_is(other_version, sizeof(other_version)));
    CU_ASSERT_FALSE(bundle_is("", 0));
    status_clear();
    bundle_release(&bundle);
}

void bundle_suite(void) {
    static const TestCase tests[] = {
        {"parts come out as they went in, an empty one too", test_parts},
        {"damaged or cut bundles are read within their bytes", test_damage},
    };
    SUITE("bundles", tests);
}

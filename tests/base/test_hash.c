#include <string.h>

#include "base/crc32c_sliced.h"
#include "base/hash.h"
#include "base/suites.h"
#include "suite.h"

typedef uint32_t (*Crc)(uint32_t sum, const void *data, size_t length);
static const Crc both[] = {crc32c, crc32c_sliced};

/* RFC 3720, appendix B.4 (bytes there in the order of transmission), and the check value of the CRC
 * catalogue. */
static void crc_vectors(void) {
    uint8_t zeros[32] = {0};
    uint8_t ones[32];
    uint8_t rising[32];
    uint8_t falling[32];
    static const uint8_t read_command[48] = {0x01, 0xC0, 0, 0, 0, 0, 0,    0, 0,    0, 0, 0,    0, 0, 0, 0,
                                             0x14, 0,    0, 0, 0, 0, 0x04, 0, 0,    0, 0, 0x14, 0, 0, 0, 0x18,
                                             0x28, 0,    0, 0, 0, 0, 0,    0, 0x02, 0, 0, 0,    0, 0, 0, 0};
    memset(ones, 0xFF, sizeof(ones));
    for (size_t i = 0; i < 32; i++) {
        rising[i] = (uint8_t)i;
        falling[i] = (uint8_t)(31 - i);
    }
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(both[i](0, zeros, 32), UINT32_C(0x8A9136AA));
        CU_ASSERT_EQUAL(both[i](0, ones, 32), UINT32_C(0x62A8AB43));
        CU_ASSERT_EQUAL(both[i](0, rising, 32), UINT32_C(0x46DD794E));
        CU_ASSERT_EQUAL(both[i](0, falling, 32), UINT32_C(0x113FDB5C));
        CU_ASSERT_EQUAL(both[i](0, read_command, 48), UINT32_C(0xD9963A56));
        CU_ASSERT_EQUAL(both[i](0, "123456789", 9), UINT32_C(0xE3069283));
        CU_ASSERT_EQUAL(both[i](0, "", 0), 0);
    }
}

/* The bytes of xxHash's own self-test. */
static void fill(uint8_t *data, size_t length) {
    uint64_t state = UINT64_C(2654435761);
    for (size_t i = 0; i < length; i++) {
        data[i] = (uint8_t)(state >> 56);
        state *= UINT64_C(11400714785074694797);
    }
}

static void crc_continues(void) {
    uint8_t data[200];
    fill(data, sizeof(data));
    for (size_t i = 0; i < 2; i++) {
        uint32_t whole = both[i](0, data, sizeof(data));
        for (size_t cut = 0; cut <= sizeof(data); cut++) {
            uint32_t first = both[i](0, data, cut);
            CU_ASSERT_EQUAL(both[i](first, data + cut, sizeof(data) - cut), whole);
        }
    }
}

static void crc_paths_agree(void) {
    uint8_t data[100];
    fill(data, sizeof(data));
    for (size_t begin = 0; begin < 9; begin++) {
        for (size_t length = 0; begin + length <= sizeof(data); length++)
            CU_ASSERT_EQUAL(crc32c(7, data + begin, length), crc32c_sliced(7, data + begin, length));
    }
}

static void crc_sees_every_bit(void) {
    uint8_t data[64];
    fill(data, sizeof(data));
    uint32_t sum = crc32c(0, data, sizeof(data));
    for (size_t bit = 0; bit < 8 * sizeof(data); bit++) {
        data[bit / 8] ^= (uint8_t)(1U << bit % 8);
        CU_ASSERT_NOT_EQUAL(crc32c(0, data, sizeof(data)), sum);
        data[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
}

/* xxHash 0.8, its self-test for XXH3_64bits with seed 0. */
static void hash_vectors(void) {
    static const struct {
        size_t length;
        uint64_t hash;
    } rows[] = {
        {0, UINT64_C(0x2D06800538D394C2)},    {1, UINT64_C(0xC44BDFF4074EECDB)},
        {6, UINT64_C(0x27B56A84CD2D7325)},    {12, UINT64_C(0xA713DAF0DFBB77E7)},
        {24, UINT64_C(0xA3FE70BF9D3510EB)},   {48, UINT64_C(0x397DA259ECBA1F11)},
        {80, UINT64_C(0xBCDEFBBB2C47C90A)},   {195, UINT64_C(0xCD94217EE362EC3A)},
        {403, UINT64_C(0xCDEB804D65C6DEA4)},  {512, UINT64_C(0x617E49599013CB6B)},
        {2048, UINT64_C(0xDD59E2C3A5F038E0)}, {2240, UINT64_C(0x6E73A90539CF2948)},
        {2367, UINT64_C(0xCB37AEB9E5D361ED)},
    };
    static uint8_t data[2367];
    fill(data, sizeof(data));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_EQUAL(hash64(data, rows[i].length), rows[i].hash);
}

static void pieces_hash_as_one(void) {
    static uint8_t data[5000];
    fill(data, sizeof(data));
    for (size_t cut = 0; cut <= sizeof(data); cut += 77) {
        Hash64 *hash = hash64_begin();
        CU_ASSERT_PTR_NOT_NULL_FATAL(hash);
        hash64_add(hash, data, cut);
        hash64_add(hash, NULL, 0);
        hash64_add(hash, data + cut, sizeof(data) - cut);
        CU_ASSERT_EQUAL(hash64_end(hash), hash64(data, sizeof(data)));
    }
    Hash64 *empty = hash64_begin();
    CU_ASSERT_PTR_NOT_NULL_FATAL(empty);
    CU_ASSERT_EQUAL(hash64_end(empty), hash64("", 0));
}

void suite_hash(void) {
    static const TestCase tests[] = {
        {"CRC-32C gives the published sums", crc_vectors},
        {"a CRC goes on where it was cut", crc_continues},
        {"instruction and tables agree at every length", crc_paths_agree},
        {"a CRC changes with every bit", crc_sees_every_bit},
        {"hash64 gives the published XXH3 hashes", hash_vectors},
        {"pieces hash as if they were one", pieces_hash_as_one},
    };
    SUITE("hash", tests);
}

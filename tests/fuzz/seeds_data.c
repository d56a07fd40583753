#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#include "data/dataset.h"
#include "fuzz.h"
#include "make_seeds.h"

#define ROWS 6
#define SIDE 2

static void put_big_endian(ByteWriter *writer, uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes_put_u8(writer, (uint8_t)(value >> shift));
}

static void put_images(ByteWriter *writer, bool colours) {
    uint32_t channels = colours ? 3 : 1;
    bytes_put_raw(writer, "\0\0\x08", 3);
    bytes_put_u8(writer, colours ? 4 : 3);
    put_big_endian(writer, ROWS);
    put_big_endian(writer, SIDE);
    put_big_endian(writer, SIDE);
    if (colours) put_big_endian(writer, channels);
    for (uint32_t i = 0; i < ROWS * SIDE * SIDE * channels; i++)
        bytes_put_u8(writer, (uint8_t)(37 * i));
}

static void put_labels(ByteWriter *writer) {
    bytes_put_raw(writer, "\0\0\x08\x01", 4);
    put_big_endian(writer, ROWS);
    for (uint32_t i = 0; i < ROWS; i++)
        bytes_put_u8(writer, (uint8_t)(i % 3));
}

/* Append what `plain` holds as one gzip member, and release it. */
static void put_gzip(ByteWriter *writer, ByteWriter *plain) {
    unsigned char out[4096];
    z_stream stream = {
        .next_in = plain->data, .avail_in = (uInt)plain->length, .next_out = out, .avail_out = sizeof(out)};
    REQUIRE(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    bytes_put_raw(writer, out, sizeof(out) - stream.avail_out);
    deflateEnd(&stream);
    bytes_writer_release(plain);
}

static void put_idx_file(ByteWriter *writer, bool images, bool colours, bool gzip) {
    ByteWriter plain = {0};
    if (images)
        put_images(&plain, colours);
    else
        put_labels(&plain);
    if (gzip) {
        put_gzip(writer, &plain);
        return;
    }
    bytes_put_raw(writer, plain.data, plain.length);
    bytes_writer_release(&plain);
}

static void idx(void) {
    for (unsigned i = 0; i < 8; i++) {
        bool colours = i & 1, gzip = i & 2, test = i & 4;
        ByteWriter writer = {0};
        bytes_put_u8(&writer, (uint8_t)i);
        for (int file = 0; file < (test ? 4 : 2); file++) {
            if (file > 0) seed_separator(&writer);
            put_idx_file(&writer, file % 2 == 0, colours, gzip);
        }
        seed_finish("idx", "files", i, &writer);
    }
}

static void csv(void) {
    static const char *const tables[] = {
        "x,label\n1,a\n2,b\n3,a\n4,b\n",
        "\xEF\xBB\xBFx,y,label\r\n1,-2e3,0\r\n2,0.5,1\r\n-3,.25,1\r\n4,+1,0\r\n",
        "\"x\",\"the \"\"label\"\"\",label\n1,2,\"red, or\nso\"\n 3 ,4,b\n5,6,b\n7,8,\"red, or\nso\"\n\n\n",
        "label,x\n1.0,1\n1,2\n2,3\n2,5\n<FUZZ>label,x\n1,1\n2,9\n",
    };
    for (unsigned i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        for (unsigned gzip = 0; gzip < 2; gzip++) {
            ByteWriter writer = {0}, plain = {0};
            bytes_put_u8(&writer, (uint8_t)i);
            bytes_put_raw(gzip ? &plain : &writer, tables[i], strlen(tables[i]));
            if (gzip) put_gzip(&writer, &plain);
            seed_finish("csv", gzip ? "packed" : "table", i, &writer);
        }
    }
}

/* Choices; then data sets of each type and rank, and links of each kind, in place of each of the four. */
static void hdf5(void) {
    static const uint8_t unchanged[] = {1};
    seed_write("hdf5", "unchanged", 0, unchanged, sizeof(unchanged));
    for (uint8_t set = 0; set < 4; set++) {
        for (uint8_t type = 0; type < 10; type++) {
            uint8_t choice = (uint8_t)(1 + type % 4);       /* the rank */
            if (type & 1) choice = (uint8_t)(195 + choice); /* the same modulo 5, with both bits of packing */
            ByteWriter writer = {0};
            bytes_put_u8(&writer, 1);
            bytes_put_u8(&writer, (uint8_t)(3 * set + 1));
            bytes_put_u8(&writer, choice);
            for (int d = 0; d < choice % 5; d++)
                bytes_put_u8(&writer, d > 0);
            bytes_put_u8(&writer, type);
            bytes_put_u8(&writer, 3);
            bytes_put_raw(&writer, "\1\0\2", 3);
            seed_finish("hdf5", "set", set * 10U + type, &writer);
        }
        for (uint8_t kind = 0; kind < 4; kind++) {
            const uint8_t link[] = {1, (uint8_t)(3 * set + 2), (uint8_t)(64 * kind + 1 + set)};
            seed_write("hdf5", "link", set * 4U + kind, link, sizeof(link));
        }
        const uint8_t patch[] = {1, 0, set, 0, 2, 0, 0, 0, 1, 9};
        seed_write("hdf5", "patch", set, patch, sizeof(patch));
    }
}

static void blocks(void) {
    for (unsigned i = 0; i < 3; i++) {
        DataSpec spec = {.format = DATA_SYNTHETIC,
                         .synthetic = SYNTHETIC_BLOBS,
                         .examples = 8,
                         .test_examples = i == 0 ? 0 : 4,
                         .classes = 2,
                         .features = 1 + i,
                         .noise = 0.1,
                         .validation = 0.25,
                         .normalise = (Normalisation)i};
        Dataset *dataset = NULL;
        size_t length = 0;
        REQUIRE(dataset_load(&dataset, &spec, i) == STATUS_OK);
        const void *block = dataset_block(dataset, &length);
        seed_write("block", "synthetic", i, block, length);
        dataset_destroy(&dataset);
    }
}

void seeds_of_data(void) {
    idx();
    csv();
    hdf5();
    blocks();
}

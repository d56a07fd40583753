#include <stdlib.h>
#include <string.h>

#include "data/gzip_file.h"
#include "idx_files.h"
#include "scratch.h"
#include "suite.h"

/* Images of zeros, highly compressible: header and `size` bytes. */
static unsigned char *zero_images(size_t size) {
    unsigned char *bytes = calloc(IDX_IMAGES_HEADER + size, 1);
    if (bytes == NULL) exit(1);
    IdxFiles files = idx_files();
    memcpy(bytes, files.images, IDX_IMAGES_HEADER);
    return bytes;
}

static void content_decides_not_the_name(void) {
    IdxFiles files = idx_files();
    idx_files_write(&files);
    DataSpec spec = idx_spec();
    Dataset *plain;
    CU_ASSERT_EQUAL_FATAL(dataset_load(&plain, &spec, 1), STATUS_OK);
    scratch_write_gzip("images", files.images, sizeof files.images);
    scratch_write("labels.gz", files.labels, sizeof files.labels);
    spec.train_labels = "labels.gz";
    Dataset *mixed;
    CU_ASSERT_EQUAL_FATAL(dataset_load(&mixed, &spec, 1), STATUS_OK);
    CU_ASSERT_EQUAL(dataset_hash(plain), dataset_hash(mixed));
    dataset_destroy(&plain);
    dataset_destroy(&mixed);
}

static void members_in_a_row_are_one_stream(void) {
    IdxFiles files = idx_files();
    idx_files_write(&files);
    size_t first_size;
    size_t second_size;
    unsigned char *first = scratch_gzip(files.images, 20, &first_size);
    unsigned char *second = scratch_gzip(files.images + 20, sizeof files.images - 20, &second_size);
    unsigned char *both = malloc(first_size + second_size);
    if (both == NULL) exit(1);
    memcpy(both, first, first_size);
    memcpy(both + first_size, second, second_size);
    scratch_write("images", both, first_size + second_size);
    free(first);
    free(second);
    free(both);
    DataSpec spec = idx_spec();
    Dataset *dataset;
    CU_ASSERT_EQUAL_FATAL(dataset_load(&dataset, &spec, 1), STATUS_OK);
    Examples train = dataset_part(dataset, PART_TRAIN);
    CU_ASSERT_EQUAL(memcmp(train.values, files.images + IDX_IMAGES_HEADER, (size_t)IDX_TRAIN * IDX_PIXELS),
                    0);
    dataset_destroy(&dataset);
}

static void a_stream_cut_anywhere_is_an_error(void) {
    IdxFiles files = idx_files();
    idx_files_write(&files);
    DataSpec spec = idx_spec();
    size_t size;
    unsigned char *bytes = scratch_gzip(files.images, sizeof files.images, &size);
    for (size_t length = 0; length < size; length++) {
        scratch_write("images", bytes, length);
        CU_ASSERT(fails_with(&spec, "images: byte ", "", "truncated gzip"));
    }
    scratch_write("images", bytes, size - 1);
    CU_ASSERT(fails_with(&spec, "images: byte 64: ", "the file is cut short", "last byte missing"));
    free(bytes);
}

/* A changed byte is found out by structure, length or checksum, unless it means the same (name, time and
 * system in the first ten bytes, padding bits after the last code). */
static void a_changed_byte_is_an_error(void) {
    IdxFiles files = idx_files();
    idx_files_write(&files);
    DataSpec spec = idx_spec();
    Dataset *dataset;
    CU_ASSERT_EQUAL_FATAL(dataset_load(&dataset, &spec, 1), STATUS_OK);
    uint64_t hash = dataset_hash(dataset);
    dataset_destroy(&dataset);
    size_t size;
    size_t refused = 0;
    unsigned char *bytes = scratch_gzip(files.images, sizeof files.images, &size);
    for (size_t at = 0; at < size; at++) {
        bytes[at] ^= 0x10;
        scratch_write("images", bytes, size);
        Status status = dataset_load(&dataset, &spec, 1);
        CU_ASSERT(status == STATUS_INPUT || (status == STATUS_OK && dataset_hash(dataset) == hash));
        refused += status == STATUS_INPUT;
        dataset_destroy(&dataset);
        bytes[at] ^= 0x10;
    }
    CU_ASSERT(refused >= size - 10);
    bytes[size - 6] ^= 1;
    scratch_write("images", bytes, size);
    CU_ASSERT(
        fails_with(&spec, "images: byte 64: the gzip data is damaged", "incorrect data check", "checksum"));
    free(bytes);
}

static void bytes_after_the_stream_are_an_error(void) {
    IdxFiles files = idx_files();
    idx_files_write(&files);
    DataSpec spec = idx_spec();
    size_t size;
    unsigned char *bytes = scratch_gzip(files.images, sizeof files.images, &size);
    unsigned char *longer = malloc(size + 3);
    if (longer == NULL) exit(1);
    memcpy(longer, bytes, size);
    memset(longer + size, 'x', 3);
    scratch_write("images", longer, size + 3);
    CU_ASSERT(fails_with(&spec, "images: byte 64: ", "", "trailing bytes"));
    free(bytes);
    free(longer);
}

/* 64 MB of zeros in 65 kB, where the header promises 48 bytes: decoding stops at the 49th. */
static void a_bomb_is_not_unpacked(void) {
    IdxFiles files = idx_files();
    idx_files_write(&files);
    size_t size = (size_t)64 << 20;
    unsigned char *bomb = zero_images(size);
    scratch_write_gzip("images", bomb, IDX_IMAGES_HEADER + size);
    DataSpec spec = idx_spec();
    CU_ASSERT(fails_with(&spec, "images: byte 64: ", "promises 48 bytes", "bomb"));
    free(bomb);
    GzipFile *file;
    CU_ASSERT_EQUAL_FATAL(gzip_file_open(&file, "images"), STATUS_OK);
    CU_ASSERT(gzip_file_limit(file) >= size);
    unsigned char header[IDX_IMAGES_HEADER];
    size_t got;
    CU_ASSERT_EQUAL(gzip_file_read(file, header, sizeof header, &got), STATUS_OK);
    CU_ASSERT(got == sizeof header && gzip_file_position(file) == sizeof header);
    gzip_file_close(&file);
}

/* 80 bytes of gzip cannot hold 2.5 GB; found before memory is taken. */
static void a_promise_beyond_deflate_is_an_error(void) {
    static const unsigned char huge[] = {0, 0, 8, 3, 0, 0, 0x9c, 0x40, 0, 0, 1, 0, 0, 0, 1, 0, 1, 2, 3};
    IdxFiles files = idx_files();
    idx_files_write(&files);
    scratch_write_gzip("images", huge, sizeof huge);
    DataSpec spec = idx_spec();
    CU_ASSERT(fails_with(
        &spec, "images: byte 4: ", "promise 2621440000 bytes of values, but the file can hold", "huge"));
}

void suite_gzip(void) {
    static const TestCase tests[] = {
        {"the content says whether a file is compressed, not its name", content_decides_not_the_name},
        {"gzip members in a row are one stream", members_in_a_row_are_one_stream},
        {"a gzip stream cut anywhere is an error", a_stream_cut_anywhere_is_an_error},
        {"a changed byte in a gzip stream is an error", a_changed_byte_is_an_error},
        {"bytes after the gzip stream are an error", bytes_after_the_stream_are_an_error},
        {"a gzip bomb is not unpacked", a_bomb_is_not_unpacked},
        {"sizes beyond what deflate can reach are refused at once", a_promise_beyond_deflate_is_an_error},
    };
    SUITE("gzip", tests);
}

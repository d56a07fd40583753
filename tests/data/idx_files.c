#include "idx_files.h"

#include <string.h>

#include "scratch.h"

static void write_images(unsigned char *out, unsigned char count) {
    const unsigned char header[IDX_IMAGES_HEADER] = {0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 2, 0, 0, 0, 3};
    memcpy(out, header, sizeof header);
    for (size_t i = 0; i < (size_t)count * IDX_PIXELS; i++) {
        out[IDX_IMAGES_HEADER + i] = (unsigned char)(10 * (i / IDX_PIXELS) + i % IDX_PIXELS);
    }
}

static void write_labels(unsigned char *out, unsigned char count, const char *digits) {
    const unsigned char header[IDX_LABELS_HEADER] = {0, 0, 8, 1, 0, 0, 0, count};
    memcpy(out, header, sizeof header);
    for (size_t i = 0; i < count; i++) {
        out[IDX_LABELS_HEADER + i] = (unsigned char)(digits[i] - '0');
    }
}

IdxFiles idx_files(void) {
    IdxFiles files;
    write_images(files.images, IDX_TRAIN);
    write_labels(files.labels, IDX_TRAIN, "01012201");
    write_images(files.test_images, IDX_TEST);
    write_labels(files.test_labels, IDX_TEST, "201");
    return files;
}

void idx_files_write(const IdxFiles *files) {
    scratch_write("images", files->images, sizeof files->images);
    scratch_write("labels", files->labels, sizeof files->labels);
    scratch_write("test-images", files->test_images, sizeof files->test_images);
    scratch_write("test-labels", files->test_labels, sizeof files->test_labels);
}

DataSpec idx_spec(void) {
    return (DataSpec){.format = DATA_IDX,
                      .train_images = "images",
                      .train_labels = "labels",
                      .test_images = "test-images",
                      .test_labels = "test-labels",
                      .validation = 2};
}

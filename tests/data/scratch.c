#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

static void give_up(const char *name) {
    perror(name);
    exit(1);
}

void scratch_write(const char *name, const void *data, size_t length) {
    FILE *file = fopen(name, "wb");
    if (file == NULL) give_up(name);
    size_t written = fwrite(data, 1, length, file);
    if (fclose(file) != 0 || written != length) give_up(name);
}

void scratch_write_text(const char *name, const char *text) {
    scratch_write(name, text, strlen(text));
}

unsigned char *scratch_gzip(const void *data, size_t length, size_t *size) {
    z_stream stream = {0};
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        give_up("deflateInit2");
    }
    size_t room = deflateBound(&stream, length);
    unsigned char *out = malloc(room);
    if (out == NULL) give_up("malloc");
    stream.next_in = data;
    stream.avail_in = (uInt)length;
    stream.next_out = out;
    stream.avail_out = (uInt)room;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) give_up("deflate");
    *size = room - stream.avail_out;
    deflateEnd(&stream);
    return out;
}

void scratch_write_gzip(const char *name, const void *data, size_t length) {
    size_t size;
    unsigned char *bytes = scratch_gzip(data, length, &size);
    scratch_write(name, bytes, size);
    free(bytes);
}

bool fails_with(const DataSpec *spec, const char *begin, const char *holds, const char *what) {
    Dataset *dataset;
    Status status = dataset_load(&dataset, spec, 1);
    const char *text = status == STATUS_OK ? "(no error)" : status_text();
    bool right = status == STATUS_INPUT && dataset == NULL && strncmp(text, begin, strlen(begin)) == 0 &&
                 strstr(text, holds) != NULL;
    if (!right)
        printf("\n  %s: expected %s ... %s ..., got status %d: %s\n", what, begin, holds, (int)status, text);
    dataset_destroy(&dataset);
    return right;
}

static double walk_part(const Examples *part) {
    double sum = 0;
    size_t size = part->shape.height * part->shape.width * part->shape.channels;
    for (size_t i = 0; i < part->count; i++) {
        size_t row = part->index[i];
        sum += part->labels[row];
        for (size_t j = 0; j < size; j++) {
            size_t at = row * size + j;
            double value = part->type == VALUE_U8 ? ((const uint8_t *)part->values)[at]
                                                  : ((const float *)part->values)[at];
            sum += (value - (double)part->mean[j % part->period]) / (double)part->deviation[j % part->period];
        }
    }
    return sum;
}

double walk(const Dataset *dataset) {
    double sum = 0;
    for (DataPart part = PART_TRAIN; part <= PART_SELECTION; part++) {
        Examples examples = dataset_part(dataset, part);
        sum += walk_part(&examples);
    }
    for (size_t c = 0; c < dataset_classes(dataset); c++) {
        sum += (double)strlen(dataset_class_name(dataset, c));
    }
    return sum;
}

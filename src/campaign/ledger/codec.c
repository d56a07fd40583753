#include "campaign/ledger/codec.h"

#include <string.h>

#include "base/memory.h"
#include "base/size.h"

void codec_require(Codec *codec, bool holds) {
    if (holds) return;
    if (codec->writer != NULL) {
        codec->writer->failed = true;
    } else {
        codec->reader->failed = true;
    }
}

bool codec_tail(const Codec *codec, bool present) {
    if (codec->writer != NULL) return present;
    return !codec->reader->failed && codec->reader->position < codec->reader->length;
}

void codec_u8(Codec *codec, uint8_t *value) {
    if (codec->writer != NULL) {
        bytes_put_u8(codec->writer, *value);
    } else {
        *value = bytes_get_u8(codec->reader);
    }
}

void codec_u32(Codec *codec, uint32_t *value) {
    if (codec->writer != NULL) {
        bytes_put_u32(codec->writer, *value);
    } else {
        *value = bytes_get_u32(codec->reader);
    }
}

void codec_u64(Codec *codec, uint64_t *value) {
    if (codec->writer != NULL) {
        bytes_put_u64(codec->writer, *value);
    } else {
        *value = bytes_get_u64(codec->reader);
    }
}

void codec_i32(Codec *codec, int32_t *value) {
    uint32_t bits = (uint32_t)*value;
    codec_u32(codec, &bits);
    *value = (int32_t)bits;
}

void codec_f64(Codec *codec, double *value) {
    if (codec->writer != NULL) {
        bytes_put_f64(codec->writer, *value);
    } else {
        *value = bytes_get_f64(codec->reader);
    }
}

void codec_size(Codec *codec, size_t *value) {
    uint64_t wide = *value;
    codec_u64(codec, &wide);
    codec_require(codec, wide <= SIZE_MAX);
    *value = (size_t)wide;
}

unsigned codec_choice(Codec *codec, size_t value, unsigned count) {
    uint8_t byte = (uint8_t)value;
    codec_require(codec, value < count);
    codec_u8(codec, &byte);
    codec_require(codec, byte < count);
    return byte < count ? byte : 0;
}

void codec_bool(Codec *codec, bool *value) {
    *value = codec_choice(codec, *value, 2) == 1;
}

void codec_text(Codec *codec, char *text, size_t size) {
    if (codec->writer != NULL) {
        codec_require(codec, memchr(text, 0, size) != NULL);
        if (!codec->writer->failed) bytes_put_text(codec->writer, text);
    } else {
        bytes_get_text(codec->reader, text, size);
    }
}

void codec_text_owned(Codec *codec, char **text) {
    if (codec->writer != NULL) {
        bytes_put_text(codec->writer, *text != NULL ? *text : "");
        return;
    }
    size_t length = bytes_get_u32(codec->reader);
    const uint8_t *bytes = bytes_get_raw(codec->reader, length);
    if (bytes == NULL) return;
    if (memchr(bytes, 0, length) != NULL) {
        codec->reader->failed = true;
    } else if (memory_new(text, length + 1, 1) != STATUS_OK) {
        codec->reader->failed = codec->out_of_memory = true;
    } else {
        memcpy(*text, bytes, length);
    }
}

bool codec_array(Codec *codec, void *array, uint64_t count, size_t element, size_t least) {
    if (codec->writer != NULL) {
        void *elements;
        memcpy(&elements, array, sizeof(elements));
        codec_require(codec, elements != NULL || count == 0);
        return !codec->writer->failed;
    }
    ByteReader *reader = codec->reader;
    codec_require(codec, count <= (reader->length - reader->position) / least);
    if (reader->failed || count == 0) return !reader->failed;
    if (memory_new(array, (size_t)count, element) != STATUS_OK) reader->failed = codec->out_of_memory = true;
    return !reader->failed;
}

void codec_numbers(Codec *codec, void *array, uint64_t count, size_t width) {
    size_t bytes = 0;
    void *elements;
    codec_require(codec, size_mul((size_t)count, width, &bytes));
    if (!codec_array(codec, array, count, width, width) || bytes == 0) return;
    memcpy(&elements, array, sizeof(elements));
    if (codec->writer != NULL) {
        bytes_put_raw(codec->writer, elements, bytes);
    } else {
        const uint8_t *from = bytes_get_raw(codec->reader, bytes);
        if (from != NULL) memcpy(elements, from, bytes);
    }
}

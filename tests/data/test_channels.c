/* Images of three channels from their files through data set and batches to a trained network. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/philox.h"
#include "engine/trainer.h"
#include "hdf5_files.h"
#include "scratch.h"
#include "suite.h"

enum { ROWS = 400, SIDE = 3, CHANNELS = 3, PIXELS = SIDE * SIDE, VALUES = PIXELS * CHANNELS, HEADER = 20 };

typedef struct Pictures {
    uint8_t header[HEADER]; /* of IDX */
    uint8_t values[ROWS * VALUES];
    uint8_t label_header[8];
    uint8_t labels[ROWS];
} Pictures;

/* Channel 0 is noise over all of its range, channel 1 tells the class by a difference of 2, channel 2 is
 * constant. */
static void draw(Pictures *pictures) {
    static const uint8_t header[HEADER] = {0, 0,    8, 4, 0, 0,    ROWS >> 8, ROWS & 255, 0, 0,
                                           0, SIDE, 0, 0, 0, SIDE, 0,         0,          0, CHANNELS};
    static const uint8_t label_header[] = {0, 0, 8, 1, 0, 0, ROWS >> 8, ROWS & 255};
    memcpy(pictures->header, header, sizeof header);
    memcpy(pictures->label_header, label_header, sizeof label_header);
    RandomStream stream = random_stream(3, RANDOM_SYNTHETIC, 0, 0, 0, 0);
    for (size_t i = 0; i < ROWS; i++) {
        pictures->labels[i] = (uint8_t)random_below(&stream, 2);
        for (size_t p = 0; p < PIXELS; p++) {
            uint8_t *pixel = pictures->values + i * VALUES + p * CHANNELS;
            pixel[0] = (uint8_t)random_below(&stream, 256);
            pixel[1] = (uint8_t)(100 + 2 * ((pictures->labels[i] + p) % 2));
            pixel[2] = 7;
        }
    }
}

static DataSpec idx_of(const Pictures *pictures) {
    scratch_write("pictures", pictures->header, HEADER + sizeof pictures->values);
    scratch_write("picture-labels", pictures->label_header, 8 + sizeof pictures->labels);
    return (DataSpec){.format = DATA_IDX,
                      .train_images = "pictures",
                      .train_labels = "picture-labels",
                      .validation = 100,
                      .normalise = NORMALISE_STANDARD};
}

static DataSpec hdf5_of(const Pictures *pictures, hid_t type) {
    const hsize_t dims[] = {ROWS, SIDE, SIDE, CHANNELS}, chunk[] = {64, 2, SIDE, 2};
    hid_t file = hdf5_sure(H5Fcreate("pictures.h5", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    hdf5_put_packed(file, "x", type, H5T_NATIVE_UCHAR, 4, dims, chunk, pictures->values);
    hdf5_put(file, "y", H5T_STD_I64LE, H5T_NATIVE_UCHAR, 1, dims, pictures->labels);
    hdf5_sure(H5Fclose(file));
    return (DataSpec){.format = DATA_HDF5,
                      .train_hdf5 = {"pictures.h5", "/x", "/y"},
                      .validation = 100,
                      .normalise = NORMALISE_STANDARD};
}

/* The scales are those of the training part's channels, and so is every value of a batch. */
static void check_scales(const Examples *train, const Pictures *pictures) {
    CU_ASSERT(train->shape.height == SIDE && train->shape.width == SIDE && train->shape.channels == CHANNELS);
    CU_ASSERT_EQUAL_FATAL(train->period, CHANNELS);
    for (size_t c = 0; c < CHANNELS; c++) {
        double sum = 0, squares = 0, count = (double)train->count * PIXELS;
        for (size_t i = 0; i < train->count; i++) {
            for (size_t p = 0; p < PIXELS; p++) {
                double value = pictures->values[train->index[i] * VALUES + p * CHANNELS + c];
                sum += value;
                squares += value * value;
            }
        }
        double mean = sum / count, deviation = sqrt(squares / count - mean * mean);
        CU_ASSERT_DOUBLE_EQUAL(train->mean[c], mean, 1e-5 * mean);
        CU_ASSERT_DOUBLE_EQUAL(train->deviation[c], c == 2 ? 1 : deviation, 1e-5);
    }
}

static void check_batch(const Examples *train, const Pictures *pictures) {
    enum { BATCH = 4 };
    const uint32_t rows[BATCH] = {7, 0, 299, 7};
    float x[BATCH * VALUES];
    uint16_t labels[BATCH];
    examples_gather(train, rows, BATCH, x, labels);
    for (size_t i = 0; i < BATCH; i++) {
        size_t row = train->index[rows[i]];
        CU_ASSERT_EQUAL(labels[i], pictures->labels[row]);
        for (size_t j = 0; j < VALUES; j++) {
            size_t c = j % CHANNELS;
            float expected =
                ((float)pictures->values[row * VALUES + j] - train->mean[c]) / train->deviation[c];
            CU_ASSERT_DOUBLE_EQUAL(x[i * VALUES + j], expected, 1e-5);
        }
    }
}

static TrainOutcome train_on(const Dataset *dataset) {
    Examples train = dataset_part(dataset, PART_TRAIN), validation = dataset_part(dataset, PART_VALIDATION);
    NetworkSpec spec = {
        .input = train.shape,
        .classes = 2,
        .layer_count = 1,
        .layers = {
            {.kind = LAYER_DENSE, .name = "out", .inputs = {NETWORK_INPUT}, .input_count = 1, .units = 2}}};
    TrainSettings settings = train_settings_default(3);
    settings.batch_size = 32;
    Trainer *trainer;
    CU_ASSERT_EQUAL_FATAL(
        trainer_create(&trainer, &spec, &settings, &train, &validation, (TrialKey){1, 0, 0}), STATUS_OK);
    for (bool done = false; !done;) {
        EpochRow row;
        trainer_epoch(trainer, &row, &done);
    }
    TrainOutcome outcome = trainer_outcome(trainer);
    trainer_destroy(&trainer);
    return outcome;
}

/* A single scale for all channels would drown channel 1 in the noise of channel 0. */
static TrainOutcome check(const DataSpec *spec, const Pictures *pictures) {
    Dataset *dataset;
    CU_ASSERT_EQUAL_FATAL(dataset_load(&dataset, spec, 1), STATUS_OK);
    Examples train = dataset_part(dataset, PART_TRAIN);
    check_scales(&train, pictures);
    check_batch(&train, pictures);
    TrainOutcome outcome = train_on(dataset);
    CU_ASSERT_EQUAL(outcome.status, TRIAL_COMPLETED);
    CU_ASSERT_EQUAL(outcome.val_accuracy, 1);
    dataset_destroy(&dataset);
    return outcome;
}

static void colours_are_learned(void) {
    static Pictures pictures;
    draw(&pictures);
    DataSpec idx = idx_of(&pictures), bytes = hdf5_of(&pictures, H5T_STD_U8LE);
    uint64_t expected = check(&idx, &pictures).weights_hash;
    CU_ASSERT_EQUAL(check(&bytes, &pictures).weights_hash, expected);
    DataSpec floats = hdf5_of(&pictures, H5T_IEEE_F64BE);
    (void)check(&floats, &pictures);
}

void suite_channels(void) {
    static const TestCase tests[] = {
        {"images of three channels are scaled a channel, gathered and learned, from IDX and HDF5",
         colours_are_learned},
    };
    SUITE("channels", tests);
}

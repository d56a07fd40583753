#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fixtures.h"
#include "store/results.h"
#include "store/results_seal.h"
#include "suite.h"
#include "suites.h"

#define FILE_NAME "damage.h5"

static unsigned char *make(size_t *length) {
    Config *config = fixture_config();
    fixture_clean(FILE_NAME);
    Ledger *ledger = fixture_ledger(FILE_NAME, true);
    CU_ASSERT_EQUAL_FATAL(results_write(FILE_NAME, ledger, config), STATUS_OK);
    ledger_destroy(&ledger);
    fixture_config_free(config);
    return fixture_read(FILE_NAME, length);
}

static Status read_it(bool unverified) {
    Ledger *ledger = NULL;
    bool complete = false;
    Status status = results_read(FILE_NAME, unverified, &ledger, &complete);
    if (status != STATUS_OK) CU_ASSERT_PTR_NULL(ledger);
    ledger_destroy(&ledger);
    return status;
}

static void flipped_byte(void) {
    size_t length = 0, missed = 0;
    unsigned char *bytes = make(&length);
    for (size_t at = 16; at < length; at += at < 600 ? 7 : 701) {
        bytes[at] ^= 16;
        fixture_write(FILE_NAME, bytes, length);
        if (results_verify(FILE_NAME) != STATUS_ENVIRONMENT ||
            strstr(status_text(), "has changed since winnow wrote it") == NULL) {
            missed++;
        }
        bytes[at] ^= 16;
    }
    CU_ASSERT_EQUAL(missed, 0);
    bytes[length - 1] ^= 1;
    fixture_write(FILE_NAME, bytes, length);
    CU_ASSERT(fixture_failed(read_it(false), FILE_NAME " has changed since winnow wrote it"));
    free(bytes);
    fixture_clean(FILE_NAME);
}

static void other_length(void) {
    size_t length = 0;
    unsigned char *bytes = make(&length);
    CU_ASSERT_EQUAL(truncate(FILE_NAME, (off_t)length - 1), 0);
    CU_ASSERT(fixture_failed(read_it(false), "has changed since winnow wrote it"));
    CU_ASSERT_EQUAL(truncate(FILE_NAME, (off_t)length + 1), 0);
    CU_ASSERT(fixture_failed(read_it(false), "has changed since winnow wrote it"));
    CU_ASSERT_EQUAL(truncate(FILE_NAME, 300), 0);
    CU_ASSERT(fixture_failed(read_it(false), "is not a winnow results file"));
    free(bytes);
    fixture_clean(FILE_NAME);
}

static void zeroed(void) {
    size_t length = 0;
    unsigned char *bytes = make(&length), *changed = make(&length);
    size_t middle = length / 2; /* where it is not zero anyway */
    while (bytes[middle] == 0)
        middle++;
    const size_t places[][2] = {{0, length}, {0, 512}, {16, 496}, {512, length - 512}, {middle, 64}, {32, 8}};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        memcpy(changed, bytes, length);
        memset(changed + places[i][0], 0, places[i][1]);
        fixture_write(FILE_NAME, changed, length);
        CU_ASSERT(fixture_failed(read_it(false), places[i][0] == 0 ? "is not a winnow results file"
                                                                   : "has changed since winnow wrote it"));
    }
    free(bytes);
    free(changed);
    fixture_clean(FILE_NAME);
}

static void rows_told(void) {
    size_t length = 0;
    uint64_t rows = 0;
    unsigned char *bytes = make(&length);
    CU_ASSERT_EQUAL(results_rows(FILE_NAME, &rows), STATUS_OK);
    CU_ASSERT_EQUAL(rows, FIXTURE_TRIALS);
    bytes[length / 2] ^= 1; /* the rest does not matter */
    fixture_write(FILE_NAME, bytes, length);
    CU_ASSERT_EQUAL(results_rows(FILE_NAME, &rows), STATUS_OK);
    CU_ASSERT_EQUAL(rows, FIXTURE_TRIALS);
    bytes[33] ^= 1;
    fixture_write(FILE_NAME, bytes, length);
    CU_ASSERT(fixture_failed(results_rows(FILE_NAME, &rows), "has changed since winnow wrote it"));
    CU_ASSERT_EQUAL(rows, 0);
    free(bytes);
    fixture_clean(FILE_NAME);
}

static void not_ours(void) {
    fixture_clean(FILE_NAME);
    CU_ASSERT(fixture_failed(read_it(false), FILE_NAME " cannot be read: No such file"));
    CU_ASSERT(fixture_failed(read_it(true), "cannot read " FILE_NAME ": No such file"));
    fixture_write(FILE_NAME, "", 0);
    CU_ASSERT(fixture_failed(read_it(false), "is not a winnow results file"));
    char page[2000];
    memset(page, 'x', sizeof(page));
    fixture_write(FILE_NAME, page, sizeof(page));
    CU_ASSERT(fixture_failed(read_it(false), "is not a winnow results file"));
    CU_ASSERT(fixture_failed(read_it(true), "is not a readable HDF5 file"));
    CU_ASSERT(fixture_failed(results_verify("."), "cannot be read"));
    fixture_clean(FILE_NAME);
}

static void sealed_again(void) {
    size_t length = 0;
    unsigned char *bytes = make(&length);
    bytes[length / 2] ^= 1;
    fixture_write(FILE_NAME, bytes, length);
    CU_ASSERT_EQUAL(seal_write(FILE_NAME, 3), STATUS_OK);
    CU_ASSERT_EQUAL(results_verify(FILE_NAME), STATUS_OK);
    free(bytes);
    fixture_clean(FILE_NAME);
}

void suite_results_damage(void) {
    static const TestCase tests[] = {
        {"a flipped byte is a file that has changed", flipped_byte},
        {"so is one that was cut or grew", other_length},
        {"so is one of which a part is zeros", zeroed},
        {"the first bytes tell how many rows there are", rows_told},
        {"what is missing or not winnow's is told apart", not_ours},
        {"a seal is of the bytes that are there", sealed_again},
    };
    SUITE("results damage", tests);
}

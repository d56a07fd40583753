#include "small_results.h"

#include <hdf5.h>

#include "base/file.h"
#include "fuzz.h"
#include "store/fixtures.h"
#include "store/results.h"

#define MOST_BYTES ((size_t)1 << 20)

static void make(const char *path, char **bytes, size_t *size) {
    Config *config = fixture_config();
    fixture_clean(path);
    Ledger *ledger = fixture_ledger(path, true);
    REQUIRE(results_write(path, ledger, config) == STATUS_OK);
    REQUIRE(file_read(path, MOST_BYTES, bytes, size) == STATUS_OK);
    ledger_destroy(&ledger);
    fixture_config_free(config);
    fixture_clean(path);
}

const void *small_results(size_t *size) {
    static char *bytes;
    static size_t length;
    if (bytes == NULL) {
        /* HDF5 is to keep its large tables for the next file, which is always the next input's. */
        REQUIRE(H5set_free_list_limits(-1, -1, -1, -1, -1, -1) >= 0);
        make(fuzz_file_beside("", "", 0), &bytes, &length);
    }
    *size = length;
    return bytes;
}

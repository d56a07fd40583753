/* A results file that was changed through HDF5 and sealed again. The input is a list of changes to a small
 * file. */
#include "fuzz.h"
#include "hdf5_changes.h"
#include "ledger_check.h"
#include "small_results.h"
#include "store/fixtures.h"
#include "store/results.h"
#include "store/results_seal.h"

#define MOST_CHANGES 8

static void change(const char *path, const Hdf5Objects *objects, ByteReader *input) {
    hid_t file = hdf5_changes_open(path);
    for (int i = 0; i < MOST_CHANGES && input->position < input->length; i++)
        hdf5_change(file, objects, input);
    (void)H5Fclose(file);
    REQUIRE(seal_write(path, 0) == STATUS_OK);
}

static void read_all(const char *path, uint64_t trial) {
    Ledger *ledger = NULL;
    MemberBlob blob;
    bool complete = false;
    if (fuzz_accepted(results_read(path, false, &ledger, &complete))) ledger_check(ledger);
    ledger_destroy(&ledger);
    if (fuzz_accepted(results_read_member(path, trial, &blob))) member_blob_release(&blob);
}

int fuzz_results_inside(const uint8_t *data, size_t size) {
    static Hdf5Objects objects;
    ByteReader input = bytes_reader(data, size);
    size_t base_size = 0;
    const void *base = small_results(&base_size);
    const char *path = fuzz_file_beside("", base, base_size);
    if (objects.count == 0) hdf5_objects_find(path, &objects);
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    change(path, &objects, &input);
    read_all(path, size % FIXTURE_TRIALS);
    return 0;
}

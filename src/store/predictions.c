#include "store/predictions.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "store/paths.h"
#include "store/results_hdf5.h"

static Status write_all(const Hdf5File *file, const Predictions *p) {
    const uint64_t dims[2] = {p->count, p->classes};
    TRY(hdf5_write_array(file, "/probabilities", HDF5_F32, 2, dims, p->probabilities));
    TRY(hdf5_write_array(file, "/predicted", HDF5_U16, 1, dims, p->predicted));
    if (p->labels != NULL) TRY(hdf5_write_array(file, "/labels", HDF5_U16, 1, dims, p->labels));
    TRY(hdf5_write_texts(file, "/class_names", p->classes, p->class_names));
    return hdf5_put_text(file, "/", "of", p->of);
}

static Status write_temporary(const char *temporary, const Predictions *predictions) {
    Hdf5File file;
    TRY(hdf5_create(&file, temporary));
    Status status = write_all(&file, predictions);
    if (status == STATUS_OK) return hdf5_close(&file);
    hdf5_abandon(&file);
    return status;
}

Status predictions_write(const char *path, const Predictions *predictions) {
    char *temporary = NULL;
    TRY(campaign_path(&temporary, path, ".tmp"));
    Status status = write_temporary(temporary, predictions);
    if (status == STATUS_OK)
        status = file_publish(temporary, path);
    else
        (void)unlink(temporary);
    free(temporary);
    return status;
}

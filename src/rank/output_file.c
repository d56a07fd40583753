#include "rank/output_file.h"

#include <string.h>
#include <sys/stat.h>

static bool is_same_file(const struct stat *file, const char *path) {
    struct stat other;
    return path != NULL && stat(path, &other) == 0 && other.st_dev == file->st_dev &&
           other.st_ino == file->st_ino;
}

static Status refuse_own_input(const char *path, const struct stat *file, const Config *config) {
    const DataSpec *data = &config->data;
    if (is_same_file(file, config->source.name)) {
        return status_fail(STATUS_INPUT,
                           "%s is the configuration itself; give the results another file with -o", path);
    }
    const char *const inputs[] = {data->train_images,    data->train_labels,  data->test_images,
                                  data->test_labels,     data->train_table,   data->test_table,
                                  data->train_hdf5.file, data->test_hdf5.file};
    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        if (!is_same_file(file, inputs[i])) continue;
        return status_fail(STATUS_INPUT,
                           "%s holds data of this campaign; give the results another file with -o", path);
    }
    return STATUS_OK;
}

Status output_file_check(const char *path, const Config *config) {
    size_t length = strlen(path);
    if (length == 0)
        return status_fail(STATUS_INPUT,
                           "the name of the results file is empty; for example -o results/%s.h5",
                           config->name);
    if (path[length - 1] == '/')
        return status_fail(STATUS_INPUT, "%s is the name of a folder; the results are one file: -o %s%s.h5",
                           path, path, config->name);
    struct stat file;
    if (stat(path, &file) != 0) return STATUS_OK;
    if (S_ISDIR(file.st_mode))
        return status_fail(STATUS_ENVIRONMENT, "%s is a folder; the results are one file: -o %s/%s.h5", path,
                           path, config->name);
    if (!S_ISREG(file.st_mode))
        return status_fail(STATUS_ENVIRONMENT, "%s is a device or a pipe; the results need a regular file",
                           path);
    return refuse_own_input(path, &file, config);
}

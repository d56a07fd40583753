#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "store/paths.h"
#include "store/results.h"
#include "store/results_hdf5_pieces.h"
#include "store/results_seal.h"

static Status write_root(const Hdf5File *file, const ResultsSource *source) {
    const Ledger *ledger = source->ledger;
    uint32_t version = RESULTS_FORMAT_VERSION;
    uint8_t complete = ledger->ended && outcome_is_complete(ledger->end.outcome);
    double ended = ledger->ended ? ledger->end.time : NAN;
    TRY(hdf5_put_text(file, "/", "format", "winnow"));
    TRY(hdf5_put_number(file, "/", "format_version", HDF5_U32, &version));
    TRY(hdf5_put_text(file, "/", "name", source->config->name));
    TRY(hdf5_put_text(file, "/", "config", ledger->campaign.config_text));
    TRY(hdf5_put_text(file, "/", "config_name", ledger->campaign.config_name));
    TRY(hdf5_put_number(file, "/", "config_hash", HDF5_U64, &source->config->hash));
    TRY(hdf5_put_number(file, "/", "created", HDF5_F64, &ledger->campaign.created));
    TRY(hdf5_put_text(file, "/", "versions", ledger->campaign.versions));
    TRY(hdf5_put_number(file, "/", "complete", HDF5_U8, &complete));
    TRY(hdf5_put_number(file, "/", "ended", HDF5_F64, &ended));
    TRY(hdf5_put_text(file, "/", "outcome", ledger->ended ? end_outcome_name(ledger->end.outcome) : ""));
    return hdf5_put_text(file, "/", "end_reason", ledger->ended ? ledger->end.reason : "");
}

static Status write_data(const Hdf5File *file, const DataRecord *data) {
    uint64_t shape[3] = {data->shape.height, data->shape.width, data->shape.channels};
    TRY(hdf5_write_array(file, "/data/validation_index", HDF5_U32, 1, &data->validation_count,
                         data->validation_index));
    TRY(hdf5_write_array(file, "/data/validation_labels", HDF5_U16, 1, &data->validation_count,
                         data->validation_labels));
    if (data->selection_count > 0) {
        TRY(hdf5_write_array(file, "/data/selection_index", HDF5_U32, 1, &data->selection_count,
                             data->selection_index));
        TRY(hdf5_write_array(file, "/data/selection_labels", HDF5_U16, 1, &data->selection_count,
                             data->selection_labels));
    }
    TRY(hdf5_write_array(file, "/data/mean", HDF5_F32, 1, &data->period, data->mean));
    TRY(hdf5_write_array(file, "/data/deviation", HDF5_F32, 1, &data->period, data->deviation));
    TRY(hdf5_write_texts(file, "/data/class_names", data->classes, data->class_names));
    TRY(hdf5_put_number(file, "/data", "data_hash", HDF5_U64, &data->data_hash));
    TRY(hdf5_put_number(file, "/data", "height", HDF5_U64, &shape[0]));
    TRY(hdf5_put_number(file, "/data", "width", HDF5_U64, &shape[1]));
    TRY(hdf5_put_number(file, "/data", "channels", HDF5_U64, &shape[2]));
    TRY(hdf5_put_number(file, "/data", "train_count", HDF5_U64, &data->train_count));
    return hdf5_put_number(file, "/data", "test_count", HDF5_U64, &data->test_count);
}

static Status fill_start(void *context, uint64_t index, void *row) {
    const Ledger *ledger = ((const ResultsSource *)context)->ledger;
    StartRow *start = row;
    start->record = ledger->starts[index];
    start->new_config = start->record.new_config;
    return STATUS_OK;
}

static Status fill_preflight(void *context, uint64_t index, void *row) {
    (void)index;
    const Ledger *ledger = ((const ResultsSource *)context)->ledger;
    memcpy(row, &ledger->preflight, sizeof(ledger->preflight));
    return STATUS_OK;
}

static Status fill_lease(void *context, uint64_t index, void *row) {
    const LeaseRecord *leases = context;
    LeaseRow *lease = row;
    lease->record = leases[index];
    text_copy(lease->outcome, sizeof(lease->outcome), lease_outcome_name(lease->record.outcome));
    return STATUS_OK;
}

/* Without those whose records are lost. */
static Status write_leases(const Hdf5File *file, const Ledger *ledger) {
    LeaseRecord *leases = NULL;
    size_t count = 0;
    TRY(memory_new(&leases, ledger->lease_count, sizeof(*leases)));
    for (size_t i = 0; i < ledger->lease_count; i++) {
        if (ledger->leases[i].lease != 0) leases[count++] = ledger->leases[i];
    }
    Status status = hdf5_write_table(file, &LEASE_TABLE, count, fill_lease, leases);
    free(leases);
    return status;
}

static Status fill_decision(void *context, uint64_t index, void *row) {
    const Ledger *ledger = ((const ResultsSource *)context)->ledger;
    DecisionRow *decision = row;
    decision->order = index;
    decision->record = ledger->decisions[index];
    text_copy(decision->verdict, sizeof(decision->verdict), verdict_name(decision->record.verdict));
    return STATUS_OK;
}

static Status write_all(const Hdf5File *file, const ResultsSource *source) {
    const Ledger *ledger = source->ledger;
    ResultsSource rows = *source;
    TRY(write_root(file, source));
    if (ledger->has_data) TRY(write_data(file, &ledger->data));
    TRY(hdf5_write_table(file, &START_TABLE, ledger->start_count, fill_start, &rows));
    TRY(hdf5_write_table(file, &PREFLIGHT_TABLE, ledger->has_preflight, fill_preflight, &rows));
    TRY(write_stages(file, source));
    TRY(write_trials(file, source));
    TRY(write_configurations(file, source));
    TRY(write_leases(file, ledger));
    TRY(hdf5_write_table(file, &DECISION_TABLE, ledger->decision_count, fill_decision, &rows));
    TRY(write_members(file, source));
    return write_ensemble(file, source);
}

static Status write_temporary(char *temporary, const ResultsSource *source) {
    Hdf5File file;
    TRY(hdf5_create(&file, temporary));
    Status status = write_all(&file, source);
    if (status != STATUS_OK) {
        hdf5_abandon(&file);
        return status;
    }
    TRY(hdf5_close(&file));
    TRY(seal_write(temporary, source->ledger->finished_count));
    /* On a full disk HDF5 may say that all went well. */
    return results_read_all(temporary);
}

/* A file of the same campaign that the new one replaces: it has networks and test evaluations that may stand
 * nowhere else. Anything else there is not looked into. */
static bool open_previous(Hdf5File *previous, const char *path, const Ledger *ledger) {
    double created = 0;
    if (!file_exists(path) || results_verify(path) != STATUS_OK || hdf5_open(previous, path) != STATUS_OK)
        return false;
    if (hdf5_get_number(previous, "/", "created", HDF5_F64, &created) == STATUS_OK &&
        created == ledger->campaign.created) {
        return true;
    }
    hdf5_abandon(previous);
    return false;
}

static Status check_match(const char *path, const Ledger *ledger, const Config *config) {
    bool fits = ledger->begun && ledger->stage_count <= config->stage_count;
    for (size_t i = 0; fits && i < ledger->stage_count; i++)
        fits = ledger->stages[i].parameter_count == config->space.count;
    if (fits) return STATUS_OK;
    return status_fail(STATUS_ENVIRONMENT,
                       "%s cannot be written: the campaign's records are not of its configuration", path);
}

Status results_write(const char *path, const Ledger *ledger, const Config *config) {
    return results_add_test(path, ledger, config, NULL);
}

Status results_add_test(const char *path, const Ledger *ledger, const Config *config,
                        const TestEvaluation *test) {
    char *temporary = NULL;
    Hdf5File previous;
    TRY(check_match(path, ledger, config));
    TRY(campaign_path(&temporary, path, ".tmp"));
    (void)unlink(temporary); /* left by a kill */
    ResultsSource source = {.ledger = ledger, .config = config, .path = path, .test = test};
    if (open_previous(&previous, path, ledger)) source.previous = &previous;
    Status status = write_temporary(temporary, &source);
    if (source.previous != NULL) hdf5_abandon(&previous);
    if (status == STATUS_OK) status = file_publish(temporary, path);
    if (status != STATUS_OK) (void)unlink(temporary);
    free(temporary);
    return status;
}

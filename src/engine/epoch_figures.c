#include "engine/epoch_figures.h"

const char *epoch_figure_name(size_t figure) {
    static const char *const names[EPOCH_FIGURES] = {"learning_rate",  "momentum", "train_loss",
                                                     "train_accuracy", "val_loss", "val_accuracy",
                                                     "update_ratio",   "seconds"};
    return names[figure];
}

double epoch_figure(const EpochRow *row, size_t figure) {
    const double values[EPOCH_FIGURES] = {row->learning_rate,  row->momentum, row->train_loss,
                                          row->train_accuracy, row->val_loss, row->val_accuracy,
                                          row->update_ratio,   row->seconds};
    return values[figure];
}

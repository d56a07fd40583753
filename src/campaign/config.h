/* A campaign's configuration: YAML in, checked values out. Everything that can be wrong is found here, before
 * any rank trains, and told as "file:line:column: what is wrong, and what would be right". */
#ifndef WINNOW_CAMPAIGN_CONFIG_H
#define WINNOW_CAMPAIGN_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/source.h"
#include "base/status.h"
#include "data/data_spec.h"
#include "data/dataset.h"
#include "engine/network_spec.h"
#include "engine/train_settings.h"
#include "ensemble/selection.h"
#include "search/sampler.h"
#include "search/space.h"
#include "search/stopping.h"
#include "search/zoom.h"

#define CONFIG_NAME_SIZE 128
#define CONFIG_MAX_STAGES 64
#define CONFIG_MAX_BYTES ((size_t)1 << 20) /* of YAML text */
#define LAYER_MAX_SETTINGS 5

typedef struct StageSpec {
    char name[PARAMETER_NAME_SIZE]; /* unique */
    uint32_t trials;                /* >= 1: configurations times replicates */
    uint32_t replicates;            /* >= 1: trials of each configuration, one after the other */
    uint32_t epochs;                /* >= 1 */
    bool confirms; /* its configurations are the best of the stage before; else they are drawn. The first
                      stage never confirms; one that does neither zooms nor stops trials early */
    bool zooms; /* ranges come from the stage before, by `zoom`; else they are the configured ones. The first
                   stage never zooms; a later one does unless it says `zoom: false` */
    ZoomRules zoom;
    StoppingRules stopping; /* its own, or those of the whole campaign */
} StageSpec;

/* A number in `network` that is written out or drawn: `$name`. */
typedef struct NumberOrParameter {
    double number;
    size_t parameter; /* index into space, or SIZE_MAX for the number */
} NumberOrParameter;

/* A layer as written: numbers may still be `$names`. */
typedef struct LayerTemplate {
    LayerSpec spec; /* kind, name and inputs, as indices; the rest follows from the settings */
    /* In the order of the kind's list in config/layers.c, each as height and width; both are the same where a
     * setting is no pair. A word is the number of its value. */
    NumberOrParameter settings[LAYER_MAX_SETTINGS][2];
    SourceMark mark;
} LayerTemplate;

typedef struct Limits {
    double trial_seconds; /* a trial may take at most this long, all its leases together; INFINITY without a
                             limit */
    double epoch_seconds; /* > 0; a trial that ends no epoch for this long hangs: its process is ended.
                             Default 3600 */
    double checkpoint_seconds; /* >= 0; a running trial's state is saved no more often than this, and never at
                                  a cost of over 1 % of its training time. Default 60; INFINITY: only where
                                  the campaign is stopped */
    double silence_seconds;    /* >= 5; a rank that nothing was heard of for this long is given up. Default
                                  60. (One that dies on rank 0's node is noticed at once) */
} Limits;

/* One line of the canonical form: "stages.0.epochs" = "3". Defaults filled in, keys sorted, numbers in one
 * spelling. */
typedef struct CanonicalLine {
    const char *path;
    const char *value;
    SourceMark mark; /* where the user wrote it; line 0 for a default */
    bool hashed;     /* part of config_hash: not name, paths, limits, ensemble */
} CanonicalLine;

typedef struct Config {
    SourceText source;           /* owned copy of name and text */
    char name[CONFIG_NAME_SIZE]; /* letters, digits, '-', '_', '.'; default: the file's name without its
                                    ending */
    uint64_t seed;               /* default 0 */
    SamplerKind sampler;
    MetricKind metric;
    DataSpec data; /* paths that are relative in the text are relative to the configuration file's folder */
    LossKind loss;
    size_t layer_count;
    LayerTemplate layers[NETWORK_MAX_LAYERS];
    Space space;
    size_t stage_count;
    StageSpec stages[CONFIG_MAX_STAGES];
    EnsembleRules ensemble; /* seed and metric filled in */
    bool has_ensemble;      /* always true unless `ensemble: false` */
    Limits limits;
    size_t canonical_count;
    CanonicalLine *canonical; /* sorted by path */
    uint64_t hash;            /* config_hash: hash64 of the hashed lines as "path=value\n" */
    size_t note_count;
    char **notes; /* things accepted but without effect (`program`, `project` ..), one sentence each */
    void *memory; /* what the pointers above point into; config_destroy */
} Config;

/* Parse and check. `name` is the file's name as the user gave it: relative data paths start at its folder.
 * STATUS_INPUT with file, line, column. */
Status config_parse(Config **out, const char *name, const char *text, size_t length) MUST_CHECK;
/* Read the file, then the same. A missing or unreadable file is STATUS_INPUT. */
Status config_read(Config **out, const char *path) MUST_CHECK;
void config_destroy(Config **config);

/* What needs the data: the network fits its input and ends in the number of classes for every draw (checked
 * at the lowest, middle and highest values of the ranges, and with each parameter in turn at its ends or
 * choices), batch sizes are not above the training part, augmentation has images to move and leaves some of
 * them in sight. STATUS_INPUT with the layer's or the parameter's line. */
Status config_check_data(const Config *config, const Dataset *dataset) MUST_CHECK;

/* A trial's network and settings from its values. `stage` gives the epochs. STATUS_INPUT where a drawn value
 * does not fit (units rounded to whole numbers first). */
Status config_network(const Config *config, const Draw *draw, Shape input, size_t classes,
                      NetworkSpec *spec) MUST_CHECK;
Status config_settings(const Config *config, const Draw *draw, size_t stage,
                       TrainSettings *settings) MUST_CHECK;

/* No trial of the stage keeps more snapshots, as long as lr_cycles is drawn from its configured range. */
uint32_t config_most_snapshots(const Config *config, size_t stage);

/* How many configurations a stage is to have. */
uint32_t stage_configurations(const StageSpec *stage);

/* The points that a stage's configurations are drawn from; not of one that confirms. */
Sampler config_sampler(const Config *config, size_t stage);

/* May the campaign that `old` began go on under `new`? Allowed: more trials in the last stage (not with lhs,
 * whose draws depend on how many there are, and not where trials were compared with all others of the stage:
 * early_terminate but of type median), further stages, other ensemble (the pool may not grow), limits, name,
 * paths. Not a stage's replicates or `confirm`. Otherwise STATUS_INPUT with the line in `new`, the old and
 * the new value, and that --fresh begins anew. */
Status config_continues(const Config *old, const Config *new_config) MUST_CHECK;

#endif

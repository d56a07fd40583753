/* May a campaign go on under a changed configuration? */
#include <stdio.h>
#include <string.h>

#include "campaign/config/mark.h"

static Status changed_fail(const Config *config, const char *path, const char *old_value,
                           const char *new_value) {
    const ConfigMemory *memory = config->memory;
    SourceMark mark = mark_near(memory->root, path);
    if (old_value == NULL) {
        return source_fail(
            &config->source, mark,
            "%s is %s here, and the campaign in the results file has none; take it out, or begin anew "
            "with --fresh",
            path, text_shown(new_value));
    }
    if (new_value == NULL) {
        return source_fail(
            &config->source, mark,
            "%s is %s in the results file's campaign and missing here; put it back, or begin anew with "
            "--fresh",
            path, text_shown(old_value));
    }
    return source_fail(
        &config->source, mark,
        "%s is %s here, but %s in the campaign of the results file; write %s again, or begin anew with "
        "--fresh",
        path, text_shown(new_value), text_shown(old_value), text_shown(old_value));
}

static Status strata_fail(const Config *config, const char *path, uint32_t old_trials, uint32_t trials) {
    const ConfigMemory *memory = config->memory;
    return source_fail(
        &config->source, mark_near(memory->root, path),
        "%s is %u here, but %u in the campaign of the results file, whose sampler: lhs has drawn one trial "
        "from "
        "each of %u strata; write %u again and add a stage with `zoom: false` for more, or begin anew with "
        "--fresh",
        path, trials, old_trials, old_trials, old_trials);
}

/* A line of a stage that the old campaign did not have. */
static bool is_further_stage(const Config *old, const char *path) {
    unsigned index = 0;
    return sscanf(path, "stages.%u.", &index) == 1 && index >= old->stage_count;
}

/* Its trials have been compared with all others that it had. */
static Status check_growth(const Config *old, const Config *new_config, const char *path) {
    const StageSpec *stage = &old->stages[old->stage_count - 1];
    if (stage->stopping.kind == STOPPING_NONE || stage->stopping.kind == STOPPING_MEDIAN) return STATUS_OK;
    const ConfigMemory *memory = new_config->memory;
    return source_fail(
        &new_config->source, mark_near(memory->root, path),
        "stage %s may not get more trials: under early_terminate of type %s its %u trials were "
        "compared with each other; write trials: %u and add a further stage, or begin anew with "
        "--fresh",
        stage->name, stopping_name(stage->stopping.kind), stage->trials, stage->trials);
}

static Status check_changed(const Config *old, const Config *new_config, const CanonicalLine *before,
                            const CanonicalLine *after) {
    char growing[PARAMETER_NAME_SIZE];
    (void)snprintf(growing, sizeof(growing), "stages.%zu.trials", old->stage_count - 1);
    const char *path = before != NULL ? before->path : after->path;
    if (before == NULL && is_further_stage(old, path)) return STATUS_OK;
    if (before != NULL && after != NULL && strcmp(path, growing) == 0) {
        uint32_t trials = stage_configurations(&new_config->stages[old->stage_count - 1]);
        uint32_t old_trials = stage_configurations(&old->stages[old->stage_count - 1]);
        if (old->sampler == SAMPLER_LHS) return strata_fail(new_config, path, old_trials, trials);
        if (trials > old_trials) return check_growth(old, new_config, path);
    }
    return changed_fail(new_config, path, before == NULL ? NULL : before->value,
                        after == NULL ? NULL : after->value);
}

/* The ensemble may change as far as its networks have been kept. */
static Status check_networks(const Config *old, const Config *new_config) {
    const ConfigMemory *memory = new_config->memory;
    const EnsembleRules *before = &old->ensemble, *after = &new_config->ensemble;
    if (after->pool > before->pool)
        return source_fail(&new_config->source, mark_near(memory->root, "ensemble.pool"),
                           "the ensemble's pool may not grow from %u to %u: other networks are gone; write "
                           "pool: %u or less, or begin anew with --fresh",
                           before->pool, after->pool, before->pool);
    if (after->snapshots && !before->snapshots)
        return source_fail(&new_config->source, mark_near(memory->root, "ensemble.snapshots"),
                           "the ensemble's snapshots may not be turned on: the trials so far have kept none; "
                           "leave it out, or begin anew with --fresh");
    return STATUS_OK;
}

static const CanonicalLine *line_at(const Config *config, size_t i) {
    return i < config->canonical_count ? &config->canonical[i] : NULL;
}

Status config_continues(const Config *old, const Config *new_config) {
    for (size_t i = 0, k = 0;;) {
        const CanonicalLine *before = line_at(old, i);
        const CanonicalLine *after = line_at(new_config, k);
        if (before == NULL && after == NULL) break;
        int order = before == NULL ? 1 : after == NULL ? -1 : strcmp(before->path, after->path);
        if (order > 0) before = NULL;
        if (order < 0) after = NULL;
        i += before != NULL;
        k += after != NULL;
        if (!(before != NULL ? before : after)->hashed) continue;
        if (order == 0 && strcmp(before->value, after->value) == 0) continue;
        TRY(check_changed(old, new_config, before, after));
    }
    return check_networks(old, new_config);
}

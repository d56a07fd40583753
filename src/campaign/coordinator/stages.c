#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "campaign/configurations.h"
#include "campaign/coordinator/state.h"
#include "search/zoom.h"

/* By the configurations of the stage before, each by the mean of its runs. */
static Status zoom_from(Coordinator *c, size_t stage, const Ranked *ranked, const Ranges *before,
                        ZoomResult *result) {
    ZoomTrial *trials;
    MetricKind metric = c->config->metric;
    size_t count = 0;
    TRY(memory_new(&trials, ranked->count + ranked->diverged, sizeof(*trials)));
    for (size_t i = 0; i < ranked->count + ranked->diverged; i++) {
        const Configuration *of = &ranked->list[i];
        if (of->draw->count < c->config->space.count) continue; /* from a file that is not to be trusted */
        double mean = configuration_spread(of, metric).mean;
        trials[count++] = (ZoomTrial){.id = of->first,
                                      .metric = metric_worth(metric, mean),
                                      .draw = of->draw->value,
                                      .diverged = i >= ranked->count};
    }
    Status status =
        space_zoom(&c->config->space, before, &c->config->stages[stage].zoom, trials, count, result);
    free(trials);
    return status;
}

static Status stage_zoom(Coordinator *c, size_t stage, StageRecord *record) {
    Ranked ranked;
    TRY(configurations_ranked(c->config, c->ledger, &c->plan, stage - 1, &ranked));
    ZoomResult result = {0};
    Status status = zoom_from(c, stage, &ranked, &record->before, &result);
    free(ranked.list);
    if (status != STATUS_OK) return status;
    record->after = result.after;
    for (size_t p = 0; p < c->config->space.count; p++)
        record->reason[p] = (uint8_t)result.reason[p];
    record->elite_count = (uint32_t)result.elite_count;
    record->elites = result.elites;
    return STATUS_OK;
}

/* The best of the nearest stage before in which any run completed. */
static Status stage_confirm(Coordinator *c, size_t stage, StageRecord *record) {
    uint32_t wanted = stage_configurations(&c->config->stages[stage]);
    record->after = record->before;
    for (size_t p = 0; p < c->config->space.count; p++)
        record->reason[p] = ZOOM_CONFIRMED;
    Ranked ranked = {0};
    for (size_t from = stage; from-- > 0 && ranked.count == 0;) {
        free(ranked.list);
        TRY(configurations_ranked(c->config, c->ledger, &c->plan, from, &ranked));
    }
    size_t count = ranked.count < wanted ? ranked.count : wanted;
    Status status = memory_new(&record->elites, count, sizeof(uint64_t));
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        record->elites[record->elite_count++] = ranked.list[i].first;
    free(ranked.list);
    return status;
}

static void range_text(const Parameter *parameter, const Range *range, char *out, size_t size) {
    if (distribution_is_choice(parameter->distribution)) {
        size_t used = 0;
        out[0] = '\0';
        for (size_t v = 0; v < parameter->value_count && used < size; v++) {
            if (!(range->allowed >> v & 1)) continue;
            char word[PARAMETER_WORD_SIZE];
            DrawnValue value = {
                .present = true, .number = parameter->values[v].number, .choice = (uint32_t)v};
            parameter_value_text(parameter, value, word, sizeof(word));
            int n = snprintf(out + used, size - used, "%s%s", used > 0 ? ", " : "", word);
            used += n > 0 ? (size_t)n : 0;
        }
    } else {
        snprintf(out, size, "%.4g to %.4g", range->min, range->max);
    }
}

/* Which configurations a stage repeats: the plan's trials are trained also where there are fewer. */
static Status confirm_news(Coordinator *c, Actions *actions, const StageRecord *record) {
    const StageSpec *spec = &c->config->stages[record->stage];
    const char *from = c->config->stages[plan_stage(&c->plan, record->elites[0])].name;
    uint32_t wanted = stage_configurations(spec);
    if (record->elite_count == wanted)
        return coordinator_news(actions, "  the best %s of stage %s, %s each",
                                text_count(wanted, "configuration", "configurations"), from,
                                text_count(spec->replicates, "run", "runs"));
    return coordinator_news(actions, "  confirm: %u, but only %s of stage %s completed: at least %s each",
                            wanted, text_count(record->elite_count, "configuration", "configurations"), from,
                            text_count(wanted / record->elite_count * spec->replicates, "run", "runs"));
}

static Status stage_news(Coordinator *c, Actions *actions, const StageRecord *record) {
    size_t stage = record->stage;
    const Space *space = &c->config->space;
    TRY(coordinator_news(actions, "stage %s: %s of %s", c->config->stages[stage].name,
                         text_count(c->config->stages[stage].trials, "trial", "trials"),
                         text_count(c->config->stages[stage].epochs, "epoch", "epochs")));
    if (c->config->stages[stage].confirms) return confirm_news(c, actions, record);
    if (c->config->stages[stage].replicates > 1)
        TRY(coordinator_news(
            actions, "  %s, %s each",
            text_count(stage_configurations(&c->config->stages[stage]), "configuration", "configurations"),
            text_count(c->config->stages[stage].replicates, "run", "runs")));
    if (!c->config->stages[stage].zooms) return STATUS_OK;
    TRY(coordinator_news(actions, "  ranges from the best %u of stage %s", record->elite_count,
                         c->config->stages[stage - 1].name));
    for (size_t p = 0; p < space->count; p++) {
        const Parameter *parameter = &space->parameters[p];
        if (parameter->distribution == DIST_CONSTANT) continue;
        char before[256], after[256];
        range_text(parameter, &record->before.range[p], before, sizeof(before));
        range_text(parameter, &record->after.range[p], after, sizeof(after));
        TRY(coordinator_news(actions, "  %-16s %-26s ->  %-26s %s", parameter->name, before, after,
                             zoom_reason_text((ZoomReason)record->reason[p])));
    }
    return STATUS_OK;
}

static Status stage_begin(Coordinator *c, Actions *actions, size_t stage) {
    Record record = {.kind = RECORD_STAGE};
    StageRecord *r = &record.as.stage;
    r->stage = (uint32_t)stage;
    r->parameter_count = (uint32_t)c->config->space.count;
    Ranges configured = space_ranges(&c->config->space);
    r->before = stage == 0 ? configured : c->ledger->stages[stage - 1].after;
    r->after = configured;
    for (size_t p = 0; p < c->config->space.count; p++)
        r->reason[p] = ZOOM_CONFIGURED;
    if (c->config->stages[stage].zooms) TRY(stage_zoom(c, stage, r));
    if (c->config->stages[stage].confirms) TRY(stage_confirm(c, stage, r));
    TRY(coordinator_append(c, actions, &record));
    c->look_again = true;
    c->publish_now = true;
    return stage_news(c, actions, &c->ledger->stages[stage]);
}

/* The end record, then the file for the last time. */
static Status close_with(Coordinator *c, Actions *actions, Record record) {
    TRY(coordinator_append(c, actions, &record));
    c->complete = true;
    c->phase = PHASE_CLOSING;
    c->publish_now = true;
    c->dirty = true;
    return STATUS_OK;
}

Status coordinator_end(Coordinator *c, Actions *actions, Moment now) {
    Record record = {.kind = RECORD_END};
    EndRecord *end = &record.as.end;
    end->time = now.unix_time;
    end->outcome = c->has_best ? OUTCOME_FINISHED : OUTCOME_NONE_FINISHED;
    if (!c->has_best) {
        snprintf(end->reason, sizeof(end->reason), "none finished: all %llu trials diverged or failed%s",
                 (unsigned long long)c->ledger->finished_count,
                 c->diverged + c->failed < c->ledger->finished_count ? ", or were stopped early" : "");
        c->final_status = STATUS_ENVIRONMENT;
        snprintf(c->final_text, sizeof(c->final_text),
                 "no trial finished: of %llu, %llu diverged and %llu failed; lower the upper end of "
                 "learning_rate%s",
                 (unsigned long long)c->ledger->finished_count, (unsigned long long)c->diverged,
                 (unsigned long long)c->failed, c->failed > 0 ? ", and see the reasons in /trials" : "");
    }
    return close_with(c, actions, record);
}

/* The other shards' trials of this stage are done elsewhere. */
static Status shard_end(Coordinator *c, Actions *actions, Moment now) {
    Record record = {.kind = RECORD_END};
    EndRecord *end = &record.as.end;
    end->time = now.unix_time;
    end->outcome = OUTCOME_SHARD;
    snprintf(end->reason, sizeof(end->reason), "part %u of %u of stage %s is done", c->shard.index + 1,
             c->shard.count, c->config->stages[coordinator_stage(c)].name);
    return close_with(c, actions, record);
}

/* Rows missing up to the present stage, of all trials or of the shard's. A row of an earlier stage is missing
 * where the journal was damaged. */
static uint64_t rows_missing(const Coordinator *c, const uint64_t *left) {
    uint64_t missing = 0;
    for (size_t stage = 0; stage <= coordinator_stage(c); stage++)
        missing += left[stage];
    return missing;
}

Status coordinator_advance(Coordinator *c, Actions *actions, Moment now) {
    if (c->phase != PHASE_TRAINING) return STATUS_OK;
    if (c->ledger->stage_count == 0) TRY(stage_begin(c, actions, 0));
    TRY(rungs_follow(c, actions));
    while (rows_missing(c, c->stage_left) == 0) {
        size_t stage = coordinator_stage(c);
        if (!c->has_best) return coordinator_end(c, actions, now);
        if (stage + 1 == c->plan.stage_count) {
            /* Chosen before a kill, from the same trials: the test set is not asked twice. */
            if (c->ledger->has_ensemble && c->ledger->ensemble_finished == c->ledger->finished_count)
                return coordinator_end(c, actions, now);
            c->phase = PHASE_ENSEMBLE;
            return STATUS_OK;
        }
        TRY(stage_begin(c, actions, stage + 1));
        TRY(rungs_follow(c, actions));
    }
    if (rows_missing(c, c->shard_left) == 0) return shard_end(c, actions, now);
    TRY(rungs_conclude(c, actions));
    if (!c->look_again) return STATUS_OK;
    c->look_again = false;
    return lease_all(c, actions, now);
}

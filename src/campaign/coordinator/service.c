/* Service jobs of rank 0's host: publishing, preflight, ensemble. */
#include <stdio.h>
#include <string.h>

#include "campaign/coordinator/state.h"
#include "campaign/preflight_warnings.h"

static const char *job_words(JobKind job) {
    switch (job) {
    case JOB_PREFLIGHT: return "the preflight";
    case JOB_PUBLISH: return "writing the results file";
    case JOB_ENSEMBLE: return "choosing the ensemble";
    default: return "a job";
    }
}

/* The results file stands: check once, then train. */
static void opened(Coordinator *c) {
    const Ledger *l = c->ledger;
    bool checked = l->has_preflight && l->preflight.config_hash == c->config->hash &&
                   strcmp(l->preflight.arithmetic, l->starts[l->start_count - 1].arithmetic) == 0;
    c->phase = checked ? PHASE_TRAINING : PHASE_PREFLIGHT;
    c->look_again = true; /* for those who came meanwhile */
}

Status service_ended(Coordinator *c, Actions *actions, const Event *event, Moment now) {
    JobKind job = c->job;
    c->job_running = false;
    bool cancelled = c->stopping && job != JOB_PUBLISH;
    if (event->status != STATUS_OK && !cancelled) {
        if (c->phase == PHASE_OVER) return STATUS_OK;
        if (event->crashed && !c->job_crashed) {
            c->job_crashed = true;
            TRY(coordinator_news(actions, "%s: %s; it is tried once more", job_words(job), event->text));
            return coordinator_job(c, actions, job);
        }
        char text[ERROR_TEXT_SIZE];
        (void)snprintf(text, sizeof(text), "%s failed: %.4000s", job_words(job), event->text);
        return coordinator_fail(
            c, actions, event->status == STATUS_RESUMABLE ? STATUS_ENVIRONMENT : event->status, text, now);
    }
    c->job_crashed = false;
    if (job == JOB_PUBLISH) {
        c->published = true;
        c->publish_seconds = event->seconds;
        c->next_publish = now.steady + PUBLISH_PACE * event->seconds;
    }
    if (c->phase == PHASE_OPENING) opened(c);
    if (c->phase == PHASE_PREFLIGHT && job == JOB_PREFLIGHT) {
        c->phase = PHASE_TRAINING;
        c->look_again = true;
    }
    if (c->phase == PHASE_ENSEMBLE && job == JOB_ENSEMBLE) return coordinator_end(c, actions, now);
    if (c->phase == PHASE_CLOSING && job == JOB_PUBLISH && !c->dirty) return coordinator_finish(c, actions);
    return STATUS_OK;
}

Status service_result(Coordinator *c, Actions *actions, Record *record) {
    if (record->kind != RECORD_PREFLIGHT && record->kind != RECORD_ENSEMBLE) return STATUS_OK;
    Record taken = *record;
    record_given(record);
    if (taken.kind == RECORD_PREFLIGHT) {
        const PreflightRecord *p = &taken.as.preflight;
        TRY(coordinator_news(
            actions,
            "preflight: gradients right to %.1e; first loss %.3f (ln of the classes is %.3f); %.0f %% of 20 "
            "examples learned; %.0f examples/s",
            p->gradient_error, p->initial_loss, p->expected_loss, 100 * p->subset_accuracy,
            p->samples_per_second));
        const char *warnings[PREFLIGHT_WARNINGS_MAX];
        size_t count = preflight_warnings(p, warnings);
        for (size_t i = 0; i < count; i++)
            TRY(coordinator_news(actions, "warning: %s", warnings[i]));
    }
    c->dirty = true;
    return coordinator_append(c, actions, &taken);
}

Status service_next(Coordinator *c, Actions *actions, Moment now) {
    if (c->job_running || c->phase == PHASE_OVER || c->phase == PHASE_STOPPING) return STATUS_OK;
    if (c->phase == PHASE_OPENING) {
        if (!c->published) {
            c->dirty = false;
            return coordinator_job(c, actions, JOB_PUBLISH);
        }
        opened(c);
        TRY(coordinator_advance(c, actions, now));
    }
    if (c->phase == PHASE_PREFLIGHT) return coordinator_job(c, actions, JOB_PREFLIGHT);
    if (c->phase == PHASE_ENSEMBLE) return coordinator_job(c, actions, JOB_ENSEMBLE);
    if (c->phase == PHASE_CLOSING && !c->dirty && !c->publish_now) return coordinator_finish(c, actions);
    if (c->publish_now || (c->dirty && now.steady >= c->next_publish)) {
        c->dirty = false;
        c->publish_now = false;
        return coordinator_job(c, actions, JOB_PUBLISH);
    }
    return STATUS_OK;
}

#include "rank/jobs.h"
#include "rank/preflight.h"

Status job_preflight(const JobContext *context, const JobMessage *job, Channel *out) {
    (void)job;
    Message message = {.kind = MESSAGE_JOB_RESULT};
    Record *record = &message.as.job_result.record;
    record->kind = RECORD_PREFLIGHT;
    TRY(preflight_run(context->config, context->dataset, &record->as.preflight));
    return message_send(out, 0, &message);
}

#include "cli/campaign_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

/* What the rooms above rely on, and a damaged file might not give. */
static Status check_trial(const CampaignFile *c, const char *file, uint64_t id) {
    const LedgerTrial *trial = &c->state.ledger->trials[id];
    if (!trial->finished) return STATUS_OK;
    bool sound = trial->drawn && trial->record.stage < c->config->stage_count;
    for (size_t p = 0; sound && p < c->config->space.count; p++) {
        const Parameter *parameter = &c->config->space.parameters[p];
        DrawnValue value = draw_value(trial->draw, p);
        if (distribution_is_choice(parameter->distribution) && value.present)
            sound = value.choice < parameter->value_count;
    }
    if (sound) return STATUS_OK;
    return status_fail(STATUS_ENVIRONMENT, "%s: trial %llu does not fit the configuration stored with it",
                       file, (unsigned long long)id);
}

/* Those that have finished since the last time. */
static Status check_trials(CampaignFile *c, const char *file) {
    const Ledger *ledger = c->state.ledger;
    TRY(memory_grow(&c->checked, &c->checked_count, ledger->trial_count, sizeof(bool)));
    for (uint64_t id = 0; id < ledger->trial_count; id++) {
        if (c->checked[id]) continue;
        TRY(check_trial(c, file, id));
        c->checked[id] = ledger->trials[id].finished;
    }
    return STATUS_OK;
}

static Status read_config(CampaignFile *c, const char *file) {
    const CampaignRecord *campaign = &c->state.ledger->campaign;
    Config *config = NULL;
    Status status =
        config_parse(&config, campaign->config_name, campaign->config_text, strlen(campaign->config_text));
    if (status != STATUS_OK)
        return status_within(STATUS_ENVIRONMENT, "%s: the configuration stored in it", file);
    config_destroy(&c->config);
    c->config = config;
    c->starts = c->state.ledger->start_count;
    free(c->checked);
    c->checked = NULL;
    c->checked_count = 0;
    return STATUS_OK;
}

#define TORN_FORMAT                                                                                          \
    "the journal ends in %s of a record that is not whole, as a kill leaves them: what it told is not here"

static const char *torn_bytes(const CampaignFile *c) {
    return text_count(c->torn, "byte", "bytes");
}

static void warn(const CampaignFile *c) {
    for (size_t i = 0; i < c->state.note_count; i++)
        log_warning("%s", c->state.notes[i]);
    if (c->torn > 0) log_warning(TORN_FORMAT, torn_bytes(c));
}

/* A record that a running campaign is writing just now is no news. */
static void find_torn_end(CampaignFile *c) {
    const JournalReading *reading = &c->state.reading;
    bool tells = c->state.from_journal && !c->state.repaired && !c->held;
    c->torn = tells ? reading->file_length - reading->good_length : 0;
}

Status campaign_file_refresh(CampaignFile *c, const char *file, bool unverified, bool *changed) {
    bool anew;
    TRY(campaign_state_follow(file, unverified, &c->state, &c->marks, &anew, changed));
    TRY(lock_probe(file, &c->held, c->holder));
    find_torn_end(c);
    c->behind |= *changed;
    *changed = c->behind;
    if (anew) c->starts = SIZE_MAX;
    if (c->state.ledger == NULL || !c->behind) return STATUS_OK;
    if (c->state.ledger->start_count != c->starts) TRY(read_config(c, file));
    TRY(check_trials(c, file));
    c->behind = false;
    return STATUS_OK;
}

Status campaign_file_open(CampaignFile *c, const char *file, bool unverified) {
    *c = (CampaignFile){0};
    bool changed;
    Status status = campaign_file_refresh(c, file, unverified, &changed);
    warn(c);
    if (status == STATUS_OK && c->state.ledger == NULL)
        status = status_fail(
            STATUS_ENVIRONMENT,
            "%s: there is no such file; winnow run writes it, to results/<name>.h5 unless -o says "
            "otherwise",
            file);
    if (status != STATUS_OK) campaign_file_close(c);
    return status != STATUS_OK ? STATUS_ENVIRONMENT : STATUS_OK;
}

json_t *campaign_file_warnings(const CampaignFile *c) {
    json_t *list = json_array();
    for (size_t i = 0; i < c->state.note_count; i++)
        json_array_append_new(list, json_string(c->state.notes[i]));
    if (c->torn > 0) json_array_append_new(list, json_sprintf(TORN_FORMAT, torn_bytes(c)));
    return list;
}

json_t *campaign_file_damage(const CampaignFile *c) {
    const JournalReading *reading = &c->state.reading;
    if (!c->state.from_journal || !c->state.repaired) return json_null();
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "at_byte", (json_int_t)reading->damaged_at, "places",
                     (json_int_t)reading->damage_count, "bytes", (json_int_t)reading->lost_bytes,
                     "records_behind", (json_int_t)reading->kept_after, "records_refused",
                     (json_int_t)reading->refused);
}

void campaign_file_close(CampaignFile *c) {
    free(c->checked);
    c->checked = NULL;
    config_destroy(&c->config);
    campaign_state_release(&c->state);
}

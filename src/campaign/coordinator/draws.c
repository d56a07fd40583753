#include "campaign/configurations.h"
#include "campaign/coordinator/state.h"
#include "search/sampler.h"

/* A stage that confirms has the values of trials before it; their own draws may be lost with a part of the
 * journal, and are then made again. */
Status draw_of(const Coordinator *c, uint64_t trial, Draw *draw) {
    const Ledger *ledger = c->ledger;
    size_t stage = plan_stage(&c->plan, trial);
    while (trial >= ledger->trial_count || !ledger->trials[trial].drawn) {
        if (!c->config->stages[stage].confirms) {
            Sampler sampler = config_sampler(c->config, stage);
            return space_draw(&c->config->space, &ledger->stages[stage].after, &sampler,
                              plan_configuration(&c->plan, trial), draw);
        }
        const StageRecord *record = &ledger->stages[stage];
        uint32_t configuration = configuration_of_trial(c->config, ledger, &c->plan, trial);
        if (record->elite_count == 0 || record->elites[configuration] >= c->plan.first[stage])
            return status_fail(STATUS_ENVIRONMENT,
                               "stage %s has none before it that trial %llu repeats: its record is damaged",
                               c->config->stages[stage].name, (unsigned long long)trial);
        trial = record->elites[configuration];
        stage = plan_stage(&c->plan, trial);
    }
    *draw = draw_unpack(ledger->trials[trial].draw);
    return STATUS_OK;
}

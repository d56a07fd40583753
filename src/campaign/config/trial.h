/* A trial's network without the check of its shapes. */
#ifndef WINNOW_CAMPAIGN_CONFIG_TRIAL_H
#define WINNOW_CAMPAIGN_CONFIG_TRIAL_H

#include "campaign/config.h"

/* As config_network, but network_spec_check is left to the caller. */
Status config_fill_network(const Config *config, const Draw *draw, Shape input, size_t classes,
                           NetworkSpec *spec) MUST_CHECK;

#endif

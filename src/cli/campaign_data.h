/* The data of a campaign that is on record. */
#ifndef WINNOW_CLI_CAMPAIGN_DATA_H
#define WINNOW_CLI_CAMPAIGN_DATA_H

#include "cli/campaign_file.h"
#include "data/dataset.h"

/* The option that names other places of the data. */
#define SPACE_OPTION                                                                                         \
    {                                                                                                        \
        "space", 0, "SPACE.yaml",                                                                            \
            "take the paths of the data from this configuration (default: those in FILE.h5)"                 \
    }

/* Read them where the configuration in the file says, or the one in `space` (NULL: none was given).
 * STATUS_INPUT where they are not those that the campaign was run with. The dataset is owned. */
Status campaign_data_load(const CampaignFile *campaign, const char *space, Dataset **dataset) MUST_CHECK;

#endif

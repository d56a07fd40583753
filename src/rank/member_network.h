/* From a stored network back to one that can compute. */
#ifndef WINNOW_RANK_MEMBER_NETWORK_H
#define WINNOW_RANK_MEMBER_NETWORK_H

#include "campaign/config.h"
#include "campaign/ledger.h"

/* The blob of a kept trial: from the folder of parts, else out of the results file. */
Status member_load(const char *file, const MemberRecord *record, MemberBlob *blob) MUST_CHECK;

/* The trial's network and its parameters in the layout of network_parameters(): owned array.
 * STATUS_ENVIRONMENT where the blob's arrays are not those of the network. */
Status member_parameters(const MemberBlob *blob, const NetworkSpec *spec, float **parameters) MUST_CHECK;

#endif

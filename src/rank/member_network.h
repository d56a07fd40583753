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

/* A network that computes what the stored one does; member_network_release. */
typedef struct MemberNetwork {
    NetworkSpec *spec; /* owned */
    float *parameters; /* owned, in the layout of network_parameters() */
} MemberNetwork;

/* The network of a trial at that epoch, its best one or a snapshot's, out of `file` or the folder beside it.
 * STATUS_ENVIRONMENT where it is not stored. On an error, too, it is to be released. */
Status member_network(MemberNetwork *network, const char *file, const Ledger *ledger, const Config *config,
                      uint64_t trial, uint32_t epoch) MUST_CHECK;
void member_network_release(MemberNetwork *network);

#endif

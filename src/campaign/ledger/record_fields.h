/* The fields of records, described once for writing and reading. Writing changes nothing. */
#ifndef WINNOW_CAMPAIGN_RECORD_FIELDS_H
#define WINNOW_CAMPAIGN_RECORD_FIELDS_H

#include "campaign/ledger/codec.h"
#include "campaign/records.h"

#define EPOCH_ROW_BYTES 68 /* of one in its encoding */

void record_fields(Codec *codec, Record *record); /* with its kind before them */
void checkpoint_fields(Codec *codec, CheckpointRecord *record);
void member_fields(Codec *codec, MemberRecord *record);
void trial_fields(Codec *codec, TrialRecord *record);
void epoch_row_fields(Codec *codec, EpochRow *row);
void draw_fields(Codec *codec, Draw *draw,
                 uint32_t count); /* count <= SPACE_MAX_PARAMETERS is checked here */

/* "trial"; "unknown" for what is no kind */
const char *record_kind_name(unsigned kind);

#endif

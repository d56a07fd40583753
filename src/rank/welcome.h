/* What rank 0 tells all others before they begin. */
#ifndef WINNOW_RANK_WELCOME_H
#define WINNOW_RANK_WELCOME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "campaign/channel.h"
#include "rank/opening.h"

#define WELCOME_TOKEN_SIZE 64

typedef struct Welcome {
    bool run;          /* false: leave at once; rank 0 says why */
    char *config_name; /* owned */
    char *config_text; /* owned */
    uint64_t data_hash;
    char *file;                     /* owned: rank 0's path of the results file */
    char token[WELCOME_TOKEN_SIZE]; /* of the note that rank 0 left in the campaign's folder */
} Welcome;

/* On rank 0, where there is something to run: leave a note in the campaign's folder, with a token that no
 * other run has. */
Status welcome_leave_note(const Opening *opening, char token[WELCOME_TOKEN_SIZE]) MUST_CHECK;

/* Rank 0's words to all; `opening` is NULL on the others, and where rank 0 has nothing to run; so is `token`.
 * Collective. */
Status welcome_share(Channel *ranks, const MpiPlace *place, const Opening *opening, const char *token,
                     Welcome *welcome) MUST_CHECK;
void welcome_release(Welcome *welcome);

#endif

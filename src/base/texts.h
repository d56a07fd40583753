/* Texts of which many are the same, each kept once. */
#ifndef WINNOW_BASE_TEXTS_H
#define WINNOW_BASE_TEXTS_H

#include <stddef.h>

#include "base/status.h"

typedef struct Texts {
    size_t count;
    size_t capacity; /* a power of two, at least twice the count */
    char **slots;    /* owned [capacity], each owned or NULL: a hash table */
} Texts;

/* *shared becomes a text of the same characters that stays until texts_release. */
Status texts_share(Texts *texts, const char *text, const char **shared) MUST_CHECK;
void texts_release(Texts *texts);

#endif

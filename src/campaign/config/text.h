/* Words and numbers as they stand in a configuration. */
#ifndef WINNOW_CAMPAIGN_CONFIG_TEXT_H
#define WINNOW_CAMPAIGN_CONFIG_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NUMBER_TEXT_SIZE 32
#define NUMBER_MOST_EXACT 9007199254740992.0 /* 2^53: whole numbers up to here are exact */

/* For messages: at most 60 bytes of `text`, control characters as '?', in a static buffer of the thread (four
 * of them, used in turn). */
const char *text_shown(const char *text);

typedef enum NumberForm {
    NUMBER_NONE,     /* a word */
    NUMBER_WHOLE,    /* 12, -3, 0x1f, 0o17 */
    NUMBER_REAL,     /* 0.5, 1e-4, .5, 12. */
    NUMBER_INFINITE, /* .inf, .nan, or too large for a double */
} NumberForm;

/* Numbers of YAML 1.2's core schema. *value is set for whole and real ones. */
NumberForm number_parse(const char *text, double *value);

/* A whole number without sign of up to 64 bits, decimal or 0x. */
bool number_parse_u64(const char *text, uint64_t *value);

/* The shortest text that reads back as the same double: "0.001", "64", "1e-07". */
const char *number_text(double value, char out[NUMBER_TEXT_SIZE]);

#endif

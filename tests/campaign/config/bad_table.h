/* A table of wrong configurations: each must give STATUS_INPUT with place and remedy. */
#ifndef WINNOW_TESTS_CAMPAIGN_CONFIG_BAD_TABLE_H
#define WINNOW_TESTS_CAMPAIGN_CONFIG_BAD_TABLE_H

#include <stddef.h>

typedef struct BadCase {
    const char *text;
    size_t length; /* 0: up to the zero */
    size_t line, column;
    const char *phrase; /* part of the message */
} BadCase;

/* Every case of the table, with the differences on the terminal. */
void check_bad(const BadCase *cases, size_t count);

#endif

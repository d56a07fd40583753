#include "batch/walltime.h"

#include <ctype.h>
#include <stdbool.h>

#define DAY 86400
#define DIGITS_MAX 6

/* The number at *at, which moves behind it. */
static bool take_number(const char **at, uint64_t *number) {
    size_t digits = 0;
    *number = 0;
    for (; isdigit((unsigned char)**at) && digits <= DIGITS_MAX; ++*at, digits++)
        *number = *number * 10 + (uint64_t)(**at - '0');
    return digits > 0 && digits <= DIGITS_MAX;
}

static bool read_walltime(const WalltimeStyle *style, const char *at, uint64_t *seconds) {
    uint64_t days = 0, sum;
    bool has_days = false;
    if (!take_number(&at, &sum)) return false;
    if (*at == '-') {
        has_days = true;
        days = sum;
        at++;
        if (!take_number(&at, &sum)) return false;
    }
    size_t fields = 1;
    for (; *at == ':' && fields < WALLTIME_FIELDS; fields++) {
        uint64_t number;
        at++;
        if (!take_number(&at, &number) || number >= 60) return false;
        sum = sum * 60 + number;
    }
    uint32_t last = style->last[has_days][fields - 1];
    *seconds = days * DAY + sum * last;
    return *at == '\0' && last > 0 && *seconds > 0;
}

Status walltime_seconds(const WalltimeStyle *style, const char *text, const char *name, uint64_t *seconds) {
    uint64_t found;
    if (!read_walltime(style, text, &found))
        return status_fail(STATUS_INPUT, "%s \"%s\" must be a time above zero, as %s", name, text,
                           style->forms);
    *seconds = found;
    return STATUS_OK;
}

#include "campaign/config/bad_table.h"

#include <stdio.h>
#include <string.h>

#include "campaign/config/tests.h"
#include "suite.h"

static bool is_as_expected(const BadCase *bad, Status status) {
    char place[64];
    (void)snprintf(place, sizeof(place), "bad.yaml:%zu:%zu: ", bad->line, bad->column);
    const char *message = status_text();
    return status == STATUS_INPUT && strncmp(message, place, strlen(place)) == 0 &&
           strstr(message + strlen(place), bad->phrase) != NULL;
}

void check_bad(const BadCase *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const BadCase *bad = &cases[i];
        Config *config = NULL;
        status_clear();
        Status status =
            config_parse(&config, "bad.yaml", bad->text, bad->length > 0 ? bad->length : strlen(bad->text));
        bool right = is_as_expected(bad, status);
        CU_ASSERT(right);
        CU_ASSERT_PTR_NULL(config);
        if (!right) {
            printf("\n    case %zu: status %d: %s\n    expected %zu:%zu and '%s'\n", i, (int)status,
                   status_text(), bad->line, bad->column, bad->phrase);
        }
        config_destroy(&config);
    }
}

#include <stdio.h>
#include <string.h>

#include "base/suites.h"
#include "base/texts.h"
#include "suite.h"

#define MANY 1000

static void equal_texts_are_one(void) {
    Texts texts = {0};
    char first[] = "node1", second[] = "node1";
    const char *a, *b, *other;
    CU_ASSERT_EQUAL(texts_share(&texts, first, &a), STATUS_OK);
    CU_ASSERT_EQUAL(texts_share(&texts, second, &b), STATUS_OK);
    CU_ASSERT_EQUAL(texts_share(&texts, "", &other), STATUS_OK);
    memset(first, 'x', 5);
    CU_ASSERT_PTR_EQUAL(a, b);
    CU_ASSERT_STRING_EQUAL(a, "node1");
    CU_ASSERT_STRING_EQUAL(other, "");
    CU_ASSERT_EQUAL(texts.count, 2);
    texts_release(&texts);
}

static void texts_stay_while_others_come(void) {
    Texts texts = {0};
    const char *shared[MANY];
    char text[32];
    for (int turn = 0; turn < 2; turn++) {
        for (int i = 0; i < MANY; i++) {
            const char *found;
            (void)snprintf(text, sizeof(text), "trial %d failed", i);
            CU_ASSERT_EQUAL(texts_share(&texts, text, &found), STATUS_OK);
            if (turn == 0) shared[i] = found;
            CU_ASSERT_PTR_EQUAL(found, shared[i]);
            CU_ASSERT_STRING_EQUAL(found, text);
        }
    }
    CU_ASSERT_EQUAL(texts.count, MANY);
    texts_release(&texts);
}

void suite_texts(void) {
    static const TestCase tests[] = {
        {"equal texts are one, whoever gave them", equal_texts_are_one},
        {"texts stay where they are while a thousand others come", texts_stay_while_others_come},
    };
    SUITE("texts", tests);
}

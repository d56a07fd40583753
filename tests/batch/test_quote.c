#include "batch/quote.h"

#include <stdio.h>
#include <string.h>

#include "batch/suites.h"
#include "suite.h"

static void quoted_as(void (*quote)(Text *, const char *), const char *word, const char *wanted) {
    Text text = {0};
    quote(&text, word);
    CU_ASSERT_STRING_EQUAL(text_of(&text), wanted);
    text_release(&text);
}

static void plain_words_stay_as_they_are(void) {
    const char *const plain[] = {"results/a_1-b.h5", "--mem-per-cpu=2G", "a:b,c+d@e%f", "Größe.yaml"};
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        quoted_as(quote_for_shell, plain[i], plain[i]);
        quoted_as(quote_for_sbatch, plain[i], plain[i]);
    }
}

static void others_are_quoted(void) {
    quoted_as(quote_for_shell, "", "''");
    quoted_as(quote_for_shell, "my file", "'my file'");
    quoted_as(quote_for_shell, "it's", "'it'\\''s'");
    quoted_as(quote_for_shell, "$HOME", "'$HOME'");
    quoted_as(quote_for_sbatch, "my file", "\"my file\"");
    quoted_as(quote_for_sbatch, "it's \"\\\"", "\"it's \\\"\\\\\\\"\"");
}

/* Every printable character, between two others, in one line. */
static void a_shell_reads_back_what_was_quoted(void) {
    char word[256];
    size_t length = 0;
    for (char c = ' '; c < 127; c++)
        word[length++] = c;
    word[length] = '\0';
    Text command = {0};
    text_add(&command, "printf %%s ");
    quote_for_shell(&command, word);
    FILE *shell = popen(text_of(&command), "re");
    CU_ASSERT_PTR_NOT_NULL_FATAL(shell);
    char read[256] = "";
    size_t got = fread(read, 1, sizeof(read) - 1, shell);
    CU_ASSERT_EQUAL(pclose(shell), 0);
    CU_ASSERT_EQUAL(got, length);
    CU_ASSERT_STRING_EQUAL(read, word);
    text_release(&command);
}

void suite_quote(void) {
    static const TestCase tests[] = {
        {"plain words stay as they are", plain_words_stay_as_they_are},
        {"others are quoted", others_are_quoted},
        {"a shell reads back what was quoted", a_shell_reads_back_what_was_quoted},
    };
    SUITE("quote", tests);
}

#include "batch/quote.h"

#include <ctype.h>
#include <string.h>

/* Bytes of UTF-8 are letters here. */
static bool is_plain(char c) {
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 ||
           (c != '\0' && strchr("-_./,:=+@%", c) != NULL);
}

static bool is_plain_word(const char *word) {
    const char *special = word;
    while (is_plain(*special))
        special++;
    return *special == '\0' && word[0] != '\0';
}

void quote_for_shell(Text *text, const char *word) {
    if (is_plain_word(word)) {
        text_add(text, "%s", word);
        return;
    }
    text_add(text, "'");
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            text_add(text, "'\\''");
        else
            text_add(text, "%c", *word);
    }
    text_add(text, "'");
}

void quote_for_sbatch(Text *text, const char *word) {
    const char *quote = is_plain_word(word) ? "" : "\"";
    text_add(text, "%s", quote);
    for (; *word != '\0'; word++)
        text_add(text, "%s%c", *word == '"' || *word == '\\' ? "\\" : "", *word);
    text_add(text, "%s", quote);
}

#include "campaign/channel/mpi_name.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define WORD_ENDS " \t:,\r\n"

void mpi_name(const char *library, char *out, size_t size) {
    size_t used = 0;
    bool number = false;
    out[0] = '\0';
    for (const char *word = library; !number && used < size;) {
        word += strspn(word, " \t:,");
        size_t length = strcspn(word, WORD_ENDS);
        if (length == 0) break;
        const char *from = word;
        if (*from == 'v' && isdigit((unsigned char)from[1])) from++;
        number = isdigit((unsigned char)*from) != 0;
        word += length;
        if (length == strlen("Version") && strncasecmp(from, "version", length) == 0) continue;
        int added =
            snprintf(out + used, size - used, "%s%.*s", used > 0 ? " " : "", (int)(word - from), from);
        used += added > 0 ? (size_t)added : 0;
    }
}

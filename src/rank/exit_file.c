#include "rank/exit_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define WORD_BYTES 4

static void say(const char *word) {
    const char *path = getenv("WINNOW_EXIT_FILE");
    int descriptor = path != NULL ? open(path, O_WRONLY | O_CLOEXEC) : -1;
    if (descriptor < 0) return;
    ssize_t written = write(descriptor, word, WORD_BYTES);
    (void)written; /* the campaign is none the worse for it */
    close(descriptor);
}

void exit_file_say_met(void) {
    say("met\n");
}

void exit_file_say_running(void) {
    say("run\n");
}

void exit_file_say_code(Status status) {
    char word[WORD_BYTES + 8];
    snprintf(word, sizeof(word), "%3u\n", (unsigned)status % 1000);
    say(word);
}

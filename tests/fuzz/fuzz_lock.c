/* The text that a lock's holder has left in its file, for a message. */
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "fuzz.h"
#include "store/lock.h"

int fuzz_lock(const uint8_t *data, size_t size) {
    static int holder_descriptor = -1;
    const char *file = fuzz_file_beside(".lock", data, size);
    char holder[LOCK_HOLDER_SIZE];
    bool held = false;
    if (holder_descriptor < 0) {
        char path[256];
        strcat(strcpy(path, file), ".lock");
        holder_descriptor = open(path, O_RDWR | O_CLOEXEC);
        REQUIRE(holder_descriptor >= 0 && flock(holder_descriptor, LOCK_EX) == 0);
    }
    REQUIRE(lock_probe(file, &held, holder) == STATUS_OK);
    REQUIRE(held && holder[0] != '\0' && memchr(holder, '\0', sizeof(holder)) != NULL);
    for (const char *at = holder; *at != '\0'; at++)
        REQUIRE((unsigned char)*at >= ' ');
    return 0;
}

/* For scripts/bench_durability, preloaded: adds up what fsync and fdatasync take, in the file that SYNC_TIMES
 * names; with SYNC_NOTHING set they do nothing. The file holds four u64: nanoseconds and calls of processes
 * as they were started, then of those that they forked. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

typedef int (*Sync)(int descriptor);

static _Atomic uint64_t *times;
static pid_t started;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("SYNC_TIMES");
    int descriptor = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
    started = getpid();
    if (descriptor < 0) return;
    void *map = mmap(NULL, 4 * sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (map != MAP_FAILED) times = map;
    close(descriptor);
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int timed(const char *name, int descriptor) {
    if (getenv("SYNC_NOTHING") != NULL) return 0;
    Sync real = (Sync)dlsym(RTLD_NEXT, name);
    int64_t start = now();
    int result = real(descriptor);
    if (times == NULL) return result;
    size_t at = getpid() == started ? 0 : 2;
    atomic_fetch_add(&times[at], (uint64_t)(now() - start));
    atomic_fetch_add(&times[at + 1], 1);
    return result;
}

int fsync(int descriptor) {
    return timed("fsync", descriptor);
}

int fdatasync(int descriptor) {
    return timed("fdatasync", descriptor);
}

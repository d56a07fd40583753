#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/suites.h"
#include "suite.h"

static const size_t counts[] = {1, 63, 64, 65, 0, 1000}; /* elements of four bytes */
#define PIECES (sizeof(counts) / sizeof(counts[0]))

static void pieces_are_apart(void) {
    Arena arena = {0};
    unsigned char *piece[PIECES];
    for (size_t i = 0; i < PIECES; i++)
        CU_ASSERT_EQUAL(arena_reserve(&arena, counts[i], 4), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(arena_allocate(&arena), STATUS_OK);
    for (size_t i = 0; i < PIECES; i++) {
        piece[i] = arena_take(&arena, counts[i], 4);
        CU_ASSERT_EQUAL((uintptr_t)piece[i] % ARENA_ALIGNMENT, 0);
        for (size_t j = 0; j < counts[i] * 4; j++)
            CU_ASSERT_EQUAL(piece[i][j], 0);
        memset(piece[i], (int)i + 1, counts[i] * 4);
    }
    for (size_t i = 0; i < PIECES; i++) {
        for (size_t j = 0; j < counts[i] * 4; j++)
            CU_ASSERT_EQUAL(piece[i][j], i + 1);
    }
    CU_ASSERT_EQUAL(arena.used, arena.size);
    arena_release(&arena);
    CU_ASSERT_PTR_NULL(arena.base);
    CU_ASSERT_EQUAL(arena.size, 0);
}

static void overflow_is_an_error(void) {
    Arena arena = {0};
    CU_ASSERT_EQUAL(arena_reserve(&arena, SIZE_MAX / 2, 4), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(arena_reserve(&arena, SIZE_MAX - 3, 1), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(arena.size, 0);
    CU_ASSERT_EQUAL(arena_reserve(&arena, SIZE_MAX / 4, 1), STATUS_OK);
    CU_ASSERT_EQUAL(arena_reserve(&arena, SIZE_MAX / 4, 1), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(arena_allocate(&arena), STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NULL(arena.base);
    arena_release(&arena);
}

static void empty_arena(void) {
    Arena arena = {0};
    CU_ASSERT_EQUAL_FATAL(arena_allocate(&arena), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL(arena_take(&arena, 0, 8));
    arena_release(&arena);
}

/* The signal that ends a child which takes `taken` bytes from an arena of 128. */
static int signal_of_taking(size_t taken) {
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0, 0};
        Arena arena = {0};
        (void)setrlimit(RLIMIT_CORE, &none);
        if (arena_reserve(&arena, 128, 1) != STATUS_OK || arena_allocate(&arena) != STATUS_OK) _exit(1);
        (void)arena_take(&arena, taken, 1);
        _exit(0);
    }
    int state = 0;
    CU_ASSERT_EQUAL_FATAL(waitpid(child, &state, 0), child);
    return WIFSIGNALED(state) ? WTERMSIG(state) : 0;
}

static void taking_too_much_aborts(void) {
    CU_ASSERT_EQUAL(signal_of_taking(128), 0);
    CU_ASSERT_EQUAL(signal_of_taking(129), SIGABRT);
    CU_ASSERT_EQUAL(signal_of_taking(SIZE_MAX), SIGABRT);
}

void suite_arena(void) {
    static const TestCase tests[] = {
        {"pieces are aligned, zeroed and apart", pieces_are_apart},
        {"a plan that overflows is an error", overflow_is_an_error},
        {"an empty plan works", empty_arena},
        {"taking more than was planned aborts", taking_too_much_aborts},
    };
    SUITE("arena", tests);
}

#include "campaign/channel/frames.h"

#include "campaign/channel/mpi_name.h"
#include "campaign/wire.h"
#include "pattern.h"
#include "suite.h"
#include "suites.h"

static void put_u32(uint8_t *at, uint32_t value) {
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static void messages_survive_cutting(void) {
    Incoming incoming = {0};
    for (uint32_t n = 0; n < PATTERN_COUNT; n++) {
        size_t total = 0;
        size_t taken = 0;
        size_t arrived = 0;
        uint8_t *frames = NULL;
        uint8_t *message = pattern_new(n, PATTERN_SIZES[n]);
        uint8_t *back = NULL;
        CU_ASSERT_EQUAL_FATAL(frames_pack(message, PATTERN_SIZES[n], &frames, &total), STATUS_OK);
        while (taken < total) {
            size_t size = total - taken < FRAME_BYTES ? total - taken : FRAME_BYTES;
            CU_ASSERT_PTR_NULL_FATAL(back);
            CU_ASSERT_EQUAL_FATAL(frames_take(&incoming, frames + taken, size, &back, &arrived), STATUS_OK);
            taken += size;
        }
        CU_ASSERT_EQUAL(arrived, PATTERN_SIZES[n]);
        CU_ASSERT_TRUE(pattern_holds(n, back, arrived));
        CU_ASSERT_FALSE(incoming.begun);
        free(frames);
        free(message);
        free(back);
    }
}

/* The frame {length, offset} with `part` bytes, after a first one that brought 10 of 30 bytes where `begun`.
 */
static Status frame_after(bool begun, uint32_t length, uint32_t offset, size_t part) {
    uint8_t frame[FRAME_HEADER_BYTES + 64] = {0};
    Incoming incoming = {0};
    uint8_t *data = NULL;
    size_t arrived = 0;
    if (begun) {
        put_u32(frame, 30);
        CU_ASSERT_EQUAL_FATAL(frames_take(&incoming, frame, FRAME_HEADER_BYTES + 10, &data, &arrived),
                              STATUS_OK);
        CU_ASSERT_PTR_NULL(data);
    }
    put_u32(frame, length);
    put_u32(frame + 4, offset);
    Status status = frames_take(&incoming, frame, FRAME_HEADER_BYTES + part, &data, &arrived);
    incoming_release(&incoming);
    free(data);
    return status;
}

static void frames_that_do_not_go_on_are_refused(void) {
    uint8_t *data = NULL;
    size_t length = 0;
    Incoming incoming = {0};
    const uint8_t shorter[FRAME_HEADER_BYTES - 1] = {0};
    CU_ASSERT_EQUAL(frame_after(true, 30, 10, 20), STATUS_OK);
    CU_ASSERT_EQUAL(frame_after(true, 30, 10, 5), STATUS_OK);
    CU_ASSERT_EQUAL(frame_after(true, 31, 10, 20), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(frame_after(true, 30, 11, 5), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(frame_after(true, 30, 0, 5), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(frame_after(true, 30, 10, 21), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(frame_after(true, 30, 10, 0), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(frame_after(false, 0, 0, 0), STATUS_OK);
    CU_ASSERT_EQUAL(frame_after(false, 0, 0, 1), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(frame_after(false, 30, 5, 5), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(frame_after(false, (uint32_t)WIRE_MAX_BYTES, 0, 5), STATUS_OK);
    CU_ASSERT_EQUAL(frame_after(false, (uint32_t)WIRE_MAX_BYTES + 1, 0, 5), STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(frames_take(&incoming, shorter, sizeof(shorter), &data, &length), STATUS_ENVIRONMENT);
    incoming_release(&incoming);
}

static void memory_comes_with_the_bytes(void) {
    Incoming incoming = {0};
    uint8_t *at = NULL;
    size_t room = 0;
    CU_ASSERT_EQUAL_FATAL(incoming_begin(&incoming, WIRE_MAX_BYTES), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(incoming_room(&incoming, &at, &room), STATUS_OK);
    CU_ASSERT_TRUE(incoming.capacity <= (size_t)1 << 20);
    incoming_filled(&incoming, room);
    CU_ASSERT_EQUAL_FATAL(incoming_room(&incoming, &at, &room), STATUS_OK);
    CU_ASSERT_TRUE(room > 0 && incoming.capacity <= (size_t)2 << 20);
    CU_ASSERT_FALSE(incoming_whole(&incoming));
    incoming_release(&incoming);
}

static void check_name(const char *library, const char *expected) {
    char name[64];
    mpi_name(library, name, sizeof(name));
    CU_ASSERT_STRING_EQUAL(name, expected);
}

static void libraries_are_named_in_short(void) {
    char cut[8];
    check_name("Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4", "Open MPI 4.1.4");
    check_name("MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr 7", "MPICH 4.0.2");
    check_name("MVAPICH2 Version      :\t2.3.7\n", "MVAPICH2 2.3.7");
    check_name("Intel(R) MPI Library 2021.8 for Linux* OS\n", "Intel(R) MPI Library 2021.8");
    check_name("", "");
    mpi_name("Open MPI v4.1.4", cut, sizeof(cut));
    CU_ASSERT_STRING_EQUAL(cut, "Open MP");
}

void frames_suite(void) {
    static const TestCase tests[] = {
        {"messages of any size survive being cut into frames", messages_survive_cutting},
        {"frames that do not go on from the last are refused", frames_that_do_not_go_on_are_refused},
        {"memory is taken as bytes come, not as announced", memory_comes_with_the_bytes},
        {"MPI libraries are named in short", libraries_are_named_in_short},
    };
    SUITE("frames", tests);
}

// Bytes from a peer: every bound, and random ones.
#include "kit.h"

#include "../../main/c/plan.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

TEST(wire_reads_what_it_wrote)
{
    struct writer w = {0};
    put_u8(&w, 200);
    put_u16(&w, 0xABCD);
    put_u32(&w, 0x12345678);
    put_u64(&w, 0x123456789ABCDEF0U);
    put_i32(&w, -5);
    put_string(&w, "text");
    put_string(&w, "");
    struct reader r = reader_of(w.data, w.size);
    CHECK_INT(take_u8(&r), 200);
    CHECK_INT(take_u16(&r), 0xABCD);
    CHECK_INT(take_u32(&r), 0x12345678);
    CHECK(take_u64(&r) == 0x123456789ABCDEF0U);
    CHECK_INT(take_i32(&r), -5);
    CHECK_TEXT(take_string(&r), "text");
    CHECK(!reader_done(&r));
    CHECK_TEXT(take_string(&r), "");
    CHECK(reader_done(&r));
    CHECK_INT(take_u8(&r), 0);
    CHECK(r.bad);
    writer_free(&w);
}

TEST(wire_refuses_strings_that_are_not)
{
    static const struct {
        const char *bytes;
        size_t size;
    } bad[] = {
        {"", 0},
        {"\x01\0\0", 3},
        {"\x01\0\0\0a", 5},         // no NUL
        {"\x01\0\0\0ab", 6},        // something else in its place
        {"\x02\0\0\0a\0\0", 7},     // a NUL inside
        {"\xff\xff\xff\xff", 4},    // longer than memory
        {"\xff\xff\xff\x7f\0\0", 6},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        // A copy on the heap, so that a step outside is seen.
        uint8_t *copy = malloc(bad[i].size + 1);
        memcpy(copy, bad[i].bytes, bad[i].size);
        uint8_t *exact = realloc(copy, bad[i].size == 0 ? 1 : bad[i].size);
        struct reader r = reader_of(exact, bad[i].size);
        CHECK_TEXT(take_string(&r), "");
        CHECK(r.bad);
        free(exact);
    }
}

TEST(wire_refuses_counts_that_cannot_fit)
{
    struct slice lists[] = {{(const uint8_t *)"\xff\xff\xff\xff", 4}, {(const uint8_t *)"\x02\0\0\0\0\0\0\0", 8}};
    CHECK(!wire_matches(lists[0], "S"));
    CHECK(!wire_matches(lists[0], "U"));
    CHECK(!wire_matches(lists[0], "M"));
    CHECK(!wire_matches(lists[1], "U"));
    CHECK(wire_matches((struct slice){(const uint8_t *)"\x01\0\0\0\0\0\0\0", 8}, "U"));
    CHECK(!wire_matches((struct slice){(const uint8_t *)"\x01\0\0\0\0\0\0\0\0", 9}, "U"));
}

TEST(plans_are_checked_before_they_run)
{
    char message[96];
    struct plan good = {0}, p = {0};
    add(&good, 17, "");
    put_u32(&p.steps, 0);
    CHECK(plan_check((struct slice){p.steps.data, p.steps.size}, message, sizeof message));
    static const struct {
        int type;
        const char *shape;
    } bad[] = {{0, ""}, {38, ""}, {42, ""}, {65535, ""}, {17, "c"}, {4, ""}, {4, "uc"}, {24, "q"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct plan one = {0};
        add(&one, bad[i].type, bad[i].shape, 1, 1);
        struct writer w = {0};
        put_u32(&w, 1);
        put_raw(&w, one.steps.data, one.steps.size);
        CHECK(!plan_check((struct slice){w.data, w.size}, message, sizeof message));
        CHECK_CONTAINS(message, "step 0");
        writer_free(&w);
        writer_free(&one.steps);
    }
    writer_free(&good.steps);
    writer_free(&p.steps);
}

static uint64_t state;

static uint32_t next_random(void)
{
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(state >> 33);
}

// The seed is printed; SEED repeats a run.
TEST(wire_fuzz_stays_within_bounds)
{
    const char *seed = getenv("SEED");
    state = seed != NULL ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
    printf("       seed %llu\n", (unsigned long long)state);
    fflush(stdout);
    static const char *shapes[] = {"S", "ssqccqcc", "Ssssqsc", "MM", "uuU", "ub", "SSS", "sssqsc", "hhu", "scuuuuu"};
    for (int round = 0; round < 200000; round++) {
        size_t size = next_random() % 64;
        uint8_t *bytes = malloc(size + (size == 0));
        for (size_t i = 0; i < size; i++)
            bytes[i] = next_random() % 3 == 0 ? (uint8_t)next_random() : (uint8_t)(next_random() % 5);
        struct slice slice = {bytes, size};
        wire_matches(slice, shapes[next_random() % 10]);
        struct reader r = reader_of(bytes, size);
        struct slice plan = take_plan(&r);
        char message[96];
        if (!r.bad)
            plan_check(plan, message, sizeof message);
        free(bytes);
    }
}

// Frames that are not, to a running shim: each ends its own connection at most.
TEST(hostile_frames_hurt_only_their_sender)
{
    const char *dir = shim_start("pod");
    static const struct {
        const char *bytes;
        size_t size;
    } malformed[] = {
        {"\0\0\0\0\x01\0\0\0\0\0\0\0", 12},                 // shorter than its header
        {"\x07\0\0\0\x01\0\0\0\0\0\0\0", 12},
        {"\x01\0\0\x01\x01\0\0\0\0\0\0\0", 12},             // longer than allowed
        {"\xff\xff\xff\xff\x01\0\0\0\0\0\0\0", 12},
        {"\x08\0\0\0\x01\0\x01\0\0\0\0\0", 12},             // what must be zero is not
        {"\x09\0\0\0\x01\0\0\0\x05\0\0\0x", 13},            // PING with a payload
        {"\x08\0\0\0\x03\0\0\0\x05\0\0\0", 12},             // START without one
        {"\x0c\0\0\0\x05\0\0\0\x05\0\0\0\xff\xff\xff\xff", 16}, // SIGNAL with a huge id
        {"\x0c\0\0\0\x02\0\0\0\x05\0\0\0\xff\xff\xff\x7f", 16}, // SETUP with as many steps
    };
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        int fd = shim_connect(dir);
        CHECK(write_all(fd, malformed[i].bytes, malformed[i].size) == 0);
        check_error(receive(fd), EBADMSG);
        CHECK(at_end(fd));
        close(fd);
    }
    // More descriptors than a frame may have.
    int fd = shim_connect(dir), four[4] = {0, 0, 0, 0};
    send_frame(fd, FRAME_PING, 1, NULL, four, 4);
    check_error(receive(fd), EBADMSG);
    CHECK(at_end(fd));
    // A request that does not exist, and a frame in small pieces: the connection goes on.
    fd = shim_connect(dir);
    send_frame(fd, 77, 1, NULL, NULL, 0);
    check_error(receive(fd), ENOSYS);
    for (int i = 0; i < 12; i++) {
        CHECK(write(fd, &"\x08\0\0\0\x01\0\0\0\x09\0\0\0"[i], 1) == 1);
        usleep(1000);
    }
    CHECK_INT(receive(fd).request, 9);
    shim_stop(dir);
}

TEST(random_frames_do_not_end_the_shim)
{
    const char *dir = shim_start("pod");
    state = (uint64_t)time(NULL);
    printf("       seed %llu\n", (unsigned long long)state);
    for (int round = 0; round < 400; round++) {
        int fd = shim_connect(dir);
        struct writer w = {0};
        for (uint32_t n = next_random() % 80; n > 0; n--)
            put_u8(&w, next_random() % 4 == 0 ? (uint8_t)next_random() : (uint8_t)(next_random() % 4));
        // Not SHUTDOWN, and nothing that would run: a random exec step is no program.
        send_frame(fd, (int)(next_random() % 13), next_random(), &w, NULL, 0);
        writer_free(&w);
        close(fd);
    }
    shim_stop(dir);
}

// Nothing of a request may be waited for: others are served while one holds half a frame.
TEST(half_a_frame_holds_nobody_up)
{
    const char *dir = shim_start("pod");
    int half = shim_connect(dir), fd = shim_connect(dir);
    CHECK(write(half, "\xff\xff\x00\x00\x03\x00", 6) == 6);
    send_frame(fd, FRAME_PING, 1, NULL, NULL, 0);
    CHECK_INT(receive(fd).type, FRAME_PONG);
    shim_stop(dir);
}

// A peer that asks and never reads is cut off, not waited for.
TEST(a_peer_that_does_not_read_is_cut_off)
{
    const char *dir = shim_start("pod");
    int greedy = shim_connect(dir), fd = shim_connect(dir);
    struct writer w = {0};
    for (int i = 0; i < 4000; i++)
        frame_end(&w, frame_begin(&w, FRAME_PING, 1));
    for (int i = 0; i < 200; i++)
        if (send(greedy, w.data, w.size, MSG_NOSIGNAL) < 0)
            break;
    send_frame(fd, FRAME_PING, 1, NULL, NULL, 0);
    CHECK_INT(receive(fd).type, FRAME_PONG);
    shim_stop(dir);
}

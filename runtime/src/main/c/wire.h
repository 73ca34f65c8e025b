// The bytes of the protocol: a reader that cannot leave its bounds and a writer of frames.
#ifndef GANTRY_WIRE_H
#define GANTRY_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PROTOCOL_VERSION = 1,
    FRAME_HEADER = 12, // u32 length, u16 type, u16 zero, u32 request id
    FRAME_MAX = 16 << 20,
};

enum frame_type {
    FRAME_PING = 1,
    FRAME_SETUP,
    FRAME_START,
    FRAME_EXEC,
    FRAME_SIGNAL,
    FRAME_LIST,
    FRAME_SUBSCRIBE,
    FRAME_REOPEN_LOG,
    FRAME_RESIZE,
    FRAME_CLOSE_STDIN,
    FRAME_ATTACH,
    FRAME_DELETE,
    FRAME_SHUTDOWN,
    FRAME_OK = 100,
    FRAME_PONG,
    FRAME_STARTED,
    FRAME_FAILED,
    FRAME_EXITED,
    FRAME_ERROR,
    FRAME_LISTING,
};

enum flag {
    FLAG_TERMINAL = 1,
    FLAG_STDIN = 2,
    FLAG_STDIN_ONCE = 4,
    FLAG_DELEGATE = 8,
    FLAG_STDOUT = 16,
    FLAG_STDERR = 32,
    FLAG_AWAIT = 64,     // ATTACH: the container's start is waited for
    FLAG_HOLD = 128,     // ATTACH: whoever reads slowly holds the container up, and loses nothing
    FLAG_DETACHED = 256, // EXEC: goes on when its connection ends
};

// Once something does not fit, bad stays set, and every later value is zero or empty.
struct reader {
    const uint8_t *at, *end;
    bool bad;
};

struct slice {
    const uint8_t *data;
    size_t size;
};

struct reader reader_of(const void *data, size_t size);
uint8_t take_u8(struct reader *);
uint16_t take_u16(struct reader *);
uint32_t take_u32(struct reader *);
uint64_t take_u64(struct reader *);
int32_t take_i32(struct reader *);
// Ended by NUL and without one inside, in the reader's own memory; "" when bad.
const char *take_string(struct reader *);
struct slice take_bytes(struct reader *);
// One whole plan: u32 count, then {u16 type, u16 zero, u32 length, payload}.
struct slice take_plan(struct reader *);
// A count of items of at least item_size bytes each; bad when they cannot fit in what is left.
uint32_t take_count(struct reader *, size_t item_size);
bool reader_done(const struct reader *); // all was taken and nothing was bad

// Whether all of it has exactly the shape: s string, S list of strings, b bytes, c u8, h u16, u u32 or i32, q u64,
// U list of u32, M list of three u32.
bool wire_matches(struct slice, const char *shape);

// A growing buffer. failed is set when memory runs out, and stays.
struct writer {
    uint8_t *data;
    size_t size, capacity;
    bool failed;
};

void put_u8(struct writer *, uint8_t);
void put_u16(struct writer *, uint16_t);
void put_u32(struct writer *, uint32_t);
void put_u64(struct writer *, uint64_t);
void put_i32(struct writer *, int32_t);
void put_string(struct writer *, const char *);
void put_raw(struct writer *, const void *, size_t);
// Starts a frame and returns its place, which frame_end needs to fill in the length.
size_t frame_begin(struct writer *, uint16_t type, uint32_t request);
void frame_end(struct writer *, size_t place);
void writer_free(struct writer *);

#endif

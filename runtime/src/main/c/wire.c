// Reading and writing the protocol's values, little-endian, within bounds.
#include "wire.h"

#include <stdlib.h>
#include <string.h>

struct reader reader_of(const void *data, size_t size)
{
    return (struct reader){.at = data, .end = (const uint8_t *)data + size, .bad = false};
}

static const uint8_t *take(struct reader *r, size_t size)
{
    if (r->bad || (size_t)(r->end - r->at) < size) {
        r->bad = true;
        return NULL;
    }
    const uint8_t *here = r->at;
    r->at += size;
    return here;
}

static uint64_t take_integer(struct reader *r, size_t size)
{
    const uint8_t *b = take(r, size);
    uint64_t value = 0;
    if (b != NULL)
        for (size_t i = size; i > 0; i--)
            value = value << 8 | b[i - 1];
    return value;
}

uint8_t take_u8(struct reader *r)
{
    return (uint8_t)take_integer(r, 1);
}

uint16_t take_u16(struct reader *r)
{
    return (uint16_t)take_integer(r, 2);
}

uint32_t take_u32(struct reader *r)
{
    return (uint32_t)take_integer(r, 4);
}

uint64_t take_u64(struct reader *r)
{
    return take_integer(r, 8);
}

int32_t take_i32(struct reader *r)
{
    return (int32_t)take_u32(r);
}

const char *take_string(struct reader *r)
{
    size_t size = take_u32(r);
    const uint8_t *text = take(r, size + 1);
    if (text == NULL)
        return "";
    if (memchr(text, '\0', size + 1) != text + size) {
        r->bad = true;
        return "";
    }
    return (const char *)text;
}

struct slice take_bytes(struct reader *r)
{
    size_t size = take_u32(r);
    const uint8_t *data = take(r, size);
    return (struct slice){.data = data, .size = data == NULL ? 0 : size};
}

uint32_t take_count(struct reader *r, size_t item_size)
{
    uint32_t count = take_u32(r);
    if (r->bad || count > (size_t)(r->end - r->at) / item_size) {
        r->bad = true;
        return 0;
    }
    return count;
}

struct slice take_plan(struct reader *r)
{
    const uint8_t *start = r->at;
    uint32_t count = take_count(r, 8);
    for (uint32_t i = 0; i < count && !r->bad; i++) {
        take_u16(r);
        if (take_u16(r) != 0)
            r->bad = true;
        take_bytes(r);
    }
    return (struct slice){.data = start, .size = r->bad ? 0 : (size_t)(r->at - start)};
}

bool reader_done(const struct reader *r)
{
    return !r->bad && r->at == r->end;
}

bool wire_matches(struct slice slice, const char *shape)
{
    struct reader r = reader_of(slice.data, slice.size);
    uint32_t count;
    for (; *shape != '\0' && !r.bad; shape++) {
        switch (*shape) {
        case 's':
            take_string(&r);
            break;
        case 'S':
            for (count = take_count(&r, 5); count > 0 && !r.bad; count--)
                take_string(&r);
            break;
        case 'b':
            take_bytes(&r);
            break;
        case 'c':
            take_u8(&r);
            break;
        case 'h':
            take_u16(&r);
            break;
        case 'u':
            take_u32(&r);
            break;
        case 'q':
            take_u64(&r);
            break;
        case 'U':
            take(&r, (size_t)take_count(&r, 4) * 4);
            break;
        case 'M':
            take(&r, (size_t)take_count(&r, 12) * 12);
            break;
        default:
            return false;
        }
    }
    return reader_done(&r);
}

static uint8_t *grow(struct writer *w, size_t size)
{
    if (w->failed)
        return NULL;
    if (w->capacity - w->size < size) {
        size_t capacity = (w->size + size) * 2;
        uint8_t *data = realloc(w->data, capacity);
        if (data == NULL) {
            w->failed = true;
            return NULL;
        }
        w->data = data;
        w->capacity = capacity;
    }
    uint8_t *here = w->data + w->size;
    w->size += size;
    return here;
}

static void store(uint8_t *here, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        here[i] = (uint8_t)(value >> (8 * i));
}

static void put_integer(struct writer *w, uint64_t value, size_t size)
{
    uint8_t *here = grow(w, size);
    if (here != NULL)
        store(here, value, size);
}

void put_u8(struct writer *w, uint8_t value)
{
    put_integer(w, value, 1);
}

void put_u16(struct writer *w, uint16_t value)
{
    put_integer(w, value, 2);
}

void put_u32(struct writer *w, uint32_t value)
{
    put_integer(w, value, 4);
}

void put_u64(struct writer *w, uint64_t value)
{
    put_integer(w, value, 8);
}

void put_i32(struct writer *w, int32_t value)
{
    put_u32(w, (uint32_t)value);
}

void put_raw(struct writer *w, const void *data, size_t size)
{
    uint8_t *here = grow(w, size);
    if (here != NULL && size > 0)
        memcpy(here, data, size);
}

void put_string(struct writer *w, const char *text)
{
    size_t size = strlen(text);
    put_u32(w, (uint32_t)size);
    put_raw(w, text, size + 1);
}

size_t frame_begin(struct writer *w, uint16_t type, uint32_t request)
{
    size_t place = w->size;
    put_u32(w, 0);
    put_u16(w, type);
    put_u16(w, 0);
    put_u32(w, request);
    return place;
}

void frame_end(struct writer *w, size_t place)
{
    if (!w->failed)
        store(w->data + place, w->size - place - 4, 4);
}

void writer_free(struct writer *w)
{
    free(w->data);
    *w = (struct writer){0};
}

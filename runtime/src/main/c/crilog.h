// The log of a container in CRI format: `2026-01-02T03:04:05.123456789Z stdout F text`.
#ifndef GANTRY_CRILOG_H
#define GANTRY_CRILOG_H

#include <stddef.h>
#include <stdint.h>

enum { LOG_LINE_MAX = 16384 };

struct crilog {
    int fd; // -1: no log
    uint64_t dropped; // bytes of output that could not be written
    const char *path; // for a log that is rotated; the owner's
    uint64_t size, size_max; // of the present file; 0: it is never rotated here
    uint32_t files_max; // with the present one
};

// What a stream has said of a line that has not ended yet.
struct unfinished {
    uint8_t *text; // allocated when first needed
    size_t size;
};

// Opens path to append. Only a regular file will do.
int crilog_open(const char *path);
// Takes an open file as the log's present one.
void crilog_take(struct crilog *, int fd);
// Writes the lines of data, keeping the last when it is unfinished.
void crilog_write(struct crilog *, struct unfinished *, const char *stream, const uint8_t *data, size_t size);
// Writes the unfinished line, if any, as a full one.
void crilog_flush(struct crilog *, struct unfinished *, const char *stream);
void unfinished_free(struct unfinished *);
// Formats a moment (ns since the epoch) into 30 bytes and NUL.
void crilog_time(uint64_t ns, char text[31]);

#endif

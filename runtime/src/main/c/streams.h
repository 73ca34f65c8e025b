// Output of containers on its way to the log and to those attached, and the copying of one descriptor to another.
#ifndef GANTRY_STREAMS_H
#define GANTRY_STREAMS_H

#include "crilog.h"
#include "loop.h"

#include <stdbool.h>
#include <stddef.h>

enum { SHARED_BUFFER = 64 << 10 };

// For whoever reads in this turn of the loop: SHARED_BUFFER bytes.
void *shared_buffer(void);

struct container;

// One output of a container; for a terminal its master, which counts as stdout.
struct stream {
    struct source source;
    struct container *container;
    const char *name;
    struct unfinished unfinished;
};

// Takes over fd and begins to read.
int stream_open(struct stream *, struct container *, const char *name, int fd);
// Reads what is there at this moment, without waiting for more.
void stream_drain(struct stream *);
void stream_close(struct stream *);
// Reads on, if nobody holds it up any more.
void stream_resume(struct stream *);

// Copies in to out until either ends. Holds at most one read of the shared buffer, and does not read while it does.
struct relay {
    struct source in, out;
    unsigned char *held;
    size_t at, size;
    // in ended or out broke; the relay has closed both. May free the relay.
    void (*ended)(struct relay *);
};

// Takes over both descriptors, also on failure.
int relay_open(struct relay *, int in, int out, void (*ended)(struct relay *));
void relay_close(struct relay *);
int set_nonblocking(int fd);

#endif

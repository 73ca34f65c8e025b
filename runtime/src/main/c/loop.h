// The one loop: epoll, one event a turn, so that nothing a handler frees can still be waiting in a batch.
#ifndef GANTRY_LOOP_H
#define GANTRY_LOOP_H

#include <stdint.h>
#include <sys/epoll.h>

// Embedded in what it wakes. fd is -1 while it is not open; registered is kept by the loop.
struct source {
    int fd;
    int registered;
    void (*ready)(struct source *, uint32_t events);
};

int loop_open(void);
// Adds the source or changes what it waits for. 0 events takes it out, since HUP would be told anyway.
int loop_watch(struct source *, uint32_t events);
// Takes it out of the loop and closes its descriptor.
void loop_close(struct source *);
// Turns for ever.
void loop_run(void) __attribute__((noreturn));

#endif

// Clients attached to a container's input and output.
#ifndef GANTRY_ATTACH_H
#define GANTRY_ATTACH_H

#include "client.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    // A client that does not read this much of what it was sent loses its attachment.
    ATTACH_QUEUE_MAX = 4 << 20,
    // Unless it asked to hold the container up: then no more is read of it meanwhile.
    ATTACH_HOLD_MAX = 256 << 10,
};

struct container;

// Answers ATTACH, taking the client's descriptors.
void attach(struct client *client, uint32_t request, struct container *container, uint32_t flags);
// Answers ATTACH to a container that has not been started.
void attach_early(struct client *client, uint32_t request, const char *id, uint32_t flags);
// A container is there: those who wait for its start are attached before it can write anything.
void attachments_of_start(struct container *);
// The container's input is there.
void attachments_take_input(struct container *);
// The container has ended: what was not read yet goes into the clients' pipes, whatever becomes of this process.
void attachments_push(struct container *);
// Whether somebody who reads slowly holds up that output.
bool attachments_hold(const struct container *, bool error);
void attachments_output(struct container *, bool error, const uint8_t *data, size_t size);
void attachments_output_ended(struct container *, bool error);
void attachments_close_input(struct container *);
void attachments_end_of_client(const struct client *);
void attachments_free(struct container *);

#endif

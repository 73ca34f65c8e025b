// Clients attached to a container's input and output.
#ifndef GANTRY_ATTACH_H
#define GANTRY_ATTACH_H

#include "client.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A client that does not read this much of what it was sent loses its attachment.
enum { ATTACH_QUEUE_MAX = 4 << 20 };

struct container;

// Answers ATTACH, taking the client's descriptors.
void attach(struct client *client, uint32_t request, struct container *container, uint32_t flags);
void attachments_output(struct container *, bool error, const uint8_t *data, size_t size);
void attachments_output_ended(struct container *, bool error);
void attachments_close_input(struct container *);
void attachments_end_of_client(const struct client *);
void attachments_free(struct container *);

#endif

// The end of the shim: SHUTDOWN.
#ifndef GANTRY_SHUTDOWN_H
#define GANTRY_SHUTDOWN_H

#include "client.h"

// Kills all and answers when it is over; then the shim exits.
void shutdown_begin(struct client *client, uint32_t request);
// To be called when children have been reaped.
void shutdown_step(void);
void shutdown_forget_client(const struct client *client);

#endif

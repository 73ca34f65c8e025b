// What a client asks for: one frame to one answer.
#ifndef GANTRY_REQUEST_H
#define GANTRY_REQUEST_H

#include "client.h"

void request_handle(struct client *client, uint16_t type, uint32_t request, struct slice payload);

#endif

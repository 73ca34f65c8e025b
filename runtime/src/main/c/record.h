// The durable record of a container's exit, DIR/exits/ID.
#ifndef GANTRY_RECORD_H
#define GANTRY_RECORD_H

#include "container.h"

// On stable storage when it returns 0.
int record_write(const struct container *);
void record_remove(const char *id);

#endif

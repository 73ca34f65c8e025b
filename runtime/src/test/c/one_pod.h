// One shim, and what a test of it talks over.
#ifndef ONE_POD_H
#define ONE_POD_H

#include "kit.h"

extern const char *dir;
extern int control, events;

// Starts the shim and connects to it twice: for requests, and for events.
void begin(void);
// What comes of starting the container "c" by a plan.
struct reply try_plan(const struct plan *);
// Runs a plan to its end as the container "c" and returns its exit code; the output is in the log.
int run_plan(const struct plan *);

#endif

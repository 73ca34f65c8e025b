// Starting a container, and what follows when it exits.
#ifndef GANTRY_START_H
#define GANTRY_START_H

#include <sys/types.h>

// The pid that an OCI runtime wrote, or -errno.
pid_t start_read_pid(const char *path);

#endif

// Whether the kernel killed something of a cgroup for want of memory.
#ifndef GANTRY_OOM_H
#define GANTRY_OOM_H

#include <stdbool.h>

// path: memory.events (cgroup v2) or memory.oom_control (v1); both have a line `oom_kill N`. Empty: no.
bool oom_killed(const char *path);

#endif
